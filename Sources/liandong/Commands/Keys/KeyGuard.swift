import Domain
import Glibc
import Hub
import Logging
import Settings
import Storage
import Transport
import Wire

/// Opens and closes keys while the hub runs (密钥看守): when their time comes or ends, and when their register
/// changes, so that a revocation waits for no signal.
///
/// A thread of its own looks ten times a second. A register that cannot be read, or that is gone, changes
/// nothing: what was revoked stays so.
final class KeyGuard: Sendable {
    /// What tells one version of a file from another.
    private struct Version: Equatable {
        var inode: UInt64 = 0
        var size: Int64 = 0
        var seconds: Int = 0
        var nanoseconds: Int = 0

        /// There is no file.
        static let none = Version()
    }

    private let folder: KeyFolder
    private let hub: Hub
    private let register: KeyRegister
    private let state: HubState
    private let notes: KeyNotes
    private let log: Logger
    private let end = Mailbox<Bool>(lettersMax: 1)
    private let thread = Locked<OwnThread?>(nil)

    /// How long it rests between two looks.
    private static let restMilliseconds = 100

    init(
        _ folder: KeyFolder,
        hub: Hub,
        register: KeyRegister,
        state: HubState,
        notes: KeyNotes,
        log: Logger
    ) {
        self.folder = folder
        self.hub = hub
        self.register = register
        self.state = state
        self.notes = notes
        self.log = log
    }

    func start() {
        let own = OwnThread(name: "keys") { [self] in
            var seen: Version?
            var complaint = ""
            while end.take(waitingMilliseconds: KeyGuard.restMilliseconds) != nil {
                look(&seen, &complaint)
            }
        }
        thread.withLock { $0 = own }
    }

    func stop() {
        end.close()
        thread.withLock { $0 }?.join()
    }

    private func look(_ seen: inout Version?, _ complaint: inout String) {
        let version = version()
        if version != seen {
            var problem = ""
            if version != Version.none {
                problem = read()
            } else if seen != nil {
                problem = "\(folder.path)/\(KeyBook.name) is gone"
            }
            // What could not be read is read again at the next look, and complained of once.
            if problem.isEmpty || version == Version.none { seen = version }
            if problem != complaint, !problem.isEmpty {
                log.error("keys stay as they are", metadata: ["why": "\(problem)"])
            }
            complaint = problem
        }
        let now = hub.keyTime
        let change = register.advance(to: now)
        guard !change.isEmpty else { return }
        take(change, (try? folder.principals()) ?? [], at: now)
    }

    /// Reads the folder and goes by it; what is wrong with it otherwise.
    private func read() -> String {
        let reading = register.beginReading()
        do {
            let holders = try folder.principals()
            let leases = try HubReload.leases(holders)
            let now = hub.keyTime
            let change = register.replace(with: leases, at: now, reading: reading)
            take(change, holders, at: now)
            state.write(.keys(holders), log)
            return ""
        } catch {
            return "\(error)"
        }
    }

    private func take(
        _ change: KeyRegister.Change,
        _ holders: [KeyFolder.Principal],
        at now: Timestamp
    ) {
        guard !change.isEmpty else { return }
        hub.dismiss(change.closed.map(\.user))
        notes.tell(change, holders, at: now)
        log.notice(
            "keys",
            metadata: [
                "open": "\(change.opened.map(\.principal.text))",
                "close": "\(change.closed.map(\.principal.text))",
            ]
        )
    }

    private func version() -> Version {
        var status = stat()
        guard stat(folder.path + "/" + KeyBook.name, &status) == 0 else { return .none }
        return Version(
            inode: UInt64(status.st_ino),
            size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }
}
