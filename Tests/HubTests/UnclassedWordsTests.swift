import Domain
import Hub
import Settings
import Testing
import Wire

/// Until somebody has said what an item is (待分类), no third agency gets a word of it.
@Suite struct UnclassedWordsTests {
    private static func id(_ name: String) throws -> AgencyID { try #require(AgencyID(name: name)) }

    /// The joint office, its shift's leader, the agency that sends, and a third one.
    private static func register() throws -> GrantRegister {
        let everything = try #require(SubjectPattern(text: ">"))
        let county = CountyTemplate.trial.divisions.county
        let people: [(name: String, unit: String, role: Role)] = [
            ("ban", "xinlianban", .jointOffice), ("dai", "xinlianban", .shiftLeader),
            ("fang", "xinfang", .agencyContact), ("zheng", "zhengshu", .agencyContact),
        ]
        func grant(_ grantee: Grant.Grantee) -> Grant {
            Grant(grantee: grantee, subjects: [everything], divisions: [county])
        }
        return GrantRegister(
            units: try ["xinlianban", "xinfang", "zhengshu"].map {
                CountyUnit(name: try id($0), title: $0)
            },
            posts: try people.map {
                Post(
                    name: $0.name,
                    title: $0.name,
                    unit: try id($0.unit),
                    role: $0.role,
                    holders: [.init(officer: $0.name)]
                )
            },
            grants: [grant(.everyAgency)] + people.map { grant(.post($0.name)) }
        )
    }

    private static func line(_ id: String, _ text: String, _ time: Timestamp) -> [UInt8] {
        let event: JSONValue = [
            "specversion": "1.0", "type": "cn.liandong.complaint.v1",
            "source": "/agency/xinfang", "id": .string(id), "time": .string(time.rfc3339),
            "subject": "441424120", "data": ["text": .string(text), "urgent": true],
        ]
        return event.bytes
    }

    private static let text = "石桥栏杆断裂要求尽快修好"

    /// What the desk's list and a replay say of the one alert.
    private func said(to desk: TrialDesk) throws -> [(way: String, labels: JSONValue, all: String)]
    {
        let listed = try #require(desk.ask(Query(.alerts)))
        desk.replay(ReplayRequest(subjects: ["alert.>"], form: .json))
        let record = try #require(desk.records.first)
        let replayed = try #require(try? JSONValue(parsing: record))
        return [
            (
                "list", listed.elements?.first?["labels"] ?? .null,
                String(decoding: listed.bytes, as: UTF8.self)
            ),
            (
                "replay", replayed["decision"]?["alert"]?["labels"] ?? .null,
                String(decoding: replayed.bytes, as: UTF8.self)
            ),
        ]
    }

    private func live(_ desk: TrialDesk) throws -> (way: String, labels: JSONValue, all: String) {
        let told = try #require(desk.told.last)
        return (
            "live", told["alert"]?["labels"] ?? .null, String(decoding: told.bytes, as: UTF8.self)
        )
    }

    @Test(arguments: ["ban", "dai", "fang"])
    func theJointOfficeAndTheOwnAgencySeeItsTitle(officer: String) throws {
        let hub = try TrialHub(register: try Self.register())
        let desk = hub.desk(.officer(officer))
        desk.subscribe()
        hub.push(lines: [Self.line("XF-1", Self.text, hub.clock.now())])
        for (way, labels, _) in try said(to: desk) + [live(desk)] {
            #expect(labels["title"]?.text == Self.text, "\(way)")
            #expect(labels["unclassed"] == nil, "\(way)")
        }
    }

    @Test func aThirdAgencyIsToldWhyThereIsNoTitleUntilItIsClassed() throws {
        let hub = try TrialHub(register: try Self.register())
        let desk = hub.desk(.officer("zheng"))
        desk.subscribe()
        hub.push(lines: [Self.line("XF-1", Self.text, hub.clock.now())])
        for (way, labels, all) in try said(to: desk) + [live(desk)] {
            #expect(labels["title"]?.text == "", "\(way)")
            #expect(labels["unclassed"] == .bool(true), "\(way)")
            #expect(!all.contains("石桥"), "\(way)")
        }

        let ref = ItemRef(agency: try Self.id("xinfang"), id: "XF-1")
        let office = hub.desk(.officer("ban"))
        office.command(.init(key: "classify-1", action: .classify(ref, .demand, note: "")))
        #expect(office.outcomes.map(\.result) == [.obeyed])
        for (way, labels, _) in try said(to: desk) {
            #expect(labels["title"]?.text == Self.text, "\(way)")
            #expect(labels["unclassed"] == nil, "\(way)")
        }

        // After a start, from the journal alone.
        try hub.start()
        for (way, labels, _) in try said(to: hub.desk(.officer("zheng"))) {
            #expect(labels["title"]?.text == Self.text, "\(way)")
        }
    }

    @Test func aThirdAgencysSnapshotSaysNoMoreThanItsList() throws {
        let hub = try TrialHub(register: try Self.register())
        hub.push(lines: [Self.line("XF-1", Self.text, hub.clock.now())])
        let desk = hub.desk(.officer("zheng"))
        desk.subscribe()
        #expect(desk.delivered.map(\.phase) == [.snapshot])
        let (_, labels, all) = try live(desk)
        #expect(labels["title"]?.text == "" && labels["unclassed"] == .bool(true))
        #expect(!all.contains("石桥"))
    }
}
