import Domain
import Foundation
import LiandongClient
import Testing

/// Keys of 32 equal bytes, for tests alone.
let testKeys = """
    # test keys
    k1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE
    """

@Suite struct PseudonymTests {
    @Test(arguments: [
        ("11010519491231002x", "11010519491231002X"),
        (" 110105 19491231 002X ", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("110105491231002", "11010519491231002X"),
    ])
    func identityNumbersHaveOneForm(cell: String, form: String) throws {
        #expect(try #require(PersonNumber(identity: cell)).normalForm == form)
    }

    @Test(arguments: [
        ("13800000001", "+8613800000001"), ("138-0000 0001", "+8613800000001"),
        ("+86 138 0000 0001", "+8613800000001"), ("008613800000001", "+8613800000001"),
        ("013800000001", "+8613800000001"), ("0753-4400002", "+867534400002"),
        ("(0753)4400002转801", "+867534400002"), ("4400002", "+867534400002"),
        ("+86 753 4400002", "+867534400002"), ("010-66554433", "+861066554433"),
        ("+852 2123 4567", "+85221234567"),
    ])
    func telephonesBecomeE164(cell: String, form: String) throws {
        #expect(try #require(PersonNumber(phone: cell, areaCode: "0753")).normalForm == form)
    }

    @Test(arguments: ["12345", "110", "400-000-0000", "无", "", "138****0001", "12800000001", "abc"])
    func sharedAndBrokenTelephonesAreNobodys(cell: String) {
        #expect(PersonNumber(phone: cell, areaCode: "0753") == nil)
    }

    @Test func landlineWithoutAreaCodeNeedsOne() {
        #expect(PersonNumber(phone: "4400002") == nil)
    }

    @Test func accountsAreTrimmedAndFolded() {
        #expect(PersonNumber(account: " Ａｂｃ１ ")?.normalForm == "Abc1")
        #expect(PersonNumber(account: "  ") == nil)
    }

    @Test func pseudonymIsHMACOfTheNormalForm() throws {
        let keys = try CountyKeys(text: testKeys, name: "county.key")
        let phone = try #require(PersonNumber(phone: "13800000001"))
        // printf '+8613800000001' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0101…01
        #expect(keys.pseudonyms(of: phone) == ["k1:p:" + PseudonymTests.expected])
        #expect(Pseudonym(text: try #require(keys.pseudonyms(of: phone).first)) != nil)
    }

    static let expected = "A4aZ6E8ulm7nck5bd7sPf2kJNC-neTK0V6T4m5qlJYo"

    @Test func bothEpochsAreSentDuringTheOverlap() throws {
        let text = testKeys + "\n" + CountyKeys.newLine(epoch: 2)
        let keys = try CountyKeys(text: text, name: "county.key")
        let number = try #require(PersonNumber(identity: "11010519491231002X"))
        #expect(keys.epochs == [1, 2])
        #expect(keys.pseudonyms(of: number).map { $0.prefix(5) } == ["k1:i:", "k2:i:"])
    }

    @Test(arguments: [
        "", "k1 short",
        "k2 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\nk1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
    ])
    func wrongKeyFilesAreRefused(text: String) {
        #expect(throws: CountyKeys.Failure.self) { try CountyKeys(text: text, name: "county.key") }
    }

    /// The epochs that pseudonyms are made under on a day.
    private func epochs(_ keys: CountyKeys, _ day: String) throws -> [Int] {
        try keys.inForce(at: try #require(Timestamp(rfc3339: day + "T00:00:00+08:00"))).epochs
    }

    @Test func theNextKeyOverlapsAndThenStandsAlone() throws {
        let now = try #require(Timestamp(rfc3339: "2026-11-20T12:00:00+08:00"))
        let start = try #require(CountyDay(text: "2026-12-01"))
        let text = try CountyKeys.next(
            testKeys,
            name: "county.key",
            now: now,
            from: start,
            overlapDays: 90
        )
        let keys = try CountyKeys(text: text, name: "county.key")
        #expect(try epochs(keys, "2026-11-30") == [1])
        #expect(try epochs(keys, "2026-12-01") == [1, 2])
        #expect(try epochs(keys, "2027-02-28") == [1, 2], "the 90th day")
        #expect(try epochs(keys, "2027-03-01") == [2])
        let number = try #require(PersonNumber(phone: "13800000001"))
        let first = try CountyKeys(text: testKeys, name: "county.key").pseudonyms(of: number)
        let between = try #require(Timestamp(rfc3339: "2027-01-01T00:00:00+08:00"))
        #expect(
            try keys.inForce(at: between).pseudonyms(of: number).first == first.first,
            "the old key is the same key"
        )
        #expect(throws: CountyKeys.Failure.self, "two overlap already") {
            try CountyKeys.next(text, name: "k", now: between, from: start, overlapDays: 90)
        }
        let later = try #require(Timestamp(rfc3339: "2028-01-01T00:00:00+08:00"))
        let third = try CountyKeys.next(
            text,
            name: "k",
            now: later,
            from: try #require(CountyDay(text: "2028-02-01")),
            overlapDays: 90
        )
        #expect(
            try CountyKeys(text: third, name: "k").epochs == [2, 3],
            "the ended key is left out"
        )
    }

    @Test func daysWithoutAKeyAreNamed() throws {
        let keys = try CountyKeys(text: testKeys + " from 2026-12-01 until 2027-01-01", name: "k")
        #expect(try epochs(keys, "2026-12-31") == [1])
        for day in ["2026-11-30", "2027-01-01"] {
            let failure = #expect(throws: CountyKeys.Failure.self) { try epochs(keys, day) }
            #expect(failure?.description.contains("LD-1156") == true)
        }
    }

    @Test(arguments: [
        " from", " from 2026-13-01", " since 2026-12-01", " from 2026-12-01 from 2026-12-02",
        " from 2026-12-02 until 2026-12-02", " until 2026-12-1",
    ])
    func wrongTimesOfAKeyAreRefused(_ times: String) {
        #expect(throws: CountyKeys.Failure.self) {
            try CountyKeys(text: testKeys + times, name: "county.key")
        }
    }

    @Test func threeKeysAtATimeAreRefused() {
        let text =
            testKeys + "\n" + CountyKeys.newLine(epoch: 2) + CountyKeys.newLine(epoch: 3)
        #expect(throws: CountyKeys.Failure.self) { try CountyKeys(text: text, name: "k") }
    }

    @Test func looseKeyFileIsRefused() throws {
        try withFolder { folder in
            let path = folder + "/county.key"
            try Data(testKeys.utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            let failure = #expect(throws: CountyKeys.Failure.self) { try CountyKeys(path: path) }
            #expect(failure?.description.contains("chmod 600") == true)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(try CountyKeys(path: path).epochs == [1])
        }
    }
}

/// Runs with an empty folder that is gone afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "/liandong-client-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}
