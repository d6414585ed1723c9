import Domain
import Hashing
import Journal
import Storage
import Wire

/// Logs, entries and decisions as the product writes them.
enum SegmentSeeds {
    static let trial = LogIdentity(id: LogID(first: 7, last: 8), kind: .trial)
    private static let at = Timestamp(milliseconds: 1_709_620_200_250)
    private static let first = ItemRef(agency: JSONLook.sender, id: "XF-1")
    private static let second = ItemRef(agency: JSONLook.sender, id: "工单-2")

    /// A founded journal without decisions, to put logs into.
    static let founded: DiskImage = journal(entries: [], decisions: [])

    static var county: Division {
        guard let county = Division(code: "441424000") else { fatalError("a division") }
        return county
    }

    private static var town: Division {
        guard let town = Division(code: "441424120") else { fatalError("a division") }
        return town
    }

    /// A journal that was written by the product, with keys that are the same each time.
    private static func journal(entries: [JournalEntry], decisions: [Decision]) -> DiskImage {
        let disk = MemoryDisk()
        let options = JournalOptions(inputSegmentBytes: 8192, decisionSegmentBytes: 8192) {
            0x0123_4567_89AB_CDEF
        }
        do throws(JournalError) {
            var opened = try OpenedJournal.open(disk, folder: "hub", options: options)
            var inputs = opened.takeInputs()
            var log = opened.takeDecisions()
            let founding = Founding(
                engineVersion: 4,
                county: county,
                hasScenarioClock: false,
                epoch: 1
            )
            try inputs.found(at: at, payload: EntryCodec.encode(.founding(founding)))
            if !entries.isEmpty { _ = try inputs.append(entries) }
            try inputs.sync()
            try log.append(decisions.map(DecisionCodec.encode), input: 1)
            try log.sync()
            try inputs.close()
        } catch {
            fatalError("a journal in memory: \(error)")
        }
        return disk.liveImage()
    }

    static func segments() -> [Seed] {
        let image = journal(
            entries: records.prefix(4).map {
                JournalEntry(
                    at: at,
                    kind: EntryKind(rawValue: $0.kind.rawValue),
                    payload: EntryCodec.encode($0)
                )
            },
            decisions: decisions
        )
        let numbered = SegmentLook.numbersFrames
        return [
            seed("log", .log, 0, [trialLog(["a", "路灯", ""])]),
            seed("sealed-log", .sealedLog, numbered, [trialLog(["a", "路灯", ""])]),
            seed("two-segments", .sealedLog, numbered, [trialLog(["a"]), trialLog(["b", "c"])]),
            seed("free-numbers", .sealedLog, 0, [trialLog(["a", "b"]), trialLog(["c"])]),
            seed("decisions", .decisions, numbered, segment(image, "hub/decisions")),
            seed("inputs", .inputs, 0, segment(image, "hub/inputs")),
            seed("inputs-numbered", .inputs, numbered, segment(image, "hub/inputs")),
        ]
    }

    private static func segment(_ image: DiskImage, _ folder: String) -> [[UInt8]] {
        [image.files["\(folder)/0000000001.segment"] ?? []]
    }

    private static func trialLog(_ lines: [String]) -> [UInt8] {
        let disk = MemoryDisk()
        do throws(LogError) {
            var log = try SegmentLog.open(
                disk,
                folder: "log",
                identity: trial,
                options: LogOptions(segmentBytes: 8192),
                visit: { _ in .keep }
            ).take()
            for line in lines {
                log.begin()
                log.addRecord(Array(line.utf8))
                _ = try log.commit(chain: Digest32.sha256(line))
            }
            try log.sync()
        } catch {
            fatalError("a log in memory: \(error)")
        }
        return segment(disk.liveImage(), "log")[0]
    }

    /// Files as an input has them: 128 bytes of the first block, then what is used.
    private static func seed(
        _ name: String,
        _ part: SegmentLook.Part,
        _ flags: UInt8,
        _ files: [[UInt8]]
    ) -> Seed {
        let bodies = files.map { file in
            let used = file.dropFirst(4096)
            let count = (used.lastIndex { $0 != 0 }.map { $0 - 4095 } ?? 0) + 63
            return Array(file[..<128] + used.prefix(count / 64 * 64))
        }
        let split = bodies.count > 1 ? UInt8(bodies[0].count / 64) : 0
        return Seed(name, [part.rawValue | flags, split] + bodies.flatMap { $0 })
    }
}

extension SegmentLook {
    static func seeds(_ root: String) -> [Seed] {
        SegmentSeeds.segments()
            + SegmentSeeds.records.enumerated().map { index, record in
                Seed(
                    "payload-\(record.kind)-\(index)",
                    [Part.payload.rawValue, UInt8(record.kind.rawValue)] + EntryCodec.encode(record)
                )
            }
            + SegmentSeeds.decisions.enumerated().map { index, decision in
                Seed(
                    "decision-\(index)",
                    [Part.decision.rawValue, 0] + DecisionCodec.encode(decision)
                )
            }
    }
}

