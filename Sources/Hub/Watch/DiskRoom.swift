import Logging
import Synchronization

/// Whether the journal's disk has room (磁盘余量): what shuts intake, and opens it again by itself.
///
/// The journal's and the engine's thread say what they lack; the socket thread grants no credit while
/// anything is lacking.
final class DiskRoom: Sendable {
    /// What is lacking.
    enum Shortage: UInt8 {
        /// Less is free than the reserve; what is under way is still written.
        case reserve = 1
        /// The inputs found no room; what was taken waits without a receipt.
        case inputs = 2
        /// The decisions found no room; the engine stands still and answers.
        case decisions = 4
    }

    private let lacking = Atomic<UInt8>(0)

    /// Something is lacking.
    var isShort: Bool { lacking.load(ordering: .acquiring) != 0 }

    /// Less is free than the reserve.
    var lacksReserve: Bool {
        lacking.load(ordering: .acquiring) & Shortage.reserve.rawValue != 0
    }

    /// A write found no room, so that not even a command can be taken.
    var isFull: Bool { lacking.load(ordering: .acquiring) & ~Shortage.reserve.rawValue != 0 }

    /// Notes what is lacking or no longer is; `true` when that is news.
    func note(_ shortage: Shortage, _ isShort: Bool) -> Bool {
        let bit = shortage.rawValue
        let before =
            isShort
            ? lacking.bitwiseOr(bit, ordering: .acquiringAndReleasing).oldValue
            : lacking.bitwiseAnd(~bit, ordering: .acquiringAndReleasing).oldValue
        return (before & bit != 0) != isShort
    }
}

extension Links {
    /// Notes what the disk lacks or no longer lacks, and tells it in the log and in `status`.
    func note(_ shortage: DiskRoom.Shortage, _ isShort: Bool, at now: Int64, _ why: String) {
        guard room.note(shortage, isShort) else { return }
        let isAnyShort = room.isShort
        gauges.note { gauges in
            gauges.diskFullSince = isAnyShort ? gauges.diskFullSince ?? now : nil
            gauges.diskFullReason = isAnyShort ? (isShort ? why : gauges.diskFullReason) : nil
        }
        if isShort {
            log.critical(
                "LD-1101 the disk is full: no receipt leaves, everything else goes on",
                metadata: ["lacking": "\(shortage)", "why": "\(why)"]
            )
        } else {
            log.notice(
                "there is room on the disk again",
                metadata: ["for": "\(shortage)", "receipts": "\(isAnyShort ? "wait" : "leave")"]
            )
        }
    }
}
