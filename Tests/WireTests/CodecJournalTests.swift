import Domain
import Storage
import Testing
import Wire

@Suite struct CodecJournalTests {
    private static let position = StreamPosition(
        stream: StreamID(agency: Known.xinfang, name: "main", epoch: 0x0102_0304_0506_0708),
        number: 9
    )

    private static let event = EventSample.event(data: ["title": "题", "text": "文"])

    /// One record of every kind, and for commands of every action.
    static let records: [JournalRecord] = [
        .founding(
            Founding(engineVersion: 3, county: Known.county, hasScenarioClock: true, epoch: 2)
        ),
        .configuration(
            .linkage,
            canonical: ConfigurationCodec.canonicalBytes(of: .linkage(.standard))
        ),
        .item(position, id: "XF-1", ContentDigest(contentOf: event), event: event.bytes),
        .quarantine(
            position,
            JournalRecord.Quarantine(
                code: .badTime,
                reason: "time is no RFC 3339 time",
                id: "XF-2",
                lineDigest: ContentDigest(1, 2, 3, 4),
                line: [0xFF, 0, 0x7B]
            )
        ),
        .sealedRefusal(position),
        .command(
            Command(
                officer: "wang",
                idempotencyKey: "k-1",
                action: .acknowledge(
                    AlertID(county: 441_424, number: 77),
                    report: 2,
                    note: "已电话核实"
                )
            )
        ),
        .tick,
        .clock(
            ClockChange(
                event: .stepped,
                from: Timestamp(milliseconds: 1_709_620_200_000),
                to: Timestamp(milliseconds: 1_709_623_800_000)
            )
        ),
        .observation(
            Observation(
                .linkDown,
                agency: Known.xinfang,
                since: Timestamp(milliseconds: 1_709_620_200_000),
                value: 61,
                bound: 60
            )
        ),
        .withheld(position, .init(id: "XF-3", code: .badTime)),
        .erasure(
            Erasure(
                cause: .due,
                by: "李主任",
                reason: "保存期满",
                items: 2,
                entries: 3,
                list: ContentDigest(1, 2, 3, 4)
            )
        ),
    ]

    /// Commands about cases.
    static let edits = Sample.edits.map {
        JournalRecord.command(Command(officer: "li", idempotencyKey: "k-2", action: $0))
    }

    @Test func theSampleHoldsEveryKind() {
        #expect(Self.records.map(\.kind) == JournalRecord.Kind.allCases)
    }

    @Test(arguments: records + edits)
    func aRecordReadsBackFromItsPayload(record: JournalRecord) throws {
        let payload = EntryCodec.encode(record)
        #expect(try EntryCodec.decode(kind: record.kind.rawValue, payload: payload) == record)
    }

    /// The byte picture of `docs/journal-entries.md`, written out.
    @Test func theNumberOfAnAccusationIsAllThatIsWritten() {
        let bytes: [UInt8] =
            [1, 0, 0, 0, 7] + Array("xinfang".utf8) + [0, 0, 0, 4] + Array("main".utf8)
            + [1, 2, 3, 4, 5, 6, 7, 8] + [0, 0, 0, 0, 0, 0, 0, 9]
        #expect(EntryCodec.encode(.sealedRefusal(Self.position)) == bytes)
        #expect(EntryCodec.encode(.tick) == [1])
    }

