import Domain
import Hashing
import Testing
import Wire

/// The shortest rules that are complete.
private let sound: JSONValue = [
    "rules": [
        [
            "name": "items-24h", "measure": "items", "window": "24h",
            "levels": ["blue": 3, "red": 30],
        ],
        ["name": "heads", "measure": "heads", "levels": ["blue": 5]],
    ],
    "urgent_level": "orange", "danger_level": "red",
    "acknowledge_within": ["red": "10m", "orange": "30m", "yellow": "2h", "blue": "24h"],
    "late_after": "24h", "joint_visit_heads_min": 5,
]

/// The value with one member replaced, added or, with nil, taken out.
private func changed(_ value: JSONValue, _ key: String, _ new: JSONValue?) -> JSONValue {
    var members = (value.members ?? []).filter { $0.key != key }
    if let new { members.append(JSONValue.Member(key, new)) }
    return .object(members)
}

private func mistakes(_ name: ConfigurationFile.Name, _ value: JSONValue) -> [String] {
    do throws(ConfigurationError) {
        _ = try ConfigurationCodec.decode(name, value)
        return []
    } catch {
        return error.mistakes.map(\.description)
    }
}

private func ruleMistakes(_ rule: JSONValue) -> [String] {
    mistakes(.rules, changed(sound, "rules", [rule]))
}

@Suite struct ConfiguredRules {
    @Test func rulesAreReadWithTheirDefaults() throws {
        guard case .rules(let rules) = try ConfigurationCodec.decode(.rules, sound) else {
            Issue.record("not rules")
            return
        }
        #expect(rules.rules.map(\.name) == ["items-24h", "heads"])
        #expect(rules.rules[0].window == .hours(24))
        #expect(rules.rules[0].itemsMin == 1)
        #expect(rules.rules[0].band(for: 29)?.level == .blue)
        #expect(rules.rules[0].band(for: 30)?.level == .red)
        #expect(rules.rules[0].band(for: 2) == nil)
        #expect(rules.acknowledgeWithin[.red] == .minutes(10))
        #expect(rules.lateAfter == .hours(24))
    }

    @Test func allMistakesAreNamedAtOnce() {
        let found = mistakes(
            .rules,
            [
                "rules": [
                    ["name": "A b", "measure": "itmes", "levels": ["blue": 3, "yellow": 3]]
                ],
                "urgent_levle": "orange", "danger_level": "scarlet", "late_after": "1 day",
                "acknowledge_within": ["red": "10m", "orange": "5m", "yellow": "2h"],
                "joint_visit_heads_min": 1,
            ]
        )
        #expect(
            found == [
                "urgent_levle: there is no such key; did you mean urgent_level?",
                "rules[0].name: “A b” is no short name; "
                    + "use 1 to 32 of a-z, 0-9 and -, beginning with a letter",
                "rules[0].measure: “itmes” is none of the words; did you mean items?",
                "rules[0].levels.yellow: 3 is not above the 3 of blue; "
                    + "let the values rise from blue to red, or leave a level out",
                "urgent_level: is missing; add it",
                "danger_level: “scarlet” is none of the words; "
                    + "the known ones are blue, yellow, orange, red",
                "acknowledge_within.orange: is shorter than that of red; "
                    + "give the graver level the shorter time",
                "acknowledge_within.blue: is missing; add it",
                "late_after: is no length of time; write a number and a unit: 90s, 10m, 24h or 7d",
                "joint_visit_heads_min: 1 is out of range; write 2 to 1000",
            ]
        )
    }

    @Test func bandsStartAtOneOrMoreAndNameALevel() {
        let zero = ruleMistakes([
            "name": "a", "measure": "items", "window": "1h", "levels": ["blue": 0],
        ])
        #expect(zero == ["rules[0].levels.blue: 0 is out of range; write 1 to 1000000000"])
        let none = ruleMistakes(["name": "a", "measure": "items", "window": "1h", "levels": [:]])
        #expect(none.count == 1 && none[0].hasPrefix("rules[0].levels: names no level"))
    }

    @Test func aRuleOfHeadsHasNoWindowAndTheOthersNeedOne() {
        let heads = ruleMistakes([
            "name": "a", "measure": "heads", "window": "1h", "levels": ["blue": 5],
        ])
        #expect(heads == ["rules[0].window: means nothing for heads; take it out"])
        let items = ruleMistakes(["name": "a", "measure": "items", "levels": ["blue": 5]])
        #expect(items == ["rules[0].window: is missing; add it, for example 24h"])
    }

    @Test func twoRulesOfOneNameAreRefused() {
        let rule: JSONValue = ["name": "a", "measure": "heads", "levels": ["blue": 5]]
        let found = mistakes(.rules, changed(sound, "rules", [rule, rule]))
        #expect(
            found == [
                "rules[1].name: a is also the name of rules[0]; "
                    + "give each rule a name of its own"
            ]
        )
    }

    @Test func dangerIsNoLighterThanUrgency() {
        let found = mistakes(.rules, changed(sound, "danger_level", "yellow"))
        #expect(found.count == 1 && found[0].hasPrefix("danger_level: yellow is below"))
    }
}

