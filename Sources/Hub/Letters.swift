import Domain

/// A session's number in this run of the hub; never reused.
struct SessionID: Hashable, Sendable {
    let number: UInt64
}

/// One line of a PUT as the gate found it.
struct IntakeLine: Sendable {
    enum Finding: Sendable {
        case item(Item, ContentDigest)
        case quarantine(Quarantined, ContentDigest)
        case sealed
    }

    /// Where the line stands in its batch's bytes.
    let bytes: Range<Int>
    let finding: Finding
}

/// What the socket thread asks of the registrar, which owns the journal.
enum RegistrarLetter: Sendable {
    /// A sender opens a stream and says what its last receipt was.
    case greet(SessionID, StreamID, receipted: (number: UInt64, digest: ContentDigest)?)
    /// New lines, the first with this number in the stream.
    case intake(SessionID, StreamID, first: UInt64, lines: [IntakeLine], batch: [UInt8])
    /// Lines that were taken before: their receipts are wanted again.
    case resend(SessionID, StreamID, first: UInt64, digests: [ContentDigest?])
    /// An officer's command.
    case command(SessionID, number: UInt64, Command)
}

/// What the engine's thread is asked, at one point between two entries.
enum LinkerLetter: Sendable {
    /// A journaled entry; those before it that were skipped are read from the journal.
    case entry(number: UInt64, Entry)
    /// The active alerts, and from then on every decision.
    case snapshot(SessionID, incarnation: UInt64)
    /// A question.
    case question(SessionID, number: UInt64, Question)
}

/// What comes back to the socket thread.
enum ReceptionLetter: Sendable {
    case greeted(SessionID, expect: UInt64, conflict: UInt64?)
    case receipts(SessionID, StreamID, [Receipt], lastEntry: UInt64)
    /// A line came again with another content.
    case conflict(SessionID, number: UInt64)
    case registered(SessionID, commandNumber: UInt64, key: String)
    case snapshot(SessionID, incarnation: UInt64, [Alert])
    case decided([Decision])
    case answer(SessionID, number: UInt64, body: [UInt8])
    case refused(SessionID, number: UInt64, ErrorCode, reason: String)
    /// The journal takes nothing more.
    case journalStopped(ErrorCode, reason: String)
}
