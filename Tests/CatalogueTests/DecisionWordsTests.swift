import Catalogue
import Domain
import Testing

@Suite struct DecisionWordsTests {
    private func names() throws -> CountyNames {
        let town = try #require(Division(code: "441424120"))
        return CountyNames(
            divisions: DivisionRegister(
                county: town.county,
                countyTitle: "五华县",
                towns: [.init(division: town, title: "安流镇")]
            ),
            categories: CategoryRegister(titles: [
                .init(category: try #require(Category(key: "labour.wages")), title: "拖欠工资")
            ]),
            agencies: AgencyRegister(agencies: [
                .init(
                    id: try #require(AgencyID(name: "xinfang")),
                    title: "县信访局",
                    registersPetitions: true,
                    visitRank: 1,
                    defaultPurpose: .demand
                )
            ])
        )
    }

    @Test func registrationNamesAgencyPlaceAndClass() throws {
        let ref = ItemRef(agency: try #require(AgencyID(name: "xinfang")), id: "XF1")
        let admission = Admission(
            ref: ref,
            ordinal: 1,
            kind: .complaint,
            time: Timestamp(milliseconds: 0),
            division: try #require(Division(code: "441424120")),
            category: try #require(Category(key: "labour.wages")),
            isUrgent: true,
            isLate: true,
            isAhead: false
        )
        #expect(
            Words.decision(.admitted(admission), names: try names())
                == "登记:诉求 县信访局 XF1 安流镇 拖欠工资 (突发、补传)"
        )
    }

    @Test func caseSaysWhyInWordsAndNotInScores() throws {
        let agency = try #require(AgencyID(name: "xinfang"))
        let founder = ItemRef(agency: agency, id: "XF1")
        let evidence = Evidence(
            nearest: founder,
            scorePermille: 812,
            textPermille: 640,
            sharesPlace: true
        )
        let line = Words.decision(
            .caseJoined(
                try #require(CaseID(text: "441424-C-0123456789AB")),
                CaseScope(division: .unknown, category: .unknown),
                joined: ItemRef(agency: agency, id: "XF2"),
                evidence
            ),
            names: try names()
        )
        #expect(line == "并入类案 441424-C-0123456789AB:县信访局 XF2,文字相近、同一地点")
    }

    @Test func unknownNamesFallBackToTheirCodes() throws {
        let names = try names()
        #expect(names.of(Division.unknown) == "地点不详")
        #expect(names.of(try #require(Division(code: "441424121"))) == "441424121")
        #expect(names.of(Category.unknown) == "other.unknown")
        #expect(names.of(try #require(AgencyID(name: "other"))) == "other")
    }
}