@Suite struct ConfiguredRegisters {
    private let agency: JSONValue = [
        "name": "xinfang", "title": "县信访局", "registers_petitions": true, "visit_rank": 1,
        "default_purpose": "demand",
    ]

    @Test func agenciesAreReadInTheOrderOfTheFile() throws {
        let second = changed(
            changed(changed(agency, "name", "a-12345"), "title", "热线"),
            "visit_rank",
            2
        )
        let content = try ConfigurationCodec.decode(.agencies, ["agencies": [agency, second]])
        guard case .agencies(let register) = content else {
            Issue.record("not agencies")
            return
        }
        #expect(register.agencies.map(\.id.name) == ["xinfang", "a-12345"])
        #expect(register.agencies[0].registersPetitions)
        #expect(register.agencies[1].visitRank == 2)
    }

    @Test func equalNamesTitlesAndRanksAreRefused() {
        let found = mistakes(.agencies, ["agencies": [agency, agency]])
        #expect(
            found.map { $0.prefix { $0 != ":" } } == [
                "agencies[1].name", "agencies[1].title", "agencies[1].visit_rank",
            ]
        )
    }

    @Test func categoriesNeedTheUnknownOne() {
        let wages: JSONValue = ["key": "labour.wages", "title": "拖欠工资"]
        let unknown: JSONValue = ["key": "other.unknown", "title": "未分类"]
        #expect(mistakes(.categories, ["categories": [wages, unknown]]).isEmpty)
        let lacking = mistakes(.categories, ["categories": [wages]])
        #expect(lacking.count == 1 && lacking[0].contains("lacks other.unknown"))
        let malformed: JSONValue = ["key": "labour", "title": "x"]
        let found = mistakes(.categories, ["categories": [malformed, unknown]])
        #expect(found.count == 1 && found[0].hasPrefix("categories[0].key: “labour” is no key"))
    }

    @Test func townsLieInTheirCountyAndStandOnce() {
        let county: JSONValue = ["code": "441424", "title": "五华县"]
        let found = mistakes(
            .divisions,
            [
                "county": county,
                "towns": [
                    ["code": "441424100", "title": "水寨镇"], ["code": "441424100", "title": "某镇"],
                    ["code": "441425101", "title": "邻镇"], ["code": "441424", "title": "非镇"],
                ],
            ]
        )
        #expect(found.map { $0.prefix { $0 != ":" } } == ["towns[3].code", "towns[1].code"])
    }

    @Test func aTownOfAnotherCountyIsRefused() {
        let found = mistakes(
            .divisions,
            [
                "county": ["code": 441424, "title": "五华县"],
                "towns": [["code": 441_425_101, "title": "邻镇"]],
            ]
        )
        #expect(
            found == [
                "towns[0].code: 441425101 does not lie in county 441424; begin it with 441424"
            ]
        )
    }
}

@Suite struct ConfiguredLinkage {
    @Test func groupsInAnyOrderAreTheFileThatTheJournalHas() throws {
        let value: JSONValue = [
            "concepts": ["wages": ["工资"], "light": ["路灯"], "😀": ["灯"], "\u{FF01}": ["水"]]
        ]
        let (canonical, file) = try ConfigurationCodec.file(.linkage, value)
        let journalled = try ConfigurationFile(name: .linkage, canonical: canonical)
        #expect(journalled.content == file.content)
    }

    @Test func whatIsLeftOutKeepsItsStandardValue() throws {
        let content = try ConfigurationCodec.decode(.linkage, ["join_permille": 333])
        var expected = LinkageSettings.standard
        expected.joinPermille = 333
        #expect(content == .linkage(expected))
    }

