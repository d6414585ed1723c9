import ArgumentParser
import Domain
import Foundation
import Hub
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Wire
import ZeroMQ

/// An agency's daemon or a one-off.
struct PushCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Push items through the outbox to the hub (推送).",
        discussion: """
            JSON Lines of CloudEvents, or CSV and JSON with the mapping of agency.yaml; - reads JSON
            Lines from standard input as they come. What is in the outbox survives a crash and is sent
            by the next push. Exit 0 only when every item has its receipt.
            Example: liandong push --config DIR/agencies/xinfang/agency.yaml today.jsonl
            --dry-run sends nothing and keeps nothing: an officer's line asks which items the hub has
            that each would repeat. Persons are left aside, accusations are not asked about.
            Example: liandong push --config DIR/agencies/xinfang/agency.yaml --dry-run \
              --officer DIR/officer.yaml draft.jsonl
            """
    )

    @Option(help: "The agency's file.")
    var config = "agency.yaml"
    @Option(help: "Give up after so many seconds without the hub; what is in the outbox stays.")
    var patience = 120
    @Option(help: "The longest pause in seconds between two attempts to reach the hub.")
    var retry = 30
    @Option(help: "Write what has no receipt into bundles for a courier instead: OUT, OUT.2 ….")
    var bundle: String?
    @Option(help: "The own courier keys, FILE.courier.key; beside agency.yaml when left out.")
    var courierKey: String?
    @Option(help: "The hub's public courier keys; hub.courier beside agency.yaml when left out.")
    var hubCourier: String?
    @Flag(help: "Print a line of JSON with the totals so far each time all is receipted.")
    var stream = false
    @Flag(
        name: .customLong("as-history"),
        help: "Old items: they count and are linked, and raise no alert (历史导入)."
    )
    var isHistory = false
    @Flag(
        name: .customLong("dry-run"),
        help: "Send nothing; show which items of the hub each would repeat (试查重复)."
    )
    var isDryRun = false
    @Option(help: "With --dry-run: the file of the officer who asks.")
    var officer = "officer.yaml"
    @OptionGroup var format: FormatOptions
    @Argument(help: "A file, or - for standard input; none sends what the outbox holds.")
    var file: String?

    func run() throws {
        let settings = try reading { () throws(SettingsError) in try AgencySettings(file: config) }
        if isDryRun { return try tryOut(settings) }
        let outbox = try AgencyOutbox.open(settings)
        let wakeup = try Wakeup()
        let input = try PushInput(
            settings: settings,
            file: file,
            isHistory: isHistory,
            wakeup: wakeup
        )
        if let bundle {
            let keys = try AgencyCourier(settings, own: courierKey, hub: hubCourier)
            let push = BundlePush(outbox: outbox, input: input, keys: keys, path: bundle)
            return try push.run(isJSON: format.isJSON)
        }
        var push = Push(
            outbox: outbox,
            input: input,
            file: file,
            patience: TimeSpan.seconds(Int64(patience)),
            pusher: Pusher<ZeroMQConnection>(
                outbox: outbox,
                agent: Version.agent,
                pauseMax: .seconds(Int64(max(1, retry)))
            ) { () throws(ConnectionError) in
                try ZeroMQConnection(
                    endpoint: settings.endpoint,
                    hubKey: settings.hubPublicKey,
                    secretKey: settings.keys.secretKey,
                    wakeup: wakeup
                )
            },
            tellTotals: stream
                ? { Terminal.print(PushCommand.document($0, outbox.counts).line) } : nil
        )
        let outcome = try push.run()
        report(outcome, outbox.counts)
        if outcome.fellShort {
            throw CommandFailure(.fellShort, "not every row is an item of the hub")
        }
    }

    private func tryOut(_ settings: AgencySettings) throws {
        guard let file else {
            throw CommandFailure(.wrongUse, "--dry-run needs a file, or - for standard input")
        }
        let wakeup = try Wakeup()
        let input = try PushInput(
            settings: settings,
            file: file,
            isHistory: isHistory,
            wakeup: wakeup
        )
        var asker = OfficerOptions()
        asker.config = officer
        var trial = DryRun(input: input, officer: asker, isJSON: format.isJSON)
        try trial.run()
        if trial.setAside > 0 {
            throw CommandFailure(.fellShort, "\(trial.setAside) rows are no items")
        }
    }

    private func report(_ outcome: PushOutcome, _ counts: OutboxCounts) {
        for mistake in outcome.mistakes { Terminal.complain(mistake.description) }
        output(PushCommand.document(outcome, counts), isJSON: format.isJSON) {
            var lines = ["已发 \(outcome.items) 件,回执 \(outcome.receipted) 件。"]
            if outcome.setAside > 0 { lines.append("留置本机 \(outcome.setAside) 行,原因见上。") }
            if outcome.quarantined > 0 { lines.append("待校验 \(outcome.quarantined) 件。") }
            if outcome.waiting > 0 {
                lines.append("检举控告 \(outcome.waiting) 件未发出,等待限知通道。")
            }
            return lines
        }
    }

    private static func document(_ outcome: PushOutcome, _ counts: OutboxCounts) -> JSONValue {
        [
            "items": .integer(Int64(outcome.items)),
            "receipted": .integer(Int64(outcome.receipted)),
            "set_aside": .integer(Int64(outcome.setAside)),
            "quarantined": .integer(Int64(outcome.quarantined)),
            "refused": .integer(Int64(outcome.refused)),
            "waiting_for_sealed": .integer(Int64(counts.waitingForSealed)),
            "reconnects": .integer(Int64(outcome.interruptions)),
        ]
    }
}

