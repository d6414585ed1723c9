import Domain
import LiandongClient
import Storage
import Testing
import Wire

/// A bundle opens for whom it is sealed, whole, in order, or not at all.
@Suite struct CourierTests {
    private let agency = CourierKeys()
    private let hub = CourierKeys()

    private func bundle(_ count: Int, first: UInt64 = 5) throws -> CourierBundle {
        CourierBundle(
            stream: StreamID(
                agency: try #require(AgencyID(name: "xinfang")),
                name: "main",
                epoch: 7
            ),
            first: first,
            madeAt: Timestamp(milliseconds: 1_741_000_000_000),
            content: .lines((0..<count).map { Array("{\"id\":\"N\($0)\",\"text\":\"路灯\"}".utf8) })
        )
    }

    private func open(_ bytes: [UInt8], with keys: CourierKeys? = nil) throws -> CourierBundle {
        try CourierBundle(opening: bytes, with: keys ?? hub) { [agency] _ in agency.publicKeys }
    }

    private func code(_ body: () throws -> Void) -> ErrorCode? {
        do {
            try body()
            return nil
        } catch {
            return (error as? CourierError)?.code
        }
    }

    @Test(arguments: [1, 2, 1024, 1025, 3000])
    func linesComeOutAsTheyWentIn(count: Int) throws {
        let bundle = try bundle(count)
        let bytes = try bundle.sealed(by: agency, to: hub.publicKeys)
        #expect(try open(bytes) == bundle)
        #expect(try CourierBundle.header(of: bytes).count == count)
    }

    @Test func largeLinesAreSpreadOverMessages() throws {
        var bundle = try bundle(1)
        bundle.content = .lines((0..<40).map { [UInt8](repeating: UInt8($0 + 32), count: 250_000) })
        #expect(try open(bundle.sealed(by: agency, to: hub.publicKeys)) == bundle)
    }

    @Test func receiptsComeBackAsTheyAre() throws {
        var answer = try bundle(1, first: 9)
        answer.content = .receipts(
            (9..<2000).map { number in
                Receipt(
                    number: UInt64(number),
                    id: "N\(number)",
                    digest: ContentDigest(hashing: Array("\(number)".utf8)),
                    status: number % 7 == 0 ? .quarantined(code: 1042) : .registered
                )
            }
        )
        let bytes = try answer.sealed(by: hub, to: agency.publicKeys)
        let found = try CourierBundle(opening: bytes, with: agency) { [hub] _ in hub.publicKeys }
        #expect(found == answer)
    }

    @Test(
        "A time that no calendar has is damage",
        arguments: [Int64.max, 174_100_000_000_000_001, -1]
    )
    func timeThatNoCalendarHasIsDamage(milliseconds: Int64) throws {
        var bundle = try bundle(1)
        bundle.madeAt = Timestamp(milliseconds: milliseconds)
        let bytes = try bundle.sealed(by: agency, to: hub.publicKeys)
        #expect(code { _ = try CourierBundle.header(of: bytes) } == .bundleDamaged)
        #expect(code { _ = try open(bytes) } == .bundleDamaged)
    }

    @Test func nothingOfTheTextStandsOpen() throws {
        let bytes = try bundle(3).sealed(by: agency, to: hub.publicKeys)
        #expect(!bytes.contains(Array("路灯".utf8)))
    }

    @Test func aFileThatIsTornAnywhereIsRefused() throws {
        let bytes = try bundle(3).sealed(by: agency, to: hub.publicKeys)
        for count in 0..<bytes.count {
            #expect(code { _ = try open(Array(bytes[..<count])) } == .bundleDamaged, "\(count)")
        }
        #expect(code { _ = try open(bytes + [0]) } == .bundleDamaged)
    }

    @Test func aByteThatIsChangedAnywhereIsRefused() throws {
        let bytes = try bundle(2).sealed(by: agency, to: hub.publicKeys)
        for place in bytes.indices {
            var altered = bytes
            altered[place] ^= 1
            let found = code { _ = try open(altered) }
            #expect(found == .bundleDamaged || found == .bundleForeign, "\(place)")
        }
    }

    @Test func onlyTheRecipientOpensItAndOnlyFromAKnownSigner() throws {
        let bytes = try bundle(2).sealed(by: agency, to: hub.publicKeys)
        #expect(code { _ = try open(bytes, with: CourierKeys()) } == .bundleForeign)
        let stranger = try bundle(2).sealed(by: CourierKeys(), to: hub.publicKeys)
        #expect(code { _ = try open(stranger) } == .bundleForeign)
        let unknown = code {
            _ = try CourierBundle(opening: bytes, with: hub, signer: { _ in nil })
        }
        #expect(unknown == .bundleForeign)
    }

    @Test func aBundleBeyondItsBoundsIsNotMade() throws {
        var bundle = try bundle(1)
        let count = CourierBundle.numbersMax + 1
        bundle.content = .lines([[UInt8]](repeating: [123, 125], count: count))
        let found = code { [bundle] in
            _ = try bundle.sealed(by: agency, to: hub.publicKeys)
        }
        #expect(found == .bundleTooLarge)
    }

    @Test func keysComeBackFromTheirTexts() throws {
        let texts = agency.texts
        let again = try #require(CourierKeys(signing: texts.signing, sealing: texts.sealing))
        #expect(again.publicKeys == agency.publicKeys)
        #expect(CourierKeys(signing: "x", sealing: texts.sealing) == nil)
        let open = agency.publicKeys.texts
        let known = CourierPublicKeys(signing: open.signing, sealing: open.sealing)
        #expect(known == agency.publicKeys)
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: part) }
    }
}
