import Domain
import Testing
import Wire

@Suite struct ConfigurationDifferenceTests {
    private static func lines(_ before: JSONValue?, _ after: JSONValue) -> [String] {
        ConfigurationDifference.between(.rules, before, after).map(\.description)
    }

    @Test func equalFilesHaveNoDifference() {
        #expect(Self.lines(["a": 1], ["a": 1]).isEmpty)
    }

    @Test func aValueIsNamedByTheNamesOfItsListElements() {
        let old: JSONValue = ["rules": [["name": "persons-7d", "levels": ["blue": 3]]]]
        let new: JSONValue = ["rules": [["name": "persons-7d", "levels": ["blue": 4]]]]
        #expect(Self.lines(old, new) == ["rules.yaml: rules[persons-7d].levels.blue: 3 becomes 4"])
    }

    @Test func anElementMoreInTheMiddleIsOneDifference() {
        let old: JSONValue = ["rules": [["name": "a"], ["name": "c"]]]
        let new: JSONValue = ["rules": [["name": "a"], ["name": "b"], ["name": "c"]]]
        #expect(Self.lines(old, new) == [#"rules.yaml: rules[b]: new: {"name":"b"}"#])
        #expect(Self.lines(new, old) == [#"rules.yaml: rules[b]: goes: {"name":"b"}"#])
    }

    @Test func wordsAreComparedAsWordsAndAnotherOrderIsTold() {
        #expect(
            Self.lines(["words": ["工地", "工资"]], ["words": ["工资", "欠薪"]])
                == [#"rules.yaml: words[欠薪]: new: "欠薪""#, #"rules.yaml: words[工地]: goes: "工地""#]
        )
        #expect(
            Self.lines(["words": ["工地", "工资"]], ["words": ["工资", "工地"]])
                == [
                    #"rules.yaml: words (order): ["工地","工资"] becomes ["工资","工地"]"#
                ]
        )
    }

    @Test func aFileThatNeverWasIsWhollyNew() {
        #expect(Self.lines(nil, ["a": 1]) == [#"rules.yaml: new: {"a":1}"#])
    }
}