/// What a push has done.
struct PushOutcome {
    var items = 0
    var receipted = 0
    var setAside = 0
    var waiting = 0
    var quarantined = 0
    var refused = 0
    var interruptions = 0
    /// The first mistakes, for a person.
    var mistakes: [Mistake] = []

    static let mistakesMax = 50

    var fellShort: Bool { setAside + waiting + quarantined + refused > 0 }
}

/// Feeds the outbox and turns the pusher until all is receipted.
struct Push: ~Copyable {
    private let outbox: Outbox
    private let input: PushInput
    private let file: String?
    private let patience: TimeSpan
    /// What earlier pushes have left in the outbox.
    private let backlog: Int
    private var pusher: Pusher<ZeroMQConnection>
    private let clock = SystemClock()
    private var outcome = PushOutcome()
    private var pending: [OutgoingItem] = []
    private var lastContact: Int64
    private var lastReason = "no answer"
    private let tellTotals: ((PushOutcome) -> Void)?
    private var told = 0

    /// Items put into the outbox with one sync.
    private static let batchMax = 256

    init(
        outbox: Outbox,
        input: PushInput,
        file: String?,
        patience: TimeSpan,
        pusher: consuming Pusher<ZeroMQConnection>,
        tellTotals: ((PushOutcome) -> Void)? = nil
    ) {
        self.tellTotals = tellTotals
        self.outbox = outbox
        self.input = input
        self.file = file
        self.patience = patience
        backlog = outbox.counts.unreceipted
        self.pusher = pusher
        lastContact = SystemClock().monotonicMilliseconds()
    }

    mutating func run() throws(CommandFailure) -> PushOutcome {
        var hasEnded = false
        // Standard input may never end, and nobody knows how much will come.
        var progress = file == "-" || file == nil ? nil : Progress("推送")
        while true {
            if pending.count < Push.batchMax, !hasEnded { hasEnded = take() }
            try put()
            let isIdle = pusher.isDrained && pending.isEmpty
            if isIdle { tell() }
            // A hub that stands behind says so at the greeting, and is healed before the end.
            if hasEnded, isIdle, pusher.isSettled || outbox.lastNumber == 0 { break }
            try turn(isIdle: isIdle)
            progress?.advance(to: outcome.receipted, of: backlog + outcome.items)
        }
        progress?.finish()
        pusher.close()
        return outcome
    }

    /// Tells the totals when they have changed.
    private mutating func tell() {
        let rows = outcome.items + outcome.setAside
        guard let tellTotals, rows > told else { return }
        told = rows
        tellTotals(outcome)
    }

