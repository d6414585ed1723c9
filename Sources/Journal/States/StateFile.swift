internal import Hashing
package import Storage

/// Writes a state into a file of its own, whole or not at all (状态写盘).
///
/// Pieces go into a file under another name; `finish` writes the head, syncs, gives the file its name in
/// one step and syncs the folder. A failure is kept and thrown by `finish`. One owner, one thread.
package final class StateFileWriter<D: Disk> {
    private let disk: D
    private let folder: String
    private let name: String
    private var header: StateHeader
    private let salt: StateSalt
    private let key: Digest32
    private var file: D.File?
    private var hasher = SHA256Hasher()
    private var pieceCount = 0
    private var failure: StateFault?

    /// The name of a file that is not finished.
    package static var unfinishedName: String { "unfinished" }

    /// Begins a file; the folder is made where it is missing.
    package init(
        _ disk: D,
        folder: String,
        name: String,
        header: StateHeader,
        keys: StateKeys,
        random: () -> UInt64
    ) throws(StateFault) {
        self.disk = disk
        self.folder = folder
        self.name = name
        self.header = header
        let salt = StateSalt(first: random(), last: random())
        guard let entryKey = keys.key(of: header.keyEntry) else { throw .keyDestroyed }
        self.salt = salt
        key = StatePieces.key(entryKey, salt)
        do throws(DiskError) {
            try disk.makeFolder(folder)
            if try disk.list(folder).contains(Self.unfinishedName) {
                try disk.remove("\(folder)/\(Self.unfinishedName)")
            }
            file = try disk.open("\(folder)/\(Self.unfinishedName)", .create)
        } catch {
            throw .disk(error)
        }
    }

    /// Writes the next piece; pieces but the last have a MiB.
    package func append(_ piece: [UInt8]) {
        guard failure == nil, let file else { return }
        hasher.update(piece)
        header.byteCount += piece.count
        guard let sealed = StatePieces.seal(piece, piece: pieceCount, key: key) else {
            failure = .pieceDamaged(pieceCount)
            return
        }
        let offset = StatePieces.offset(of: pieceCount)
        pieceCount += 1
        do throws(DiskError) {
            unsafe try sealed.lend { (bytes) throws(DiskError) in
                unsafe try file.write(bytes, at: offset)
            }
        } catch {
            failure = .disk(error)
        }
    }

    /// Makes the file last under its name and gives its header.
    package func finish() throws(StateFault) -> StateHeader {
        if let failure { throw failure }
        guard let file else { throw .headDamaged }
        header.digest = hasher.finalize()
        let block = header.encoded(salt: salt, key: key)
        do throws(DiskError) {
            unsafe try block.lend { (bytes) throws(DiskError) in
                unsafe try file.write(bytes, at: 0)
            }
            try file.sync()
            self.file = nil
            try disk.rename("\(folder)/\(Self.unfinishedName)", to: "\(folder)/\(name)")
            try disk.syncFolder(folder)
        } catch {
            throw .disk(error)
        }
        return header
    }

    /// Gives the file up.
    package func abandon() {
        file = nil
        try? disk.remove("\(folder)/\(Self.unfinishedName)")
    }
}

/// Reads a state from its file; every piece is checked before it is lent (状态读盘).
package final class StateFileReader<D: Disk> {
    /// What the file says of itself.
    package let header: StateHeader
    /// Why `next` ended too early.
    package private(set) var failure: StateFault?

    private let file: D.File
    private let key: Digest32
    private var pieceCount = 0
    private var rest: Int

    /// Opens a file and checks its head.
    package init(_ disk: D, path: String, keys: StateKeys) throws(StateFault) {
        var block = [UInt8](repeating: 0, count: StateHeader.blockBytes)
        do throws(DiskError) {
            file = try disk.open(path, .read)
            let file = file
            _ = unsafe try block.lendMutable { (bytes) throws(DiskError) in
                unsafe try file.read(into: bytes, at: 0)
            }
        } catch {
            throw .disk(error)
        }
        let (header, salt, seal) = unsafe try block.lend { (bytes) throws(StateFault) in
            unsafe try StateHeader.decode(bytes)
        }
        guard header.journal == keys.journal else { throw .foreign }
        guard let entryKey = keys.key(of: header.keyEntry) else { throw .keyDestroyed }
        key = StatePieces.key(entryKey, salt)
        let fileKey = key
        let expected = unsafe block.lend { unsafe StateHeader.seal($0, key: fileKey) }
        guard expected.equalsInConstantTime(seal) else { throw .sealBroken }
        self.header = header
        rest = header.byteCount
    }

    /// The next piece; `nil` at the end, and where one cannot be read.
    package func next() -> [UInt8]? {
        guard failure == nil, rest > 0 else { return nil }
        let count = min(rest, StatePieces.pieceBytes)
        var sealed = [UInt8](repeating: 0, count: count + StatePieces.tagBytes)
        let offset = StatePieces.offset(of: pieceCount)
        let file = file
        do throws(DiskError) {
            let read = unsafe try sealed.lendMutable { (bytes) throws(DiskError) in
                unsafe try file.read(into: bytes, at: offset)
            }
            if read < sealed.count { sealed.removeLast(sealed.count - read) }
        } catch {
            failure = .disk(error)
            return nil
        }
        guard let piece = StatePieces.open(sealed, piece: pieceCount, key: key),
            piece.count == count
        else {
            failure = .pieceDamaged(pieceCount)
            return nil
        }
        pieceCount += 1
        rest -= count
        return piece
    }
}
