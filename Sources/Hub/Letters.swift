package import Domain
import Wire

/// A session's number in this run of the hub; never reused.
struct SessionID: Hashable, Sendable {
    let number: UInt64
}

/// One line of a PUT as the gate found it.
package struct IntakeLine: Sendable {
    /// Where the line stands in its batch's bytes.
    let bytes: Range<Int>
    /// What the engine will be told.
    package let content: Entry.Content
    /// Of the content's canonical form, or of the line that is no item; none for a refused one.
    package let digest: ContentDigest
    /// The item's own number; empty where there is none.
    let id: String
    /// The item's time; `nil` for what is no item.
    let itemTime: Timestamp?
}

/// What the socket thread asks of the registrar, which owns the journal.
enum RegistrarLetter: Sendable {
    /// A sender opens a stream and says what its last receipt was.
    case greet(SessionID, StreamID, receipted: (number: UInt64, digest: ContentDigest)?)
    /// New lines, the first with this number in the stream.
    case intake(SessionID, StreamID, first: UInt64, lines: [IntakeLine], batch: ArraySlice<UInt8>)
    /// Lines that were taken before: their receipts are wanted again.
    case resend(SessionID, StreamID, first: UInt64, digests: [ContentDigest?])
    /// An officer's command.
    case command(SessionID, number: UInt64, Command)
}

/// What the engine's thread is asked, at one point between two entries.
enum LinkerLetter: Sendable {
    /// Journaled entries from a number on; those before it that were skipped are read from the
    /// journal.
    case entries(first: UInt64, [Entry], syncedAt: Int64)
    /// The active alerts, and from then on every decision.
    case snapshot(SessionID, incarnation: UInt64)
    /// A question with the number of its QUERY.
    case question(SessionID, number: UInt64, Question)
    /// A command that was journaled: its outcome once the engine has seen it.
    case outcome(SessionID, number: UInt64, JournaledCommand)
}

/// A decision ready for subscribers: printed once for all of them.
struct Notice: Sendable {
    /// Whoever subscribed to one of these gets it, once.
    let subjects: [Subject]
    /// The alert that it speaks of.
    let alert: AlertID?
    /// The decision as a JSON object.
    let body: [UInt8]
}

/// What comes back to the socket thread.
enum ReceptionLetter: Sendable {
    case greeted(SessionID, expect: UInt64, conflict: UInt64?)
    case refusedStream(SessionID, ErrorCode, reason: String)
    case receipts(SessionID, [Receipt], lastEntry: UInt64)
    /// A line came again with another content.
    case conflict(SessionID, number: UInt64)
    case snapshot(SessionID, incarnation: UInt64, [Notice])
    case decided([Notice])
    case answer(SessionID, number: UInt64, Answer)
    case refusedQuery(SessionID, number: UInt64, ErrorCode, reason: String)
    case outcome(SessionID, number: UInt64, CommandOutcome)
    /// The journal takes nothing more.
    case journalStopped(reason: String)
    /// The operator stops the hub.
    case drain
}
