import Domain
package import Hashing
package import Journal
import Linkage
import Wire

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
    /// Entries that this version cannot read.
    package private(set) var unreadable = 0
    /// The numbers of the first decisions' bytes, kept on request.
    package private(set) var marks: [UInt64]?

    private var engine = Engine()
    private var digest = DecisionDigest()
    private let decoder = EventDecoder()
    private var found: [Decision] = []

    /// - Parameters:
    ///   - logged: How many decisions the log holds.
    ///   - keepsMarks: Keeps eight bytes of each decision, so that a difference can be found.
    package init(logged: Int, keepsMarks: Bool = false) {
        self.logged = logged
        marks = keepsMarks ? [] : nil
        if logged == 0 { digestOfLogged = digest.value }
    }

    /// Takes an entry in; an erased one decides nothing.
    package mutating func take(_ stored: StoredEntry) {
        guard let payload = stored.bytes else { return }
        let content: Entry.Content
        do throws(RecordError) {
            let record = try EntryCodec.decode(kind: stored.kind.rawValue, payload: payload)
            content = try record.entryContent(decoder)
        } catch {
            unreadable += 1
            return
        }
        found.removeAll(keepingCapacity: true)
        engine.apply(Entry(at: stored.at, content: content), into: &found)
        for decision in found {
            let bytes = DecisionCodec.encode(decision)
            digest.add(bytes)
            marks?.append(DecidedAgain.mark(bytes, input: stored.number))
            if digest.count == logged { digestOfLogged = digest.value }
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
