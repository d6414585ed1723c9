package import Storage

/// Brings a backup back as a data folder (恢复).
package enum JournalRestore {
    /// Copies a verified backup to a place where no journal is, and verifies the copy.
    ///
    /// The copy lies under another name until it is whole, so that a restore that was broken off leaves
    /// nothing that a hub could start from.
    ///
    /// - Parameters:
    ///   - disk: Where both folders are.
    ///   - backup: The backup's folder; it is only read.
    ///   - folder: The data folder to make: missing or empty.
    ///   - founding: Founds an epoch in the copy, by its folder, before it has its name: what the copy
    ///     goes on with is another history than what the lost hub went on with.
    /// - Returns: What was restored.
    /// - Throws: `inUse` when something is there; `unsound` when the backup does not verify.
    package static func run<D: Disk>(
        _ disk: D,
        from backup: String,
        to folder: String,
        founding: (String) throws(BackupError) -> Void
    ) throws(BackupError) -> BackupManifest {
        var present: [String] = []
        do throws(DiskError) {
            present = try disk.list(folder)
        } catch {
            if error.kind != .missing { throw .journal(JournalError(error)) }
        }
        guard present.isEmpty else {
            throw .inUse("\(folder) is not empty; stop the hub and move the folder away first")
        }
        let manifest = try JournalBackup.verify(disk, backup)
        let fresh = folder + ".restoring"
        do throws(DiskError) {
            try removeAll(disk, fresh)
            try disk.makeFolder(fresh)
        } catch {
            throw .journal(JournalError(error))
        }
        let copied = try JournalBackup.make(
            disk,
            of: backup,
            to: fresh,
            now: manifest.madeAt
        ).manifest
        guard copied.chain == manifest.chain, copied.lastEntry == manifest.lastEntry else {
            throw .unsound("the copy at \(fresh) ends with entry \(copied.lastEntry)")
        }
        do throws(DiskError) {
            try disk.remove("\(fresh)/\(JournalBackup.manifestName)")
            try disk.syncFolder(fresh)
        } catch {
            throw .journal(JournalError(error))
        }
        try founding(fresh)
        do throws(DiskError) {
            if (try? disk.list(folder)) != nil { try disk.removeFolder(folder) }
            try disk.rename(fresh, to: folder)
            try disk.syncFolder("\(folder)/..")
        } catch {
            throw .journal(JournalError(error))
        }
        return manifest
    }

    /// Takes away what a restore that was broken off had begun.
    private static func removeAll<D: Disk>(_ disk: D, _ folder: String) throws(DiskError) {
        let names: [String]
        do throws(DiskError) {
            names = try disk.list(folder)
        } catch {
            if error.kind == .missing { return }
            throw error
        }
        for name in names {
            let path = "\(folder)/\(name)"
            do throws(DiskError) {
                try disk.remove(path)
            } catch {
                try removeAll(disk, path)
            }
        }
        try disk.removeFolder(folder)
    }
}
