package import Hashing
package import Storage
package import Wire

/// An erasure that is under way (销毁令): what has to be done once its epoch is founded.
///
/// Written before the founding entry and removed when all is done, so that whoever finds it beside
/// an epoch that it names can finish. It holds no text.
package struct ErasureOrder: Equatable, Sendable {
    /// The file's name in the data folder.
    package static let fileName = "erasing"
    private static let magic = Array("LDERASE1".utf8)
    private static let bytesMax = 1 << 31

    /// The epoch that it founds.
    package var epoch: UInt64
    /// The digest of the state that the epoch begins with: it tells this founding from any other.
    package var state: Digest32
    /// The entries whose keys go.
    package var entries: [UInt64]
    /// The items that are erased, with those that were before.
    package var erased: ErasedItems
    /// What the journal is to say of it; the list's digest is that of `erased`.
    package var record: Erasure

    /// An order from its parts.
    package init(
        epoch: UInt64,
        state: Digest32,
        entries: [UInt64],
        erased: ErasedItems,
        record: Erasure
    ) {
        self.epoch = epoch
        self.state = state
        self.entries = entries
        self.erased = erased
        self.record = record
    }

    /// The file's bytes.
    package var encoded: [UInt8] {
        var bytes = Self.magic
        bytes.append(little: epoch)
        bytes += state.bytes
        for block in [EntryCodec.encode(.erasure(record)), erased.encoded] {
            bytes.append(little: UInt32(block.count))
            bytes += block
        }
        bytes.append(little: UInt64(entries.count))
        for entry in entries { bytes.append(little: entry) }
        return bytes + Digest32.sha256(bytes).bytes
    }

    /// An order from a file's bytes; `nil` when they are none.
    package init?(decoding bytes: [UInt8]) {
        guard bytes.count >= 80, Array(bytes[..<8]) == Self.magic,
            Digest32.sha256(Array(bytes.dropLast(32))).bytes == Array(bytes.suffix(32))
        else { return nil }
        var reader = LittleReader(bytes.dropLast(32))
        reader.skip(8)
        let state = Digest32(bytes: Array(bytes[16..<48]))
        guard let epoch: UInt64 = reader.number(), let state else { return nil }
        reader.skip(32)
        let kind = JournalRecord.Kind.erasure.rawValue
        guard let payload = reader.block(), let list = reader.block(),
            case .erasure(let record)? = try? EntryCodec.decode(kind: kind, payload: payload),
            let erased = ErasedItems(decoding: list), let count: UInt64 = reader.number()
        else { return nil }
        var entries: [UInt64] = []
        while let entry: UInt64 = reader.number() { entries.append(entry) }
        guard reader.isAtEnd, entries.count == Int(clamping: count) else { return nil }
        self.init(epoch: epoch, state: state, entries: entries, erased: erased, record: record)
    }

    /// The order in a data folder; `nil` where none is under way.
    ///
    /// The file appears in one step, so one that cannot be read is damage.
    package static func read(
        _ disk: some Disk,
        folder: String
    ) throws(JournalError) -> ErasureOrder? {
        let path = "\(folder)/\(fileName)"
        let bytes: [UInt8]?
        do throws(DiskError) {
            bytes = try SmallFile.read(disk, path, bytesMax: bytesMax)
        } catch {
            throw JournalError(error)
        }
        guard let bytes else { return nil }
        guard let order = ErasureOrder(decoding: bytes) else {
            throw .erasedListDamaged(path: path)
        }
        return order
    }

    /// Writes the order; durable on return.
    package func write(_ disk: some Disk, folder: String) throws(DiskError) {
        try SmallFile.replace(disk, folder: folder, name: Self.fileName, with: encoded)
    }

    /// Removes an order that is done, or that nothing came of.
    package static func remove(_ disk: some Disk, folder: String) throws(DiskError) {
        do throws(DiskError) {
            try disk.remove("\(folder)/\(fileName)")
        } catch {
            if error.kind == .missing { return }
            throw error
        }
        try disk.syncFolder(folder)
    }
}

/// Removes files in which erased texts, or what was derived from them, may still stand (清除副本).
package enum Leftovers {
    /// What was removed.
    package struct Removed: Equatable, Sendable {
        /// Snapshots; the next start derives what they held.
        package var snapshots = 0
        /// What earlier epochs began with.
        package var states = 0
        /// Ends of the inputs that a start had cut off.
        package var tails = 0

        /// Nothing.
        package init() {}
    }

    /// Overwrites and removes all snapshots, what epochs before `epoch` began with, and the ends of
    /// the inputs that were kept aside.
    ///
    /// A snapshot holds features; a founding state a part of each content's digest; an end that was cut
    /// may hold, under the key of another entry, a text that came again later.
    package static func remove<D: Disk>(
        _ disk: D,
        folder: String,
        before epoch: UInt64
    ) throws(DiskError) -> Removed {
        let states = StateFolder(disk, journal: folder)
        var removed = Removed()
        removed.snapshots = try wipe(disk, states.snapshots) { _ in true }
        let last = StateFolder<D>.name(founding: epoch)
        removed.states = try wipe(disk, states.epochs) { $0 < last || !$0.hasSuffix(".state") }
        removed.tails = try wipe(disk, "\(JournalFolders(folder).inputs)/aside") { _ in true }
        return removed
    }

    private static func wipe<D: Disk>(
        _ disk: D,
        _ folder: String,
        _ isWanted: (String) -> Bool
    ) throws(DiskError) -> Int {
        let names: [String]
        do throws(DiskError) {
            names = try disk.list(folder).filter(isWanted)
        } catch {
            if error.kind == .missing { return 0 }
            throw error
        }
        for name in names {
            try overwrite(try disk.open("\(folder)/\(name)", .write))
            try disk.remove("\(folder)/\(name)")
        }
        if !names.isEmpty { try disk.syncFolder(folder) }
        return names.count
    }

    /// Makes a file's bytes zero, synced: removing alone leaves them on the disk.
    package static func overwrite(_ file: some DiskFile) throws(DiskError) {
        let size = try file.size()
        let zeros = [UInt8](repeating: 0, count: min(size, 1 << 20))
        var offset = 0
        while offset < size {
            let count = min(zeros.count, size - offset)
            var failure: DiskError?
            unsafe zeros.withUnsafeBytes { all in
                do throws(DiskError) {
                    unsafe try file.write(
                        UnsafeRawBufferPointer(rebasing: all[..<count]),
                        at: offset
                    )
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            offset += count
        }
        try file.sync()
    }
}
