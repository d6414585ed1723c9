import Domain
import Hub
import Testing
import Wire

/// What somebody without the right to the items is told of totals.
@Suite struct SmallCellServiceTests {
    /// An analyst, and agencies that may push.
    private static func register() throws -> GrantRegister {
        let office = try #require(AgencyID(name: "xinlianban"))
        let county = try #require(Division(code: "441424"))
        let everything = try #require(SubjectPattern(text: ">"))
        return GrantRegister(
            units: [CountyUnit(name: office, title: "县信联办")],
            posts: [
                Post(
                    name: "analysis",
                    title: "分析岗",
                    unit: office,
                    role: .analyst,
                    holders: [.init(officer: "wu")]
                )
            ],
            grants: [
                Grant(grantee: .everyAgency, subjects: [everything], divisions: [county]),
                Grant(grantee: .post("analysis"), subjects: [everything], divisions: [county]),
            ]
        )
    }

    @Test("Neither rows nor petitions give a small number away")
    func neitherRowsNorPetitionsGiveASmallNumberAway() throws {
        let hub = try TrialHub(register: try SmallCellServiceTests.register())
        let time = hub.clock.now().rfc3339
        let complaints = (1...20).map { TrialHub.line($0, time) }
        let risks = (21...22).map { number in
            let line = String(decoding: TrialHub.line(number, time), as: UTF8.self)
            return Array(line.replacing("liandong.complaint", with: "liandong.risk").utf8)
        }
        hub.push(lines: complaints + risks)
        let counts = try #require(hub.desk(.officer("wu")).ask(Query(.counts)))
        #expect(counts["items"]?.int == 22)
        let row = try #require(counts["agencies"]?.elements?.first)
        #expect(row["items"]?.int == 22)
        #expect(row["sentiments"]?.int == 0)
        // Two risks; the complaints, the petitions and the first of them would tell them.
        for hidden in ["risks", "complaints"] { #expect(row[hidden] == .null, "\(hidden)") }
        for hidden in ["petitions", "petitions_first"] {
            #expect(counts[hidden] == .null, "\(hidden)")
        }
        #expect(counts["petitions_repeat"]?.int == 0)
    }
}