    /// Takes rows that have been read; `true` when there will be no more.
    private mutating func take() -> Bool {
        guard let rows = input.take() else { return true }
        for row in rows {
            switch row {
            case .item(let item, let remarks):
                pending.append(item)
                note(remarks)
            case .setAside(let mistakes):
                outcome.setAside += 1
                note(mistakes)
            case .skipped: break
            }
        }
        return false
    }

    private mutating func note(_ mistakes: [Mistake]) {
        let room = PushOutcome.mistakesMax - outcome.mistakes.count
        outcome.mistakes += mistakes.prefix(max(0, room))
    }

    private mutating func put() throws(CommandFailure) {
        while !pending.isEmpty {
            let batch = Array(pending.prefix(Push.batchMax))
            do throws(OutboxError) {
                let (numbers, waiting) = try outbox.put(batch, at: clock.now())
                outcome.items += numbers.count
                outcome.waiting += waiting
            } catch {
                // A full outbox empties with the receipts; anything else needs a person.
                if case .full = error { return }
                throw CommandFailure(.fellShort, error.description)
            }
            pending.removeFirst(batch.count)
        }
    }

    private mutating func turn(isIdle: Bool) throws(CommandFailure) {
        let events: [Pusher<ZeroMQConnection>.Event]
        do throws(Pusher<ZeroMQConnection>.Stop) {
            events = try pusher.turn(waiting: isIdle ? 200 : 20, at: clock.now())
        } catch {
            switch error {
            case .refused: throw CommandFailure(.unreachable, error.description)
            case .wrongDigest, .outbox: throw CommandFailure(.fellShort, error.description)
            case .connection: throw CommandFailure(.wrongUse, error.description)
            }
        }
        for event in events { note(event) }
        let now = clock.monotonicMilliseconds()
        if pusher.isOpen { lastContact = now }
        guard now - lastContact < patience.milliseconds else {
            throw CommandFailure(
                .unreachable,
                "no hub for \(patience.text) (\(lastReason)); "
                    + "\(outbox.counts.unreceipted) items stay in the outbox"
            )
        }
    }

    private mutating func note(_ event: Pusher<ZeroMQConnection>.Event) {
        switch event {
        case .opened: break
        case .receipted(let count, let problems):
            outcome.receipted += count
            for problem in problems {
                switch problem.status {
                case .registered: break
                case .quarantined(let code):
                    outcome.quarantined += 1
                    Terminal.complain("待校验 \(problem.id): LD-\(code)")
                case .refused(let code):
                    outcome.refused += 1
                    Terminal.complain("退回 第\(problem.number)号: LD-\(code)")
                }
            }
        case .interrupted(let reason):
            outcome.interruptions += 1
            lastReason = reason
        }
    }
}

/// The rows of a file or of standard input, read on a thread of their own and checked, masked and
/// mapped there.
final class PushInput: Sendable {
    private let rows = Mailbox<RowOutcome>(lettersMax: 1024)

    /// Begins to read; `wakeup` is called whenever there are rows to take.
    init(
        settings: AgencySettings,
        file: String?,
        isHistory: Bool,
        wakeup: Wakeup
    ) throws(CommandFailure) {
        let gate = DepartureGate(agency: settings.agency, isHistory: isHistory)
        guard let file else {
            rows.close()
            return
        }
        // Opening /dev/stdin anew would ask for rights to a pipe that another user made.
        let handle =
            file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
        guard let handle else {
            throw CommandFailure(.wrongUse, "\(file) cannot be read")
        }
        let rows = rows
        if let mapping = settings.mappingFile, !file.hasSuffix(".jsonl"), file != "-" {
            let mapper = try PushInput.mapper(mapping, gate, settings)
            _ = OwnThread(name: "rows") {
                let bytes = [UInt8]((try? handle.readToEnd()) ?? Data())
                do throws(Mistake) {
                    try mapper.map(bytes, file: file) { _, outcome in
                        PushInput.hand(outcome, to: rows, wakeup)
                        return true
                    }
                } catch {
                    PushInput.hand(.setAside([error]), to: rows, wakeup)
                }
                rows.close()
                wakeup.wake()
            }
        } else {
            _ = OwnThread(name: "rows") {
                PushInput.readLines(handle, name: file, gate: gate) { outcome in
                    PushInput.hand(outcome, to: rows, wakeup)
                }
                rows.close()
                wakeup.wake()
            }
        }
    }

