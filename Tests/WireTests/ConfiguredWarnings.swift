import Domain
import Testing
import Wire

/// Rules beyond plain counts, as the file writes them.
@Suite struct ConfiguredWarnings {
    private static let growth: JSONValue = [
        "name": "growth-1h", "measure": "growth", "window": "1h", "against": "6h",
        "levels": ["blue": 5, "yellow": 10], "times": ["blue": 2, "yellow": 3],
        "protected_levels": ["blue": 3, "yellow": 10], "items_min": 2,
        "where": [
            "divisions": ["441424", "441424120"], "categories": ["labour.*"], "fields": ["wages"],
            "forms": ["visit"], "agencies": ["xinfang"],
        ],
        "trial": true,
    ]

    private static let whole: JSONValue = [
        "rules": [
            growth,
            ["name": "reach", "measure": "reach", "levels": ["red": 100_000]],
        ],
        "urgent_level": "orange", "danger_level": "red",
        "acknowledge_within": ["red": "10m", "orange": "30m", "yellow": "2h", "blue": "24h"],
        "late_after": "24h", "joint_visit_heads_min": 5,
        "fields": [["name": "wages", "title": "涉薪", "categories": ["labour.wages", "land.*"]]],
        "protected_periods": [
            [
                "name": "congress", "title": "两会", "from": "2025-03-03T00:00:00+08:00",
                "until": "2025-03-12T00:00:00+08:00", "divisions": ["441424120"],
            ]
        ],
        "media_levels": ["provincial": "orange", "central": "red"], "joint_raise": true,
        "returned_level": "yellow", "wording": ["words": ["跳楼"], "level": "yellow"],
    ]

    private func with(_ key: String, _ value: JSONValue?, in whole: JSONValue = whole) -> JSONValue
    {
        var members = (whole.members ?? []).filter { $0.key != key }
        if let value { members.append(.init(key, value)) }
        return .object(members)
    }

    private func mistakes(_ value: JSONValue) -> [String] {
        do throws(ConfigurationError) {
            _ = try ConfigurationCodec.decode(.rules, value)
            return []
        } catch {
            return error.mistakes.map(\.description)
        }
    }

    private func mistakes(rule key: String, _ value: JSONValue?) -> [String] {
        mistakes(with("rules", [with(key, value, in: Self.growth)]))
    }

    private func rules(_ value: JSONValue) throws -> Rules {
        guard case .rules(let rules) = try ConfigurationCodec.decode(.rules, value) else {
            throw ConfigurationError(mistakes: [])
        }
        return rules
    }

    @Test func everyKeyIsReadAndWrittenBackAlike() throws {
        let read = try rules(Self.whole)
        let written = ConfigurationCodec.value(of: .rules(read))
        #expect(try rules(written) == read)
        #expect(read.rules[0].against == .hours(6))
        #expect(read.rules[0].bands.map(\.times) == [2, 3])
        #expect(read.rules[0].protectedBands.map(\.least) == [3, 10])
        #expect(read.rules[0].isOnTrial)
        #expect(read.returnedLevel == .yellow)
        #expect(read.wording == Rules.Wording(words: ["跳楼"], level: .yellow))
        #expect(read.mediaLevels == [.provincial: .orange, .central: .red])
        #expect(read.raisesJoint)
        let inPeriod = try #require(Timestamp(rfc3339: "2025-03-05T00:00:00+08:00"))
        let town = try #require(Division(code: "441424120"))
        let other = try #require(Division(code: "441424100"))
        #expect(read.isProtected(town, at: inPeriod))
        #expect(!read.isProtected(other, at: inPeriod))
    }

