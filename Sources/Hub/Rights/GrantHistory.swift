import Domain
import Storage

/// The register of grants in force and those before it (授权沿革).
///
/// The journal thread adds to it when a register is durable; every thread reads it.
final class GrantHistory: Sendable {
    /// A register that was in force from a moment on.
    struct Version: Sendable, Equatable {
        /// The entry that brought it.
        var entry: UInt64
        /// From when it was in force.
        var from: Timestamp
        /// The bytes of the file as they stand in the journal.
        var canonical: [UInt8]
        /// What it says.
        var register: GrantRegister
    }

    /// Registers kept; of what was before them nothing is shown any more.
    static let versionsMax = 1024

    private let state = Locked<[Version]>([])

    /// All registers kept, ascending.
    var versions: [Version] { state.withLock { $0 } }

    /// The register in force.
    var current: GrantRegister { state.withLock { $0.last?.register } ?? GrantRegister() }

    func add(_ version: Version) {
        state.withLock { versions in
            versions.append(version)
            if versions.count > GrantHistory.versionsMax { versions.removeFirst() }
        }
    }

    /// What a start has found.
    func begin(_ found: [Version]) {
        state.withLock { $0 = found.suffix(GrantHistory.versionsMax) }
    }
}