extension SegmentSeeds {
    private static let position = StreamPosition(
        stream: StreamID(agency: JSONLook.sender, name: "main", epoch: 0x0102_0304_0506_0708),
        number: 9
    )

    /// Records of every kind.
    static var records: [JournalRecord] {
        let event = JSONLook.complaint
        let seen = SeenCase(id: CaseID(county: 441_424, number: 5), items: [1, 2, 9])
        let actions: [Command.Action] = [
            .acknowledge(AlertID(county: 441_424, number: 77), report: 2, note: "已电话核实"),
            .confirmClock, .edit(.merge(seen, with: SeenCase(id: nil, items: [4])), note: ""),
            .setLife(seen, isClosed: true, note: ""),
        ]
        let carried = Founding.Carried(
            state: ContentDigest(1, 2, 3, 4),
            files: [.init(name: .rules, version: 7)]
        )
        var taken = Founding(engineVersion: 4, county: county, hasScenarioClock: false, epoch: 3)
        taken.carried = carried
        var sealed = taken
        sealed.lane = .sealed
        return [
            .item(position, id: "XF-1", ContentDigest(contentOf: event), event: event.bytes),
            .quarantine(
                position,
                .init(
                    code: .badTime,
                    reason: "time is no RFC 3339 time",
                    id: "XF-2",
                    lineDigest: ContentDigest(1, 2, 3, 4),
                    line: [0xFF, 0, 0x7B]
                )
            ), .sealedRefusal(position), .tick, .founding(taken), .founding(sealed),
            .configuration(.rules, canonical: Array("{}".utf8)),
            .clock(ClockChange(event: .stepped, from: at, to: at + .hours(1))),
            .observation(
                Observation(.linkDown, agency: JSONLook.sender, since: at, value: 61, bound: 60)
            ), .withheld(position, .init(id: "XF-3", code: .badTime)),
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
            + actions.map {
                .command(Command(officer: "wang", idempotencyKey: "k-1", action: $0))
            }
    }

    private static let scope = CaseScope(division: town, category: .unknown)
    private static let caseID = CaseID(county: county, foundedBy: first)

    private static var alert: Alert {
        var alert = Alert(
            id: AlertID(county: county, kind: .matter, foundedBy: first),
            kind: .matter,
            caseID: caseID,
            division: town,
            category: .unknown,
            level: .orange,
            raisedAt: at,
            acknowledgeBy: at + .minutes(30)
        )
        alert.signals = [Signal(rule: "items-24h", value: 11, threshold: 10, level: .orange)]
        alert.items = [first, second]
        alert.agencies = [JSONLook.sender]
        alert.acknowledgedBy = "wang"
        alert.remember(AlertStanding(level: .yellow, division: town, category: .unknown))
        return alert
    }

    /// Decisions of the kinds that have most to read.
    static var decisions: [Decision] {
        let evidence = Evidence(
            nearest: first,
            scorePermille: 640,
            textPermille: 520,
            sharesPlace: true,
            isRelated: true
        )
        let editing = CaseEditing(
            number: 3,
            kind: .undo,
            officer: "li",
            commandKey: "k-4",
            id: caseID,
            scope: scope,
            others: [CaseID(county: 441_424, number: 99)],
            movedCount: 2,
            followed: [first],
            followedCount: 1,
            alerts: [alert.id]
        )
        let contents: [Decision.Content] = [
            .configured(name: 1, version: 0xFEDC),
            .admitted(
                Admission(
                    ref: first,
                    ordinal: 1,
                    kind: .life("accepted"),
                    time: at,
                    division: town,
                    category: .unknown,
                    isUrgent: true,
                    isLate: false,
                    isAhead: true
                )
            ), .lived(second, of: first, step: "accepted"),
            .caseOpened(caseID, scope, founder: first, joined: second, evidence),
            .visited(
                VisitReport(founder: first, ref: second, heads: 90, countedHeads: 87, counts: false)
            ), .alertAcknowledged(alert, commandKey: "k-1"),
            .void(commandKey: "k-2", officer: "li", .reportMovedOn),
            .clockChanged(ClockChange(event: .confirmed, from: at, to: at, officer: "wang")),
            .observed(
                Observation(.outboxStuck, agency: JSONLook.sender, since: at, value: 4, bound: 3),
                passed: [alert.id]
            ), .caseEdited(editing),
            .itemMoved(ItemMove(item: first, from: caseID, to: nil, scope: scope, edit: 3)),
            .caseLived(caseID, scope, .closed, officer: "li", commandKey: "k-5"),
        ]
        return contents.map { Decision(at: at, content: $0) }
    }
}