    @Test func everySettingStandsInTheFile() {
        let settings = Mirror(reflecting: LinkageSettings.standard).children.compactMap(\.label)
        let keys = LinkageCodec.fields.map(\.key)
        #expect(Set(keys).count == keys.count)
        #expect(Set(keys) == Set(settings.map(snakeCase)))
    }

    @Test func everySettingComesBackAsItWasWritten() throws {
        let standard = LinkageCodec.encode(.standard)
        for field in LinkageCodec.fields {
            let other: JSONValue =
                switch (field.key, standard[field.key]) {
                case ("weights", _): ["text": 7, "gap": -3]
                case ("concepts", _): ["noise": ["噪音", "噪声"], "wages": ["欠薪"]]
                case (_, .integer(let number)): .integer(number + 1)
                case (_, .array): ["甲", "乙"]
                default: ["拖欠": 3, "工资": 5]
                }
            let file = changed(standard, field.key, other)
            let content = try ConfigurationCodec.decode(.linkage, file)
            let back = ConfigurationCodec.value(of: content)
            #expect(back.canonicalBytes == file.canonicalBytes, "\(field.key)")
            #expect(content != .linkage(.standard), "\(field.key) changes nothing")
        }
    }

    @Test func weightsAndConceptsAreChecked() {
        let found = mistakes(
            .linkage,
            [
                "weights": ["text": 20_000, "txt": 3],
                "concepts": ["noise": ["噪音"], "wages": ["噪音"], "dust": []],
            ]
        )
        #expect(
            Set(found.map { String($0.prefix { $0 != ":" }) })
                == ["weights.text", "weights.txt", "concepts.wages[0]", "concepts.dust"]
        )
    }

    @Test func countsAndPhrasesAreChecked() {
        let found = mistakes(
            .linkage,
            ["pair_frequencies": ["拖欠": 0], "boilerplate": ["您好", "您好"], "decay_dais": 3]
        )
        #expect(
            found.map { $0.prefix { $0 != ":" } } == [
                "decay_dais", "boilerplate[1]", "pair_frequencies.拖欠",
            ]
        )
        #expect(found[0].hasSuffix("did you mean decay_days?"))
    }

    private func snakeCase(_ name: String) -> String {
        name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
    }
}

@Suite struct ConfigurationInTheJournal {
    @Test func theBytesOfTheJournalGiveTheSameFile() throws {
        let (canonical, file) = try ConfigurationCodec.file(.rules, sound)
        let read = try ConfigurationFile(name: .rules, canonical: canonical)
        #expect(read == file)
        #expect(read.canonicalBytes == canonical)
        #expect(read.content.name == .rules)
        #expect(file.version == Digest32.sha256(canonical).word0)
    }

    @Test func spellingChangesNoVersionAndContentDoes() throws {
        let version = try ConfigurationCodec.file(.rules, sound).file.version
        let respelt = changed(changed(sound, "late_after", nil), "late_after", "1440m")
        #expect(try ConfigurationCodec.file(.rules, respelt).file.version == version)
        let other = changed(sound, "late_after", "25h")
        #expect(try ConfigurationCodec.file(.rules, other).file.version != version)
    }

    @Test func bytesThatAreNoJSONAreRefused() {
        #expect(throws: ConfigurationError.self) {
            try ConfigurationFile(name: .rules, canonical: Array("{\"rules\":".utf8))
        }
        #expect(throws: ConfigurationError.self) {
            try ConfigurationFile(name: .rules, canonical: Array("7".utf8))
        }
    }

    @Test(arguments: [
        ("500ms", 500), ("90s", 90_000), ("10m", 600_000), ("24h", 86_400_000),
        ("7d", 604_800_000), ("0s", 0),
    ])
    func lengthsOfTimeAreReadAndWritten(_ text: String, _ milliseconds: Int64) {
        #expect(DurationText.parse(text)?.milliseconds == milliseconds)
        #expect(DurationText.text(TimeSpan(milliseconds: milliseconds)) == text)
    }

    @Test(arguments: ["", "24", "h", "-1h", "1.5h", "1h30m", "24 h", "1234567890d", "٣h"])
    func otherSpellingsAreNoLengthOfTime(_ text: String) {
        #expect(DurationText.parse(text) == nil)
    }
}
