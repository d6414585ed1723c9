import Domain
import Testing

@Suite struct DivisionTests {
    @Test func aCountyAndATownshipHaveCodesOfSixAndNineDigits() throws {
        let county = try #require(Division(code: "441424"))
        let town = try #require(Division(code: "441424120"))
        #expect(county.code == "441424")
        #expect(town.code == "441424120")
        #expect(town.county == county)
        #expect(town.tokens == ["44", "14", "24", "120"])
        #expect(county.tokens == ["44", "14", "24", "000"])
        #expect(Division(code: "000000")?.isUnknown == true)
    }

    @Test(arguments: ["", "4414", "44142", "4414241", "44142412", "44142412a", "４４１４２４"])
    func whatIsNoCodeIsRefused(code: String) {
        #expect(Division(code: code) == nil)
    }

    @Test func placesContradictOnlyWhenBothAreNamedAndApart() throws {
        let county = try #require(Division(code: "441424"))
        let town = try #require(Division(code: "441424120"))
        let other = try #require(Division(code: "441424121"))
        let far = try #require(Division(code: "440105"))
        #expect(town.isCompatible(with: county))
        #expect(town.isCompatible(with: .unknown))
        #expect(!town.isCompatible(with: other))
        #expect(!county.isCompatible(with: far))
    }
}

@Suite struct IdentityTests {
    @Test(arguments: ["xinfang", "a", "town-3"])
    func namesOfAgenciesAreShortAndPlain(name: String) {
        #expect(AgencyID(name: name)?.source == "/agency/\(name)")
        #expect(AgencyID(source: "/agency/\(name)")?.name == name)
    }

    @Test(arguments: ["", "3a", "Xinfang", "信访", "a b", "a/b", String(repeating: "a", count: 33)])
    func otherNamesAreRefused(name: String) {
        #expect(AgencyID(name: name) == nil)
    }

    @Test func identifiersArePrintedAndReadBack() throws {
        let agency = try #require(AgencyID(name: "xinfang"))
        let county = try #require(Division(code: "441424"))
        let ref = ItemRef(agency: agency, id: "XF2024-0001")
        let matter = CaseID(county: county, foundedBy: ref)
        let alert = AlertID(county: county, kind: .matter, foundedBy: ref)
        #expect(matter.text.hasPrefix("441424-C-"))
        #expect(matter.text.count == 21)
        #expect(CaseID(text: matter.text) == matter)
        #expect(CaseID(text: matter.text.lowercased().replacing("-c-", with: "-C-")) == matter)
        #expect(AlertID(text: alert.text) == alert)
        #expect(AlertID(text: matter.text) == nil)
        #expect(AlertID(county: county, kind: .visit, foundedBy: ref) != alert)
    }

    @Test func identifiersNeverChangeBetweenVersions() throws {
        let agency = try #require(AgencyID(name: "xinfang"))
        let county = try #require(Division(code: "441424"))
        let ref = ItemRef(agency: agency, id: "XF2024-0001")
        // Computed by another program from the published definitions of FNV-1a and SplitMix64.
        #expect(ref.stableHash == 0x52f_7976_3b02_ccef)
        #expect(CaseID(county: county, foundedBy: ref).text == "441424-C-ABVSERXG5K7F")
        #expect(
            ItemRef(agency: agency, id: "1").stableHash
                != ItemRef(agency: try #require(AgencyID(name: "xinfang1")), id: "").stableHash
        )
    }

    @Test func aPseudonymIsAKeyEpochAKindAnd43Characters() {
        let hash = String(repeating: "A", count: 42)
        #expect(Pseudonym(text: "k1:p:\(hash)_") != nil)
        #expect(Pseudonym(text: "k12:i:\(hash)-") != nil)
        #expect(Pseudonym(text: "k1:x:\(hash)A") == nil)
        #expect(Pseudonym(text: "k1:p:\(hash)") == nil)
        #expect(Pseudonym(text: "p:\(hash)A") == nil)
        #expect(Pseudonym(text: "13800138000") == nil)
    }
}

@Suite struct SubjectTests {
    private func subject() throws -> Subject {
        .alert(
            .red,
            try #require(Division(code: "441424120")),
            try #require(Category(key: "labour.wages"))
        )
    }

    @Test func aSubjectHasFixedDepth() throws {
        #expect(try subject().text == "alert.red.44.14.24.120.labour.wages")
    }

    @Test(arguments: [
        ("alert.>", true), (">", true), ("alert.red.44.14.24.120.labour.wages", true),
        ("alert.*.44.14.>", true), ("alert.*.*.*.*.*.*.wages", true), ("alert.blue.>", false),
        ("alert.red", false), ("alert.red.44.14.24.120.labour.wages.>", false), ("case.>", false),
        ("alert.*.44.14.24.121.>", false),
    ])
    func patternsMatchTokenByToken(pattern: String, matches: Bool) throws {
        let pattern = try #require(SubjectPattern(text: pattern))
        #expect(pattern.matches(try subject()) == matches)
    }

    @Test(arguments: [
        "", ".", "alert.", "alert..red", "alert.>.red", "person.>", "alert.RED", "alert.r*d", "*.>",
        String(repeating: "alert.", count: 50) + ">",
    ])
    func malformedPatternsAreRefused(pattern: String) {
        #expect(SubjectPattern(text: pattern) == nil)
    }
}

@Suite struct RuleTests {
    @Test func bandsPartitionTheWholeNumbers() {
        let rule = Rules.Rule(
            name: "heads",
            measure: .heads,
            window: .days(1),
            bands: [
                .init(least: 5, level: .blue), .init(least: 30, level: .yellow),
                .init(least: 50, level: .orange), .init(least: 100, level: .red),
            ]
        )
        let levels = (0...120).map { rule.band(for: $0)?.level }
        #expect(levels[0...4].allSatisfy { $0 == nil })
        #expect(levels[5...29].allSatisfy { $0 == .blue })
        #expect(levels[30...49].allSatisfy { $0 == .yellow })
        #expect(levels[50...99].allSatisfy { $0 == .orange })
        #expect(levels[100...120].allSatisfy { $0 == .red })
    }

    @Test func errorCodesAreReadBack() {
        for code in ErrorCode.allCases { #expect(ErrorCode(text: code.text) == code) }
        #expect(ErrorCode(text: "LD-9999") == nil)
        #expect(ErrorCode(text: "1042") == nil)
    }
}