    @Test(arguments: records + edits)
    func aCutOrLengthenedPayloadIsRefused(record: JournalRecord) {
        let payload = EntryCodec.encode(record)
        let kind = record.kind.rawValue
        let step = max(1, payload.count / 500)
        for count in stride(from: 0, to: payload.count, by: step) {
            #expect(throws: RecordError.self) {
                try EntryCodec.decode(kind: kind, payload: Array(payload.prefix(count)))
            }
        }
        #expect(throws: RecordError.trailing(count: 1)) {
            try EntryCodec.decode(kind: kind, payload: payload + [0])
        }
        #expect(throws: RecordError.unknownVersion(9)) {
            try EntryCodec.decode(kind: kind, payload: [9] + payload.dropFirst())
        }
    }

    @Test func whatAnEpochTakesOverIsReadBack() throws {
        let founding = Founding(
            engineVersion: 4,
            county: Known.county,
            hasScenarioClock: false,
            epoch: 3,
            carried: .init(
                state: ContentDigest(1, 2, 3, 4),
                files: [.init(name: .rules, version: 7), .init(name: .linkage, version: 9)]
            )
        )
        let payload = EntryCodec.encode(.founding(founding))
        #expect(payload[0] == EntryCodec.carryingVersion)
        #expect(try EntryCodec.decode(kind: 1, payload: payload) == .founding(founding))
        #expect(throws: RecordError.unknownVersion(2)) {
            try EntryCodec.decode(kind: 7, payload: [2])
        }
    }

    /// What follows from entries by itself is never an input.
    @Test func anObservationThatTheEngineMakesItselfIsNoRecord() {
        for condition in Observation.Condition.allCases where !condition.isObserved {
            let agency = condition.isOfFeed ? Known.xinfang : nil
            let since = Timestamp(milliseconds: 0)
            let made = Observation(condition, agency: agency, since: since, value: 1, bound: 1)
            #expect(throws: RecordError.self) {
                try EntryCodec.decode(kind: 9, payload: EntryCodec.encode(.observation(made)))
            }
        }
    }

    @Test func whatIsAboutErasedTextsIsATickToTheEngine() throws {
        let decoder = EventDecoder()
        for record in Self.records.suffix(2) {
            #expect(try record.entryContent(decoder) == .tick)
        }
        let item = JournalRecord.withheld(Self.position, .init(id: "XF-3", code: nil))
        #expect(item.receipt?.status == .registered && item.receipt?.digest == ContentDigest.none)
        let aside = Self.records[Self.records.count - 2].receipt
        #expect(aside?.status == .quarantined(code: ErrorCode.badTime.rawValue))
    }

    @Test func anUnknownKindIsRefused() {
        #expect(throws: RecordError.unknownKind(10)) {
            try EntryCodec.decode(kind: 10, payload: [1])
        }
    }

    /// Whatever a record is made of, it has one form: what is read writes the same bytes.
    @Test(arguments: [UInt64(21), 22, 23])
    func mutatedPayloadsAreRefusedOrHaveOneForm(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let decoder = EventDecoder()
        var taken = 0
        for round in 0..<6000 {
            let record = Self.records[round % Self.records.count]
            let payload = Mutation.of(EntryCodec.encode(record), &random)
            do throws(RecordError) {
                let read = try EntryCodec.decode(kind: record.kind.rawValue, payload: payload)
                taken += 1
                #expect(EntryCodec.encode(read) == payload, "seed \(seed)")
                _ = read.receipt
                _ = try read.entryContent(decoder)
            } catch {
                #expect(!error.description.isEmpty, "seed \(seed)")
            }
        }
        #expect(taken > 0, "seed \(seed)")
    }

    @Test func theEngineGetsTheItemThatTheGateSaw() throws {
        let decoder = EventDecoder()
        let seen = decoder.decode(line: Self.event.bytes, sender: Known.xinfang)
        guard case .item(let item, let digest) = seen,
            case .item(let again, let same) = try Self.records[2].entryContent(decoder)
        else {
            Issue.record("no item")
            return
        }
        #expect(again == item)
        #expect(same == digest)
        let kinds = try Self.records.map { try $0.entryContent(decoder) }
        #expect(kinds[6] == .tick)
        #expect(kinds[4] == .sealedRefusal)
        #expect(
            kinds[3]
                == .quarantine(
                    Quarantined(
                        agency: Known.xinfang,
                        id: "XF-2",
                        code: .badTime,
                        reason: "time is no RFC 3339 time"
                    )
                )
        )
    }

    @Test func anEventThatIsNotItsDigestsIsRefused() {
        let other = JournalRecord.item(
            Self.position,
            id: "XF-1",
            ContentDigest(0, 0, 0, 1),
            event: Self.event.bytes
        )
        #expect(throws: RecordError.otherDigest) { try other.entryContent(EventDecoder()) }
        let noItem = JournalRecord.item(Self.position, id: "", .none, event: [0x7B])
        #expect(throws: RecordError.self) { try noItem.entryContent(EventDecoder()) }
    }

    @Test func receiptsAreMadeFromTheRecordAlone() {
        let receipts = Self.records.map(\.receipt)
        #expect(
            receipts[2]
                == Receipt(
                    number: 9,
                    id: "XF-1",
                    digest: ContentDigest(contentOf: Self.event),
                    status: .registered
                )
        )
        #expect(
            receipts[3]
                == Receipt(
                    number: 9,
                    id: "XF-2",
                    digest: ContentDigest(1, 2, 3, 4),
                    status: .quarantined(code: 1046)
                )
        )
        #expect(
            receipts[4]
                == Receipt(number: 9, id: "", digest: .none, status: .refused(code: 1060))
        )
        #expect([0, 1, 5, 6].allSatisfy { receipts[$0] == nil })
    }

    @Test func aQuarantinedLineIsKeptInPartAndNeverWithASecrecyMarking() {
        func kept(_ code: ErrorCode) -> Int {
            JournalRecord.Quarantine(
                code: code,
                reason: "",
                id: "",
                lineDigest: .none,
                line: [UInt8](repeating: 65, count: 10_000)
            ).line.count
        }
        #expect(kept(.badValue) == 4096)
        #expect(kept(.secrecyMarking) == 0)
    }
}

/// Names that tests share.
enum Known {
    static let xinfang = agency("xinfang")
    static let zhengshu = agency("zhengshu")
    static let county = division("441424")
    static let town = division("441424120")

    private static func agency(_ name: String) -> AgencyID {
        guard let agency = AgencyID(name: name) else { preconditionFailure("\(name) is a name") }
        return agency
    }

    private static func division(_ code: String) -> Division {
        guard let division = Division(code: code) else { preconditionFailure("\(code) is a code") }
        return division
    }
}

/// Bytes with up to three accidents.
enum Mutation {
    static func of(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int(random.next() % 3) {
            guard !bytes.isEmpty else { return [UInt8(truncatingIfNeeded: random.next())] }
            // Most accidents hit the front, where lengths and kinds stand.
            let span = random.next() % 2 == 0 ? min(bytes.count, 64) : bytes.count
            let place = Int(random.next() % UInt64(span))
            switch random.next() % 5 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes[place] ^= 1 << UInt8(random.next() % 8)
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
            default: bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
            }
        }
        return bytes
    }
}
