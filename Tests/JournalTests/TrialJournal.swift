import Domain
import Glibc
import Journal
import Storage
import Synchronization

/// A journal's parts, in one hand.
struct TrialJournal<D: Disk>: ~Copyable {
    var inputs: InputJournal<D>
    var decisions: DecisionStore<D>
    let recovery: JournalRecovery
}

/// Opens a journal, with small segments and seeded keys unless told otherwise.
func openTrial<D: Disk>(
    _ disk: D,
    _ folder: String = "hub",
    options: JournalOptions = trialOptions()
) throws(JournalError) -> TrialJournal<D> {
    var opened = try OpenedJournal.open(disk, folder: folder, options: options)
    return TrialJournal(
        inputs: opened.takeInputs(),
        decisions: opened.takeDecisions(),
        recovery: opened.recovery
    )
}

func trialOptions(repairs: Bool = false) -> JournalOptions {
    let generator = Mutex(SplitMix64(seed: 2026))
    return JournalOptions(
        inputSegmentBytes: 8192,
        decisionSegmentBytes: 8192,
        repairs: repairs
    ) {
        generator.withLock { $0.next() }
    }
}

/// The entry that a trial appends as number `number`; its length and time depend on the number.
func entry(_ number: Int) -> JournalEntry {
    JournalEntry(
        at: Timestamp(milliseconds: 1_700_000_000_000 + Int64(number) * 1000),
        kind: EntryKind(rawValue: UInt16(2 + number % 5)),
        payload: payload(number)
    )
}

func payload(_ number: Int) -> [UInt8] {
    Array("诉求 \(number) ".utf8) + [UInt8](repeating: UInt8(number & 0xff), count: number * 53 % 400)
}

/// The decisions that a trial's engine derives from an input: none to three.
func decisions(_ number: UInt64) -> [[UInt8]] {
    let count = (number + 2) % 5 == 0 ? 0 : number % 3 + 1
    return (0..<count).map { Array("判定 \(number).\($0) ".utf8) + [UInt8](repeating: 7, count: 40) }
}

/// What an entry reads back as, without its epoch and commitment.
struct Reading: Equatable {
    let number: UInt64
    let at: Timestamp
    let kind: EntryKind
    let bytes: [UInt8]?

    init(_ stored: StoredEntry) {
        number = stored.number
        at = stored.at
        kind = stored.kind
        bytes = stored.bytes
    }
}

/// Everything that can be read of a journal.
struct Contents: Equatable {
    var inputs: [Reading] = []
    var decisions: [StoredDecision] = []

    init<D: Disk>(_ journal: borrowing TrialJournal<D>) throws(JournalError) {
        var inputReader = journal.inputs.reader()
        inputs = try inputReader.read(from: 1, limit: .max).map(Reading.init)
        var decisionReader = journal.decisions.reader()
        decisions = try decisionReader.read(from: 1, limit: .max)
    }
}

/// Fills a journal with two epochs, decisions included; stops at the first error.
func fill<D: Disk>(
    _ disk: D,
    synced: inout UInt64,
    entriesPerEpoch: Int = 16
) throws(JournalError) {
    let opened = try openTrial(disk)
    var inputs = opened.inputs
    var log = opened.decisions
    for epoch in 0..<2 {
        let first = Int(inputs.lastNumber) + 1
        try inputs.found(at: entry(first).at, payload: Array("founding \(epoch)".utf8))
        synced = inputs.lastNumber
        try log.begin(epoch: inputs.epoch)
        while Int(inputs.lastNumber) < first + entriesPerEpoch {
            let next = Int(inputs.lastNumber) + 1
            try inputs.append((next...(next + next % 3)).map(entry))
            try inputs.sync()
            synced = inputs.lastNumber
            for number in UInt64(next)...inputs.lastNumber {
                try log.append(decisions(number), input: number)
            }
            try log.flush()
        }
        try log.sync()
    }
}

/// A folder of the machine that is removed with all it holds when the test is over.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/liandong-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw DiskError(kind: .failed, operation: "mkdtemp", path: "/tmp", errorNumber: errno)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.removeAll(path)
    }

    private static func removeAll(_ folder: String) {
        let disk = PosixDisk()
        for name in (try? disk.list(folder)) ?? [] {
            let path = "\(folder)/\(name)"
            if (try? disk.remove(path)) == nil { removeAll(path) }
        }
        rmdir(folder)
    }
}
