package import Domain
package import Journal

/// Why the hub does not start, or an epoch cannot be founded (启动失败).
package enum HubError: Error, CustomStringConvertible, Sendable {
    case journal(JournalError)
    case notFounded
    case otherEngine(journal: UInt32, program: UInt32)
    case otherCounty(journal: String, configured: String)
    case otherClock(journal: Bool)
    case otherLane(journal: Lane, configured: Lane)
    /// What an epoch began with cannot be read.
    case foundingState(epoch: UInt64, StateFault)
    /// An upgrade was cut off between the end of one epoch and the founding entry of the next.
    case epochUnfinished(UInt64)
    /// The engine that decided is not in this program, and no snapshot stands at the journal's end.
    case evidenceIncomplete(journal: UInt32, entry: UInt64)
    /// An erasure was cut off behind its founding entry.
    case erasureUnfinished(epoch: UInt64)
    /// An erasure cannot be done as it was asked for.
    case erasureRefused(String)
    /// The audit log is not sound, or cannot be written, so that no month of it is removed.
    case auditStays(String)

    /// The code in `docs/errors.md`, where there is one.
    package var code: ErrorCode? {
        switch self {
        case .otherEngine: .otherEngine
        case .otherLane: .otherLane
        case .foundingState: .foundingStateUnreadable
        case .epochUnfinished: .epochUnfinished
        case .evidenceIncomplete: .evidenceIncomplete
        case .erasureUnfinished: .erasureUnfinished
        case .erasureRefused: .erasureRefused
        case .journal, .notFounded, .otherCounty, .otherClock, .auditStays: nil
        }
    }

    /// What, where and what to do.
    package var description: String { (code.map { "\($0.text) " } ?? "") + sentence }

    private var sentence: String {
        switch self {
        case .journal(let error): error.description
        case .notFounded: "the journal has entries but no founding one; run liandong verify"
        case .otherEngine(let journal, let program):
            "the journal's epoch belongs to engine version \(journal), this program is version "
                + "\(program); found a new epoch with liandong upgrade, or start the version that "
                + "wrote it"
        case .otherCounty(let journal, let configured):
            "the journal belongs to county \(journal), hub.yaml says \(configured); "
                + "give each county a data folder of its own"
        case .otherClock(let journal):
            "the journal was founded with\(journal ? "" : "out") a scenario clock and cannot go on "
                + "with\(journal ? "out" : "") one; use another data folder"
        case .otherLane(let journal, let configured):
            "the journal belongs to the \(journal.rawValue) lane, hub.yaml says lane: "
                + "\(configured.rawValue); each lane has a folder, keys and a journal of its own"
        case .foundingState(let epoch, let fault):
            "what epoch \(epoch) began with cannot be read: \(fault); restore the journal's folder "
                + "epochs from a backup"
        case .epochUnfinished(let epoch):
            "epoch \(epoch) was begun and not founded; run liandong upgrade once more"
        case .evidenceIncomplete(let journal, let entry):
            "this program does not hold engine version \(journal), and no snapshot of it stands at "
                + "entry \(entry), the journal's last; run liandong upgrade --prepare with the version "
                + "that wrote the journal, then this one again"
        case .erasureUnfinished(let epoch):
            "the erasure that founded epoch \(epoch) was cut off, so that texts which were to be erased "
                + "may still be readable; run liandong erase --resume on the stopped hub"
        case .erasureRefused(let why): why
        case .auditStays(let why): "no further month of the audit log was removed: \(why)"
        }
    }
}