    @Test func whatAFileLeavesOutIsNotWritten() throws {
        let plain: JSONValue = [
            ["name": "heads", "measure": "heads", "levels": ["blue": 5]],
            ["name": "items-24h", "measure": "items", "window": "24h", "levels": ["blue": 3]],
        ]
        var file = with("rules", plain)
        for key in [
            "fields", "protected_periods", "media_levels", "joint_raise", "returned_level",
            "wording",
        ] {
            file = with(key, nil, in: file)
        }
        let written = ConfigurationCodec.canonicalBytes(of: .rules(try rules(file)))
        #expect(
            String(decoding: written, as: UTF8.self)
                == #"{"acknowledge_within":{"blue":"24h","orange":"30m","red":"10m","yellow":"2h"},"#
                + #""danger_level":"red","joint_visit_heads_min":5,"late_after":"24h","rules":["#
                + #"{"levels":{"blue":5},"measure":"heads","name":"heads"},{"items_min":1,"#
                + #""levels":{"blue":3},"measure":"items","name":"items-24h","window":"24h"}],"#
                + #""urgent_level":"orange"}"#
        )
    }

    @Test func aScopeTakesItsFieldsClassesAndGroups() throws {
        let scope = try rules(Self.whole).rules[0].scope
        let town = try #require(Division(code: "441424120"))
        let xinfang = try #require(AgencyID(name: "xinfang"))
        func holds(_ category: String, _ form: Form? = .visit) -> Bool {
            Category(key: category).map { scope.holds(town, $0, form, xinfang) } ?? false
        }
        #expect(holds("labour.injury"))
        #expect(holds("land.mining"))
        #expect(!holds("laboured.wages"))
        #expect(!holds("housing.title"))
        #expect(!holds("labour.wages", nil))
    }

    @Test func keysThatMeanNothingForAMeasureAreRefused() {
        #expect(
            mistakes(rule: "measure", "items") == [
                "rules[0].against: means nothing for items; take it out",
                "rules[0].times: means nothing for items; take it out",
            ]
        )
        let heads: JSONValue = [
            "name": "reach", "measure": "reach", "window": "1h", "items_min": 2,
            "levels": ["red": 5],
        ]
        #expect(
            mistakes(with("rules", [heads])) == [
                "rules[0].window: means nothing for reach; take it out",
                "rules[0].items_min: means nothing for reach; take it out",
            ]
        )
    }

    @Test func growthNeedsATimeBeforeAndAMultipleForEachLevel() {
        #expect(
            mistakes(rule: "against", nil) == [
                "rules[0].against: is missing; add it, for example 6h"
            ]
        )
        #expect(
            mistakes(rule: "against", "30m") == [
                "rules[0].against: is shorter than the window; let the time it is held against be as long at least"
            ]
        )
        #expect(
            mistakes(rule: "times", ["blue": 2]) == [
                "rules[0].times: names other levels than levels; give each level of levels its multiple"
            ]
        )
        #expect(
            mistakes(rule: "times", ["blue": 3, "yellow": 2]) == [
                "rules[0].times.yellow: 2 is below the 3 of blue; let the values rise from blue to red, or leave a level out"
            ]
        )
    }

    @Test func aProtectedPeriodIsNeverLaxer() {
        #expect(
            mistakes(rule: "protected_levels", ["blue": 6, "yellow": 10]) == [
                "rules[0].protected_levels: is not tighter than levels; give the levels of levels, each the same value or a lower one"
            ]
        )
    }

    @Test func whatAScopeNamesMustBeThere() {
        #expect(
            mistakes(rule: "where", ["fields": ["wage"], "categories": ["labour"]]) == [
                "rules[0].where.categories[0]: “labour” is no class of content; write labour.wages, or labour.* for all of a group",
                "rules[0].where.fields[0]: “wage” is none of the words; did you mean wages?",
            ]
        )
        let agencies: JSONValue = [
            "name": "agencies-72h", "measure": "agencies", "window": "72h", "levels": ["blue": 2],
            "where": ["agencies": ["xinfang"]],
        ]
        #expect(
            mistakes(with("rules", [agencies])) == [
                "rules[0].where: names agencies for a rule that counts them; count agencies over all of them"
            ]
        )
    }

    @Test func wordsAloneAreNeverGraverThanYellow() {
        #expect(
            mistakes(with("wording", ["words": ["跳楼"], "level": "orange"])) == [
                "wording.level: orange is too grave for words, which may be idiom or old news; write blue or yellow; an agency's own flag raises what is urgent"
            ]
        )
        #expect(
            mistakes(with("wording", ["words": ["跳"], "level": "blue"])) == [
                "wording.words[0]: “跳” is no word to look for; write 2 to 16 characters without spaces"
            ]
        )
    }

    @Test func mediaPeriodsAndFieldsAreChecked() {
        #expect(
            mistakes(with("media_levels", ["provincial": "red", "central": "orange"])) == [
                "media_levels.central: is below red, the level of a lesser medium; let the levels rise from local to central"
            ]
        )
        let period: JSONValue = [
            "name": "congress", "title": "两会", "from": "2025-03-03T00:00:00+08:00",
        ]
        #expect(
            mistakes(with("protected_periods", [period])) == [
                "protected_periods[0].until: is missing; say from when until when"
            ]
        )
        let field: JSONValue = ["name": "wages", "title": "涉薪", "categories": ["labour.*"]]
        #expect(
            mistakes(with("fields", [field, field])) == [
                "fields[1].name: wages is also the name of fields[0]; give each a name of its own"
            ]
        )
    }
}
