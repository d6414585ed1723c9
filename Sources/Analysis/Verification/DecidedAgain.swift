package import Domain
package import Hashing
package import Journal
package import Linkage
package import Wire

/// What a fresh engine decides from a journal's entries, to be held against the log (复算).
///
/// It keeps nothing but digests, so that a journal of any length can be checked: of the first
/// decisions, as many as the log holds, and of all.
package struct DecidedAgain: ~Copyable {
    /// Decisions of the fresh engine so far.
    package var count: Int { digest.count }
    /// Decisions that the log holds.
    package let logged: Int
    /// The digest of as many decisions as the log holds; `nil` while there are fewer.
    package private(set) var digestOfLogged: Digest32?
    /// The same with the number of the entry that each follows from; without its tick a deadline
    /// fires before a later entry, so that it stays `nil` where ticks are removed.
    package private(set) var placesOfLogged: Digest32?
    /// Entries that this version cannot read.
    package private(set) var unreadable = 0
    /// The numbers of the first decisions' bytes, kept on request.
    package private(set) var marks: [UInt64]?

    /// How many entries of each kind were taken.
    package private(set) var entryKinds: [JournalRecord.Kind: Int] = [:]
    /// How many decisions of each kind there are.
    package private(set) var decisionKinds: [Decision.Content.Tag: Int] = [:]

    /// What becomes of the journal's ticks on the way to the fresh engine.
    package enum Ticks: String, CaseIterable, Sendable {
        case kept, added, removed
    }

    private let ticks: Ticks
    private let forks: Bool
    private var lastAt: Timestamp?
    private var heldTick: Timestamp?
    /// The fresh engine.
    package private(set) var engine: Engine
    /// The last entry of the epochs before, of which only the items' texts are read.
    private let after: UInt64
    private var recalled = 0
    private var isRecalled: Bool
    /// The epoch belongs to an engine that this program does not hold, so nothing is decided.
    package private(set) var isForeign = false
    /// A founding entry was met behind `after`.
    package private(set) var isFounded = false
    /// What the last entry said; `nil` when it was erased or cannot be read.
    package private(set) var lastRecord: JournalRecord?
    private var digest = DecisionDigest()
    private var places = SHA256Hasher()
    private let decoder = EventDecoder()
    /// What followed from the last entry.
    package private(set) var found: [Decision] = []

    /// - Parameters:
    ///   - logged: How many decisions the log holds.
    ///   - keepsMarks: Keeps eight bytes of each decision, so that a difference can be found.
    ///   - ticks: Added: three in every pause; removed: all but the last entry.
    ///   - forks: Goes on as a fork of itself after every entry.
    ///   - engine: One that holds a later epoch's founding state; a fresh one for the first epoch.
    ///   - after: The last entry before that epoch; of these the texts alone are read.
    package init(
        logged: Int,
        keepsMarks: Bool = false,
        ticks: Ticks = .kept,
        forks: Bool = false,
        engine: consuming Engine = Engine(),
        after: UInt64 = 0
    ) {
        self.logged = logged
        self.engine = engine
        self.after = after
        isRecalled = after == 0
        self.ticks = ticks
        self.forks = forks
        marks = keepsMarks ? [] : nil
        if logged == 0 { noteLogged() }
    }

    /// Takes an entry in; an erased one decides nothing.
    package mutating func take(_ stored: StoredEntry) {
        lastRecord = nil
        found.removeAll(keepingCapacity: true)
        if stored.number > after, !isRecalled {
            engine.finishRecall()
            isRecalled = true
        }
        guard let payload = stored.bytes, !isForeign else { return }
        let record: JournalRecord
        let content: Entry.Content
        do throws(RecordError) {
            record = try EntryCodec.decode(kind: stored.kind.rawValue, payload: payload)
            content = try record.entryContent(decoder)
        } catch {
            unreadable += 1
            return
        }
        guard stored.number > after else {
            if case .item(let item, _) = content { engine.recall(item, after: &recalled) }
            return
        }
        lastRecord = record
        if case .founding(let founding) = record { begin(founding) }
        entryKinds[record.kind, default: 0] += 1
        heldTick = nil
        if isForeign { return }
        if ticks == .added, let lastAt {
            let pause = stored.at - lastAt
            for at in [lastAt, lastAt + TimeSpan(milliseconds: pause.milliseconds / 2), stored.at] {
                decide(Entry(at: at, content: .tick), input: stored.number)
            }
        }
        lastAt = stored.at
        if ticks == .removed, content == .tick {
            heldTick = stored.at
        } else {
            decide(Entry(at: stored.at, content: content), input: stored.number)
        }
    }

    /// The first epoch says only here which engine it belongs to.
    private mutating func begin(_ founding: Founding) {
        isFounded = true
        guard founding.engineVersion != engine.edition.version else { return }
        if founding.carried == nil, let edition = EngineEdition.known(founding.engineVersion) {
            engine = Engine(edition: edition)
        } else {
            isForeign = true
        }
    }

    /// No entry follows; equality is up to the last one, so that a tick at the end is never left out.
    package mutating func finish() {
        if let at = heldTick { decide(Entry(at: at, content: .tick), input: 0) }
        heldTick = nil
    }

    private mutating func noteLogged() {
        digestOfLogged = digest.value
        if ticks != .removed { placesOfLogged = places.finalize() }
    }

    private mutating func decide(_ entry: Entry, input: UInt64) {
        let before = found.count
        engine.apply(entry, into: &found)
        if forks { engine = engine.fork() }
        for decision in found[before...] {
            let bytes = DecisionCodec.encode(decision)
            digest.add(bytes)
            decisionKinds[decision.content.tag, default: 0] += 1
            places.update(number: input)
            marks?.append(DecidedAgain.mark(bytes, input: ticks == .removed ? 0 : input))
            if digest.count == logged { noteLogged() }
        }
    }

    /// Eight bytes that stand for a decision and the entry that it follows from.
    package static func mark(_ bytes: [UInt8], input: UInt64) -> UInt64 {
        var hasher = SHA256Hasher()
        hasher.update(number: input)
        hasher.update(bytes)
        return hasher.finalize().withUnsafeBytes { unsafe $0.loadUnaligned(as: UInt64.self) }
    }
}
