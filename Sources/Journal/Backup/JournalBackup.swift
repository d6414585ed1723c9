package import Domain
internal import Hashing
package import Storage
internal import Wire

/// A copy of a hub's journal in another folder (备份), of the same form as a data folder.
///
/// `liandong verify` reads it, and a hub could start from it. Beside the logs lies `backup.json`, which
/// names the last entry; it is written last.
package enum JournalBackup {
    /// Looks at a place before damage is believed; beside a running hub it may be a write in the making.
    private static let looksMax = 8
    /// The name of the manifest.
    package static let manifestName = "backup.json"

    /// Makes a backup, or brings one of the same history up to date, and verifies it.
    ///
    /// Reads the data folder only and takes no lock, so the hub goes on. Needs no more memory than the
    /// key table and one megabyte.
    ///
    /// - Parameters:
    ///   - disk: Where both folders are.
    ///   - source: The hub's data folder.
    ///   - target: The backup's folder: missing, empty, or one that this made before.
    ///   - last: No entry after this one is taken: what the hub has synced.
    ///   - now: The time, for the manifest.
    /// - Returns: What the backup holds now, and the months of the audit log that are not what the backup
    ///   took of them before.
    /// - Throws: `refused` when the target is something else; `unsound` when the copy does not verify;
    ///   what the disk or the journal says. The manifest of an earlier backup then stands.
    package static func make<D: Disk>(
        _ disk: D,
        of source: String,
        to target: String,
        through last: UInt64 = .max,
        now: Timestamp
    ) throws(BackupError) -> (
        manifest: BackupManifest, bytesWritten: Int, audit: [AuditCopies.Finding]
    ) {
        let folders = JournalFolders(target)
        let earlier = try open(disk, target)
        try requireNoErasure(disk, source)
        var bytes: Int
        let audit: [AuditCopies.Finding]
        let lastNumber: UInt64
        do {
            let id = try InputPass.keys(disk, source).id.description
            guard earlier.map({ $0.journal == id }) != false else {
                throw BackupError.refused("\(target) is the backup of another hub")
            }
            try disk.makeFolder(target)
            // From now on the folder is known as one of ours, whatever interrupts the copy.
            if earlier == nil { try write(BackupManifest(begun: id, at: now), disk, target) }
            try disk.makeFolder(folders.inputs)
            try disk.makeFolder(folders.decisions)
            let inputs = try copyInputs(disk, source, folders, through: last, after: earlier)
            lastNumber = inputs.lastNumber
            // Read after the entries, so that it reaches them all, and nothing that was erased before.
            let table = try InputPass.keys(disk, source)
            try writeKeys(table, disk, target)
            bytes = try copyStates(disk, source, target)
            bytes += try copySubscriptions(disk, source, target)
            bytes += try copyErasedList(disk, source, target)
            let copies = try AuditCopies.make(disk, from: source, to: target)
            bytes += copies.bytes
            audit = copies.findings
            try inputs.publish()
            let decisions = try copyDecisions(disk, source, folders, through: lastNumber)
            try decisions.publish()
            bytes += inputs.bytes + decisions.bytes
        } catch let error as BackupError {
            throw error
        } catch let error as JournalError {
            throw .journal(error)
        } catch let error as LogError {
            throw .journal(.log(error))
        } catch let error as DiskError {
            throw .journal(JournalError(error))
        } catch {
            preconditionFailure("all errors are named above: \(error)")
        }
        var manifest = try describe(disk, target)
        guard manifest.lastEntry == lastNumber else {
            throw .unsound("it ends with entry \(manifest.lastEntry), not with \(lastNumber)")
        }
        manifest.madeAt = now
        try write(manifest, disk, target)
        return (manifest, bytes, audit)
    }

    /// What a backup holds, verified from the first byte to the last.
    ///
    /// - Throws: `refused` when the folder is none; `unsound` when it does not verify or is not what its
    ///   manifest says.
    package static func verify<D: Disk>(
        _ disk: D,
        _ folder: String
    ) throws(BackupError) -> BackupManifest {
        guard let manifest = try open(disk, folder) else {
            throw .refused("\(folder) has no \(manifestName); name a folder that a backup made")
        }
        guard manifest.lastEntry > 0 else {
            throw .unsound("it was broken off before it was whole; make it again")
        }
        var found = try describe(disk, folder)
        found.madeAt = manifest.madeAt
        // One that was broken off while it was brought up to date holds more than it says.
        guard found.lastEntry >= manifest.lastEntry, found.journal == manifest.journal else {
            throw .unsound(
                "it ends with entry \(found.lastEntry), its manifest says \(manifest.lastEntry)"
            )
        }
        return found
    }

    /// The manifest of a folder; `nil` where nothing is.
    private static func open<D: Disk>(
        _ disk: D,
        _ folder: String
    ) throws(BackupError) -> BackupManifest? {
        let names: [String]
        do throws(DiskError) {
            names = try disk.list(folder)
        } catch {
            if error.kind == .missing { return nil }
            throw .journal(JournalError(error))
        }
        guard names.contains(manifestName) else {
            guard names.isEmpty || names == [manifestName + SmallFile.unfinished] else {
                throw .refused(
                    "\(folder) holds something else; name an empty folder or an earlier backup"
                )
            }
            return nil
        }
        let path = "\(folder)/\(manifestName)"
        guard let bytes = try? SmallFile.read(disk, path, bytesMax: 1 << 20),
            let manifest = BackupManifest(json: bytes)
        else { throw .refused("\(path) is no manifest of a backup") }
        return manifest
    }

    private static func copyInputs<D: Disk>(
        _ disk: D,
        _ source: String,
        _ target: JournalFolders,
        through last: UInt64,
        after earlier: BackupManifest?
    ) throws -> LogCopy<D> {
        try looking {
            var check = InputCheck(keys: nil)
            var joins = (earlier?.lastEntry ?? 0) == 0
            let copy = try LogCopy(
                disk,
                from: JournalFolders(source).inputs,
                to: target.inputs
            ) { (frame) throws(LogFault) in
                guard frame.header.lastNumber <= last else { return .cut }
                try check.check(frame)
                if let earlier, frame.header.lastNumber == earlier.lastEntry {
                    joins = frame.header.chain == earlier.chain
                }
                return .keep
            }
            guard joins else {
                throw BackupError.refused(
                    "\(target.root) is the backup of another history, up to entry "
                        + "\(earlier?.lastEntry ?? 0); name an empty folder"
                )
            }
            return copy
        }
    }

    private static func copyDecisions<D: Disk>(
        _ disk: D,
        _ source: String,
        _ target: JournalFolders,
        through last: UInt64
    ) throws -> LogCopy<D> {
        try looking {
            var check = DecisionLogCheck(lastInput: last)
            return try LogCopy(
                disk,
                from: JournalFolders(source).decisions,
                to: target.decisions
            ) { (frame) throws(LogFault) in try check.check(frame) }
        }
    }

    /// What each epoch began with: written once, before its founding entry, and never changed.
    private static func copyStates<D: Disk>(
        _ disk: D,
        _ source: String,
        _ target: String
    ) throws(DiskError) -> Int {
        let from = StateFolder(disk, journal: source).epochs
        let to = StateFolder(disk, journal: target).epochs
        guard try disk.list(source).contains("epochs") else { return 0 }
        try disk.makeFolder(to)
        var bytes = 0
        for name in try disk.list(from) where name.hasSuffix(".state") {
            let size = try disk.open("\(from)/\(name)", .read).size()
            if try disk.list(to).contains(name),
                try disk.open("\(to)/\(name)", .read).size() == size
            {
                continue
            }
            guard let state = try SmallFile.read(disk, "\(from)/\(name)", bytesMax: .max) else {
                continue
            }
            try SmallFile.replace(disk, folder: to, name: name, with: state)
            bytes += size
        }
        // An erasure has removed what earlier epochs began with.
        let present = try disk.list(from)
        for name in try disk.list(to) where !present.contains(name) {
            try Leftovers.overwrite(try disk.open("\(to)/\(name)", .write))
            try disk.remove("\(to)/\(name)")
        }
        return bytes
    }

    /// Which items were erased: a restore that did not know them would take their texts in again.
    private static func copyErasedList<D: Disk>(
        _ disk: D,
        _ source: String,
        _ target: String
    ) throws -> Int {
        var list = try ErasedItems.read(disk, folder: source)
        guard !list.isEmpty else { return 0 }
        list.formUnion(try ErasedItems.read(disk, folder: target))
        try list.write(disk, folder: target)
        return list.encoded.count
    }

    /// In the middle of an erasure the keys that it destroys may still be there.
    private static func requireNoErasure<D: Disk>(
        _ disk: D,
        _ source: String
    ) throws(BackupError) {
        do throws(JournalError) {
            guard try ErasureOrder.read(disk, folder: source) != nil else { return }
        } catch {
            throw .journal(error)
        }
        throw .refused(
            "an erasure of \(source) was cut off (\(ErrorCode.erasureUnfinished.text)); run "
                + "liandong erase --resume on the stopped hub, then copy"
        )
    }

    /// How far durable subscriptions are settled, and the secret of their holders' tokens: a restored
    /// hub that did not know them would begin them anew, and pass over what they had not seen.
    private static func copySubscriptions<D: Disk>(
        _ disk: D,
        _ source: String,
        _ target: String
    ) throws(DiskError) -> Int {
        var bytes = 0
        func copy(_ name: String, _ from: String, _ to: String) throws(DiskError) {
            // One that ended meanwhile is none.
            guard let file = try SmallFile.read(disk, "\(from)/\(name)", bytesMax: 1 << 20) else {
                return
            }
            try SmallFile.replace(disk, folder: to, name: name, with: file)
            bytes += file.count
        }
        let present = try disk.list(source)
        if present.contains(PositionSeal.fileName) {
            try copy(PositionSeal.fileName, source, target)
        }
        guard present.contains(PositionSeal.subscriptions) else { return bytes }
        let from = "\(source)/\(PositionSeal.subscriptions)"
        let to = "\(target)/\(PositionSeal.subscriptions)"
        try disk.makeFolder(to)
        let names = try disk.list(from).filter { !$0.contains(".") }
        for name in try disk.list(to) where !names.contains(name) {
            try disk.remove("\(to)/\(name)")
        }
        for name in names { try copy(name, from, to) }
        return bytes
    }

    /// Damage is believed when a second look meets the same.
    private static func looking<Copy>(_ look: () throws -> Copy) throws -> Copy {
        var seen: LogFinding?
        for _ in 0..<looksMax {
            do {
                return try look()
            } catch LogError.damaged(let finding) {
                if finding == seen { break }
                seen = finding
            }
        }
        return try look()
    }

    /// Both copies of the key table, each in one step.
    private static func writeKeys<D: Disk>(
        _ table: KeyTable,
        _ disk: D,
        _ folder: String
    ) throws(DiskError) {
        let present = try disk.list(folder)
        for name in KeyRing<D>.names {
            let path = "\(folder)/\(name)"
            let old = present.contains(name) ? try disk.open(path, .write) : nil
            try SmallFile.replace(disk, folder: folder, name: name, with: table.encoded())
            // Keys that were destroyed meanwhile stand in the file that has lost its name.
            if let old { try Leftovers.overwrite(old) }
        }
    }

    private static func write<D: Disk>(
        _ manifest: BackupManifest,
        _ disk: D,
        _ folder: String
    ) throws(BackupError) {
        do throws(DiskError) {
            let bytes = manifest.json.bytes
            try SmallFile.replace(disk, folder: folder, name: manifestName, with: bytes)
        } catch {
            throw .journal(JournalError(error))
        }
    }

    /// Walks all of it, payloads included, as `liandong verify` does.
    private static func describe<D: Disk>(
        _ disk: D,
        _ folder: String
    ) throws(BackupError) -> BackupManifest {
        var lastAt = Timestamp(milliseconds: 0)
        var founding: Founding?
        let report: JournalReport
        let id: LogID
        do throws(JournalError) {
            id = try InputPass.keys(disk, folder).id
            report = try JournalReport.of(disk, folder: folder) { stored in
                lastAt = stored.at
                if stored.kind == .founding, let payload = stored.bytes,
                    case .founding(let content)? = try? EntryCodec.decode(
                        kind: stored.kind.rawValue,
                        payload: payload
                    )
                {
                    founding = content
                }
            }
        } catch {
            throw .journal(error)
        }
        if let finding = report.findings.first(where: { $0.weight != .unused }) {
            throw .unsound(finding.description)
        }
        guard let founding else { throw .unsound("it has no founding entry") }
        let states = StateFolder(disk, journal: folder)
        let present = (try? disk.list(states.epochs)) ?? []
        let last = UInt64(report.epochCount)
        // What epochs before an erasure began with went with it.
        let hasErased = report.erasedCount > 0
        for epoch in 1..<max(2, last + 1) where epoch > 1 && (!hasErased || epoch == last) {
            guard present.contains(StateFolder<D>.name(founding: epoch)) else {
                throw .unsound("\(states.founding(epoch)) is missing, with which the epoch began")
            }
        }
        return BackupManifest(
            journal: id.description,
            county: founding.county.code,
            engineVersion: founding.engineVersion,
            epochs: report.epochCount,
            lastEntry: report.lastInput,
            lastAt: lastAt,
            chain: report.inputChain,
            decisions: report.decisionCount,
            madeAt: lastAt
        )
    }
}
