package import Domain
import Journal
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
    ///
    /// That of a refused line goes back with the receipt and stands in no journal.
    let id: String
    /// The item's time; `nil` for what is no item.
    let itemTime: Timestamp?

    /// It is for the other lane.
    var isRefused: Bool { if case .sealedRefusal = content { true } else { false } }

    /// Its number is taken and nothing of its content kept: it holds personal data in the clear.
    var isUnmasked: Bool {
        guard case .quarantine(let found) = content else { return false }
        let codes: [ErrorCode] = [
            .unmaskedTitle, .unmaskedText, .unmaskedPlace, .unmaskedRespondent,
        ]
        return codes.contains(found.code)
    }
}

/// A line that was taken before, as it came again: enough to give its receipt once more.
struct ResentLine: Sendable {
    /// Of its content; `nil` for an accusation, of which nothing is kept.
    let digest: ContentDigest?
    /// The line's own number; empty where there is none.
    let id: String
    /// The item that it tells of, where it is a step in another item's life.
    let subject: ItemRef?
    /// Why it is no item; `nil` for an item.
    let code: ErrorCode?

    init(_ line: IntakeLine) {
        id = line.id
        switch line.content {
        case .sealedRefusal: (digest, subject, code) = (nil, nil, nil)
        case .quarantine(let found): (digest, subject, code) = (line.digest, nil, found.code)
        case .item(let item, _): (digest, subject, code) = (line.digest, item.subjectItem, nil)
        default: (digest, subject, code) = (line.digest, nil, nil)
        }
    }
}

/// What the socket thread asks of the registrar, which owns the journal.
enum RegistrarLetter: Sendable {
    /// A sender opens a stream and says what its last receipt was.
    case greet(SessionID, StreamID, receipted: (number: UInt64, digest: ContentDigest)?)
    /// New lines, the first with this number in the stream.
    case intake(SessionID, StreamID, first: UInt64, lines: [IntakeLine], batch: ArraySlice<UInt8>)
    /// Lines that were taken before: their receipts are wanted again.
    case resend(SessionID, StreamID, first: UInt64, lines: [ResentLine])
    /// An officer's command.
    case command(SessionID, number: UInt64, Command)
    /// The operator's files: what changed enters the journal as one commit, and then this is called.
    case configuration(CountyFiles, then: @Sendable (Adoption) -> Void)
    /// The hub noticed something about itself or a feed.
    case observe(Observation)
}

/// What the engine's thread is asked, at one point between two entries.
enum LinkerLetter: Sendable {
    /// Journaled entries from a number on; those before it that were skipped are read from the
    /// journal.
    case entries(first: UInt64, [Entry], syncedAt: Int64)
    /// Where the log of decisions stands, with the active alerts if they are wanted.
    case point(SessionID, incarnation: UInt64, withAlerts: Bool)
    /// A question with the number of its QUERY.
    case question(SessionID, number: UInt64, Question, Asker)
    /// A command of the sealed lane: journaled where what it names is there for the officer.
    case command(SessionID, number: UInt64, Command, Asker)
    /// A command that was journaled: its outcome once the engine has seen it.
    case outcome(SessionID, number: UInt64, JournaledCommand)
    /// Files of the sealed lane: in force once it is known what each accusation is by their names of units.
    case adopted(AdoptedFiles)
}

/// Changed files that are durable, and what is still to be done to put them into force (配置生效).
struct AdoptedFiles: Sendable {
    let files: CountyFiles
    /// The register of grants, if it is among them.
    let granted: GrantHistory.Version?
    let outcome: Adoption
    /// Tells the operator.
    let then: @Sendable (Adoption) -> Void
}

/// A decision ready for subscribers: printed once for all of them.
struct Notice: Sendable {
    /// Its number in the decision log; 0 for an alert of a snapshot.
    let number: UInt64
    /// Whoever subscribed to one of these gets it, once.
    let subjects: [Subject]
    /// The level of the alert that it speaks of.
    let level: AlertLevel?
    /// When it was decided.
    let at: Timestamp
    /// The cases and items that it speaks of.
    let matters: Decision.Matters
    /// The report of the alert that it is.
    let report: AlertReport?
    /// The decision as a JSON object.
    let body: [UInt8]
    /// The same without the words of an item that nobody has classed yet; `nil` where there are none.
    var bodyForOthers: [UInt8]?
    /// Whose item it speaks of first.
    var owner: AgencyID?

    /// The decision as somebody gets it.
    func body(for readership: @autoclosure () -> Readership) -> [UInt8] {
        guard let bodyForOthers, let owner else { return body }
        return readership().reads(of: owner) ? body : bodyForOthers
    }

    /// Whether one of the patterns matches one of its subjects.
    func isAskedFor(by patterns: [SubjectPattern]) -> Bool {
        subjects.contains { subject in patterns.contains { $0.matches(subject) } }
    }
}

