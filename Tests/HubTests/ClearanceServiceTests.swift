import Domain
import Hub
import Settings
import Testing
import Wire

/// In the sealed lane competent agencies learn of illegal acts, and nobody of what is said of the own unit.
@Suite struct ClearanceServiceTests {
    /// A register in which the discipline office was once called otherwise.
    private static func register(former: String? = nil) throws -> GrantRegister {
        func id(_ name: String) throws -> AgencyID { try #require(AgencyID(name: name)) }
        func post(_ name: String, _ unit: String, _ role: Role) throws -> Post {
            let holder = Post.Holder(officer: name)
            return Post(name: name, title: name, unit: try id(unit), role: role, holders: [holder])
        }
        let all = try #require(SubjectPattern(text: ">"))
        let county = CountyTemplate.trial.divisions.county
        func grant(_ grantee: Grant.Grantee, _ competences: Set<Competence>? = nil) -> Grant {
            Grant(
                grantee: grantee,
                subjects: [all],
                divisions: [county],
                lane: .sealed,
                competences: competences
            )
        }
        return GrantRegister(
            units: [
                CountyUnit(
                    name: try id("jiwei"),
                    title: "县纪委监委",
                    formerTitles: former.map { title in
                        [.init(title: title, until: Timestamp(milliseconds: 0))]
                    } ?? []
                ),
                CountyUnit(name: try id("shijian"), title: "县市场监督管理局"),
                CountyUnit(
                    name: try id("suo"),
                    title: "水寨市场监督管理所",
                    parent: try id("shijian")
                ),
                CountyUnit(name: try id("yingji"), title: "县应急管理局"),
            ],
            posts: [
                try post("ji", "jiwei", .discipline), try post("shi", "shijian", .agencyContact),
                try post("an", "yingji", .agencyContact),
            ],
            grants: [
                grant(.everyAgency), grant(.post("ji")), grant(.post("shi"), [.enforcement]),
                grant(.post("an"), [.enforcement]),
            ]
        )
    }

    private static func line(
        _ id: String,
        _ competence: String?,
        _ respondent: String,
        _ text: String,
        _ time: Timestamp
    ) -> [UInt8] {
        let data: JSONValue = .object(present: [
            "text": .string(text), "purpose": "accusation", "urgent": true,
            "competence": competence.map { .string($0) }, "respondent": .string(respondent),
        ])
        let event: JSONValue = [
            "specversion": "1.0", "type": "cn.liandong.complaint.v1",
            "source": "/agency/xinfang", "id": .string(id), "time": .string(time.rfc3339),
            "subject": "441424120", "data": data,
        ]
        return event.bytes
    }

    /// What each officer may know of; all of it in four ways.
    private static let known = [
        "ji": ["ZF-1", "ZF-2", "JJ-1", "SQ-1", "WZ-1"], "an": ["ZF-1", "ZF-2", "SQ-1"],
        "shi": ["ZF-1", "ZF-2"],
    ]

    @Test func eachLearnsOfWhatTheClearanceCovers() throws {
        let hub = try TrialHub(lane: .sealed, register: try Self.register())
        let watching = Self.known.keys.sorted().map { name in
            (name, hub.desk(.officer(name)))
        }
        for (_, desk) in watching { desk.subscribe() }
        let now = hub.clock.now()
        let dumping = "某某化工厂夜里往河里直排黑水，岸边的鱼都死了，气味熏人"
        hub.push(lines: [
            Self.line("ZF-1", "enforcement", "某某化工厂", dumping, now),
            Self.line("ZF-2", "enforcement", "某某化工厂", dumping + "，已经半个月", now),
            Self.line("JJ-1", "discipline", "张某", "举报村干部张某侵占集体的果园承包款", now),
            Self.line("SQ-1", "enforcement", "水寨市场监督管理所", "举报该所执法时索要烟酒才肯发证", now),
            Self.line("WZ-1", nil, "李某", "举报李某长期在校门外收保护费", now),
        ])
        try check(hub, watching.map { ($0.0, $0.1.delivered.count) })

        // After a start, from the journal alone.
        try hub.start()
        try check(hub, [])
    }

    @Test("A command about what is hidden is answered as one about nothing, and not journaled")
    func commandsReachNothingThatIsHidden() throws {
        let hub = try TrialHub(lane: .sealed, register: try Self.register())
        let watching = hub.desk(.officer("ji"))
        watching.subscribe()
        let dumping = "某某化工厂夜里往河里直排黑水，岸边的鱼都死了，气味熏人"
        let now = hub.clock.now()
        hub.push(lines: [
            Self.line("ZF-1", "enforcement", "某某化工厂", dumping, now),
            Self.line("ZF-2", "enforcement", "某某化工厂", dumping + "，已经半个月", now),
        ])
        let told = try #require(watching.delivered.first).alert
        let alert = try #require(AlertID(text: told))
        let seen = SeenCase(id: nil, items: [1, 2])
        watching.command(.init(key: "close-it", action: .setLife(seen, isClosed: true, note: "")))
        #expect(watching.outcomes.map(\.result) == [.edited])

        hub.register = try Self.register(former: "某某化工厂")
        try hub.start()
        let desk = hub.desk(.officer("ji"))
        let before = try hub.logged().count
        let xinfang = try #require(AgencyID(name: "xinfang"))
        let never = SeenCase(id: nil, items: [77, 78])
        let wishes: [(Command.Action, String)] = [
            (.acknowledge(alert, report: 1, note: ""), "no_such_alert"),
            (.edit(.split(seen, items: [2]), note: ""), "no_such_item"),
            (.edit(.split(never, items: [78]), note: ""), "no_such_item"),
            (.setLife(seen, isClosed: false, note: ""), "no_such_case"),
            (.withdraw(ItemRef(agency: xinfang, id: "ZF-1")), "no_such_item"),
            (.withdraw(ItemRef(agency: xinfang, id: "ZF-9")), "no_such_item"),
            (.classify(ItemRef(agency: xinfang, id: "ZF-1"), .demand, note: ""), "no_such_item"),
            (.undo(edit: 1, note: ""), "no_such_edit"),
        ]
        for (place, (action, _)) in wishes.enumerated() {
            desk.command(CommandRequest(key: "command-\(place)", action: action))
        }
        #expect(desk.outcomes.map(\.result) == wishes.map { _ in .void })
        #expect(desk.outcomes.map(\.reason) == wishes.map(\.1))
        #expect(try hub.logged().count == before)
    }

    private func check(_ hub: TrialHub, _ delivered: [(String, Int)]) throws {
        for (name, count) in delivered {
            // ZF-2 joins the alert of ZF-1, and two people about one matter are an alert of it.
            #expect(count == Self.known[name]?.count, "\(name)")
        }
        for (name, ids) in Self.known {
            let desk = hub.desk(.officer(name))
            desk.replay(ReplayRequest(subjects: [">"], form: .json))
            let text = desk.records.map { String(decoding: $0, as: UTF8.self) }.joined()
            let alerts = try #require(desk.ask(Query(.alerts, filters: [.init("state", "all")])))
            let listed = alerts.bytes
            for id in Self.known["ji"] ?? [] {
                let isKnown = ids.contains(id)
                #expect(text.contains(#""\#(id)""#) == isKnown, "\(name) \(id) replay")
                let inList = String(decoding: listed, as: UTF8.self).contains(#""\#(id)""#)
                #expect(inList == isKnown, "\(name) \(id) alerts")
                let item: JSONValue = ["source": "/agency/xinfang", "id": .string(id)]
                let found = desk.ask(Query(.matter, filters: [.init("item", item)]))
                #expect((found != nil) == isKnown, "\(name) \(id) item")
            }
            let counts = desk.ask(Query(.counts))
            #expect((counts != nil) == (name == "ji"), "\(name)")
        }
    }
}
