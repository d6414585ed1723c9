internal import Storage

/// An append-only file of the outbox, readable by its owner alone.
final class OutboxFile {
    let path: String
    /// The bytes that hold valid frames; what lies behind is cut before the next write.
    private(set) var size: Int
    private let file: any DiskFile

    /// Opens or makes the file.
    init(_ disk: any Disk, path: String) throws(OutboxError) {
        self.path = path
        do throws(DiskError) {
            file = try OutboxFile.open(disk, path)
            size = try file.size()
        } catch {
            throw OutboxError(error)
        }
    }

    private static func open(_ disk: any Disk, _ path: String) throws(DiskError) -> any DiskFile {
        do throws(DiskError) {
            return try disk.open(path, .write)
        } catch {
            guard error.kind == .missing else { throw error }
            return try disk.open(path, .create)
        }
    }

    /// All bytes.
    func readAll() throws(OutboxError) -> [UInt8] { try read(at: 0, count: size) }

    /// Bytes from an offset; fewer only at the end of the file.
    func read(at offset: Int, count: Int) throws(OutboxError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        do throws(DiskError) {
            let done = try bytes.lendMutable { (buffer) throws(DiskError) in
                try file.read(into: buffer, at: offset)
            }
            bytes.removeLast(count - done)
            return bytes
        } catch {
            throw OutboxError(error)
        }
    }

    /// Appends bytes; a failed write leaves the file as it was.
    func append(_ bytes: [UInt8]) throws(OutboxError) {
        do throws(DiskError) {
            try bytes.lend { (buffer) throws(DiskError) in
                try file.write(buffer, at: size)
            }
        } catch {
            try? file.cut(to: size)
            throw OutboxError(error)
        }
        size += bytes.count
    }

    /// Waits until the disk has everything.
    func sync() throws(OutboxError) {
        do throws(DiskError) { try file.sync() } catch { throw OutboxError(error) }
    }

    /// Cuts the file to its first bytes.
    func cut(to count: Int) throws(OutboxError) {
        do throws(DiskError) { try file.cut(to: count) } catch { throw OutboxError(error) }
        size = count
    }
}

/// A folder of the outbox, reachable by its owner alone.
struct OutboxFolder {
    let disk: any Disk
    let path: String

    /// Opens the folder and makes it where it is missing.
    init(_ disk: any Disk, path: String) throws(OutboxError) {
        self.disk = disk
        self.path = path
        do throws(DiskError) { try disk.makeFolder(path) } catch { throw OutboxError(error) }
    }

    /// A folder in this one.
    func folder(_ name: String) throws(OutboxError) -> OutboxFolder {
        try OutboxFolder(disk, path: path + "/" + name)
    }

    /// The names in the folder, ascending.
    func names() throws(OutboxError) -> [String] {
        do throws(DiskError) {
            return try disk.list(path).filter { !$0.hasPrefix(".") }
        } catch {
            throw OutboxError(error)
        }
    }

    /// The file of a name.
    func file(_ name: String) throws(OutboxError) -> OutboxFile {
        try OutboxFile(disk, path: path + "/" + name)
    }

    /// Takes the folder for this process alone, for as long as the result lives.
    func lock() throws(OutboxError) -> any Sendable {
        do throws(DiskError) {
            return try disk.lock(path + "/lock")
        } catch {
            throw error.kind == .locked ? .locked(path: path) : OutboxError(error)
        }
    }

    /// Takes a file out.
    func remove(_ name: String) throws(OutboxError) {
        do throws(DiskError) {
            try disk.remove(path + "/" + name)
        } catch {
            guard error.kind == .missing else { throw OutboxError(error) }
        }
    }

    /// Takes an empty folder out.
    func removeFolder(_ name: String) throws(OutboxError) {
        do throws(DiskError) {
            try disk.removeFolder(path + "/" + name)
        } catch {
            guard error.kind == .missing else { throw OutboxError(error) }
        }
    }

    /// Gives a file its final name.
    func rename(_ from: String, to: String) throws(OutboxError) {
        do throws(DiskError) {
            try disk.rename(path + "/" + from, to: path + "/" + to)
        } catch {
            throw OutboxError(error)
        }
    }

    /// Waits until the disk has the names.
    func sync() throws(OutboxError) {
        do throws(DiskError) { try disk.syncFolder(path) } catch { throw OutboxError(error) }
    }
}

extension OutboxError {
    init(_ error: DiskError) {
        self = .disk(
            path: error.path,
            operation: error.operation,
            reason: PosixDisk.name(ofError: error.errorNumber)
        )
    }
}