/// What comes back to the socket thread.
enum ReceptionLetter: Sendable {
    case greeted(SessionID, expect: UInt64, conflict: UInt64?)
    case refusedStream(SessionID, ErrorCode, reason: String)
    case receipts(SessionID, [Receipt], lastEntry: UInt64)
    /// A line came again with another content.
    case conflict(SessionID, number: UInt64)
    /// The log of decisions stood at `number`, with these alerts active.
    case point(SessionID, incarnation: UInt64, number: UInt64, [Notice])
    /// What was decided from `first` to `last`, as far as it has a subject; it can be read.
    case decided(first: UInt64, last: UInt64, [Notice])
    case durable(SessionID, incarnation: UInt64, DurableStanding)
    case position(SessionID, Position)
    case page(SessionID, LogPage)
    case again(SessionID, incarnation: UInt64, delivery: UInt64, Notice?)
    case replay(SessionID, incarnation: UInt64, ReplaySpan)
    case replayed(SessionID, ReplayPage)
    /// The log of decisions cannot be read.
    case archiveFailed(SessionID, reason: String)
    /// A page, with the items whose texts' beginnings stand in it for titles.
    case answer(SessionID, number: UInt64, Answer, beginnings: [ItemRef] = [])
    /// A page with texts, each of which is noted as read.
    case opened(SessionID, number: UInt64, Answer, Query.Kind, [Opening])
    case refusedQuery(SessionID, number: UInt64, ErrorCode, reason: String)
    case outcome(SessionID, number: UInt64, CommandOutcome)
    /// The journal takes nothing more.
    case journalStopped(reason: String)
    /// Other agencies, or other grants, are in force from now on.
    case adopted(AgencyRegister)
    /// These keys open nothing any more.
    case dismissed(Set<String>)
    /// The operator stops the hub.
    case drain
}

/// What the archivist's thread is asked.
enum ArchivistLetter: Sendable {
    /// A durable subscription is taken up.
    case open(SessionID, incarnation: UInt64, DurableKey, DurableTerms, subjects: [String])
    /// What became of its deliveries.
    case settle(SessionID, DurableProgress)
    /// Its session is over.
    case close(DurableKey, SessionID)
    /// The durable subscriptions of one holder, or of all.
    case durables(SessionID, number: UInt64, of: String?)
    /// Decisions for a subscription.
    case read(SessionID, LogReading)
    /// One decision once more.
    case again(SessionID, incarnation: UInt64, delivery: UInt64, decision: UInt64)
    /// Other grants are in force.
    case granted(GrantHistory.Version)
    /// A replay begins.
    case openReplay(SessionID, incarnation: UInt64, holder: String, ReplayRequest)
    /// Decisions for a replay.
    case replay(SessionID, ReplayReading)
}

/// How far a durable subscription has come.
struct DurableProgress: Sendable {
    var key: DurableKey
    var incarnation: UInt64
    /// Every delivery up to this one is settled.
    var delivery: UInt64
    /// Every decision up to this one is settled.
    var decision: UInt64
    /// Decisions behind that which are settled.
    var aside: [UInt64]
    var hasBegun: Bool
    /// Given up just now, with a reason.
    var givenUp: [UInt64] = []
    var reason = ""
}

/// Which decisions a subscription wants to see next.
struct LogReading: Sendable {
    var incarnation: UInt64
    /// The first to look at.
    var from: UInt64
    /// The last to look at.
    var until: UInt64
    var patterns: [SubjectPattern]
    /// What its holder may see.
    var rights: Rights
    var now: Timestamp
    /// Decisions to pass over, ascending.
    var without: [UInt64]
    var bytesMax: Int
    var countMax: Int
}

/// Decisions for a subscription, in order.
struct LogPage: Sendable {
    var incarnation: UInt64
    var notices: [Notice]
    /// The first that was not looked at.
    var next: UInt64
}

/// Which decisions a replay walks through.
struct ReplaySpan: Sendable {
    var first: UInt64
    /// The last; below `first` where there is none.
    var last: UInt64
    var digest: DecisionDigest
    /// The time of the first.
    var begins: Timestamp?
}

/// Which decisions a replay wants to see next.
struct ReplayReading: Sendable {
    var incarnation: UInt64
    var holder: String
    var from: UInt64
    var until: UInt64
    var patterns: [SubjectPattern]
    /// What its holder may see.
    var rights: Rights
    var now: Timestamp
    /// What the token of the answer is bound to.
    var question: UInt64
    var form: ReplayRequest.Form
    var digest: DecisionDigest
    var bytesMax: Int
    /// Later decisions are not shown yet.
    var through: Timestamp?
}

/// Decisions for a replay, in order.
struct ReplayPage: Sendable {
    var incarnation: UInt64
    var records: ReplayRecords
    /// The decisions that they are.
    var numbers = NumberRanges()
    var next: UInt64
    var digest: DecisionDigest
    /// The time of the last record.
    var last: Timestamp?
    /// The time of the first that is not shown yet.
    var waitsFor: Timestamp?
    var token: String
}