    /// Rows that have been read; `nil` when there will be no more.
    func take(waitingMilliseconds milliseconds: Int = 0) -> [RowOutcome]? {
        rows.take(waitingMilliseconds: milliseconds)
    }

    private static func hand(
        _ outcome: RowOutcome,
        to rows: Mailbox<RowOutcome>,
        _ wakeup: Wakeup
    ) {
        while !rows.offer(outcome) { rows.waitForRoom(milliseconds: 2) }
        wakeup.wake()
    }

    private static func mapper(
        _ path: String,
        _ gate: DepartureGate,
        _ settings: AgencySettings
    ) throws(CommandFailure) -> RowMapper {
        do {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let mapping = try Mapping(json: bytes, file: path)
            let keys = try CountyKeys(of: settings, at: SystemClock().now())
            return RowMapper(mapping: mapping, gate: gate, keys: keys)
        } catch {
            throw CommandFailure(.wrongUse, "\(error)")
        }
    }

    /// Lines as they come, so that a program can write into a running push.
    private static func readLines(
        _ handle: FileHandle,
        name: String,
        gate: DepartureGate,
        _ each: (RowOutcome) -> Void
    ) {
        var rest: [UInt8] = []
        var row = 0
        func pass(_ line: [UInt8]) {
            row += 1
            guard line.contains(where: { $0 > 32 }) else { return }
            each(gate.pass(line: line, file: name, row: row))
        }
        while true {
            let data = handle.availableData
            if data.isEmpty { break }
            rest.append(contentsOf: data)
            var start = 0
            while let end = rest[start...].firstIndex(of: 10) {
                pass(Array(rest[start..<end]))
                start = end + 1
            }
            rest.removeFirst(start)
        }
        if !rest.isEmpty { pass(rest) }
    }
}

/// The outbox of an agency's file.
enum AgencyOutbox {
    static func open(_ settings: AgencySettings) throws(CommandFailure) -> Outbox {
        var limits = OutboxLimits()
        limits.itemsMax = settings.outboxItemsMax
        limits.bytesMax = settings.outboxBytesMax
        limits.keepReceipted = settings.keepReceipted
        do throws(OutboxError) {
            return try Outbox(
                root: settings.outboxFolder,
                agency: settings.agency,
                name: settings.stream,
                limits: limits,
                newEpoch: UInt64.random(in: 1...UInt64.max)
            )
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
    }
}

/// The receipts that an agency's outbox holds.
struct ReceiptsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipts",
        abstract: "The receipts that the outbox holds, by number (回执).",
        discussion: "Example: liandong receipts --config DIR/agencies/xinfang/agency.yaml"
    )

    @Option(help: "The agency's file.")
    var config = "agency.yaml"
    @OptionGroup var format: FormatOptions

    func run() throws {
        let settings = try reading { () throws(SettingsError) in try AgencySettings(file: config) }
        let outbox = try AgencyOutbox.open(settings)
        guard outbox.lastNumber > 0 else { return }
        for number in 1...outbox.lastNumber {
            guard let receipt = outbox.receipt(of: number) else { continue }
            let (status, code) =
                switch receipt.status {
                case .registered: ("registered", "")
                case .quarantined(let code): ("quarantined", "LD-\(code)")
                case .refused(let code): ("refused", "LD-\(code)")
                }
            let document: JSONValue = [
                "number": .integer(Int64(number)), "id": .string(receipt.id),
                "status": .string(status), "code": .string(code),
                "digest": .string(receipt.digest.hex),
            ]
            output(document, isJSON: format.isJSON) {
                ["\(number)  \(receipt.id)  \(status) \(code)"]
            }
        }
    }
}
