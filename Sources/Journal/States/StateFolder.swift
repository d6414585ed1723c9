package import Storage

/// Where a journal keeps its states: snapshots to start from, and what each epoch began with.
package struct StateFolder<D: Disk>: Sendable {
    /// Snapshots that are kept.
    package static var snapshotsKept: Int { 2 }

    private let disk: D
    /// `DIR/snapshots`.
    package let snapshots: String
    /// `DIR/epochs`.
    package let epochs: String

    /// The folders of a journal; nothing is made yet.
    package init(_ disk: D, journal folder: String) {
        self.disk = disk
        snapshots = "\(folder)/snapshots"
        epochs = "\(folder)/epochs"
    }

    /// The name of the snapshot after an entry.
    package static func name(snapshotAfter entry: UInt64) -> String {
        padded(entry, 16) + ".snapshot"
    }

    /// The name of an epoch's founding state.
    package static func name(founding epoch: UInt64) -> String { padded(epoch, 10) + ".state" }

    /// The snapshots' paths, newest first; none where there is no folder.
    package func newestFirst() -> [String] {
        guard let names = try? disk.list(snapshots) else { return [] }
        return names.filter { $0.hasSuffix(".snapshot") }.reversed().map { "\(snapshots)/\($0)" }
    }

    /// The founding state of an epoch.
    package func founding(_ epoch: UInt64) -> String {
        "\(epochs)/\(Self.name(founding: epoch))"
    }

    /// Removes all snapshots but the last two and those that a caller could not use.
    package func prune(spoilt: Set<String> = []) throws(StateFault) {
        let found = newestFirst()
        let good = found.filter { !spoilt.contains($0) }
        let kept = Set(good.prefix(Self.snapshotsKept))
        do throws(DiskError) {
            var isChanged = false
            for path in found where !kept.contains(path) {
                try disk.remove(path)
                isChanged = true
            }
            if isChanged { try disk.syncFolder(snapshots) }
        } catch {
            throw .disk(error)
        }
    }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
