internal import Glibc

/// An append-only file of the outbox with its own descriptor, mode 0600.
final class OutboxFile {
    let path: String
    /// The bytes that hold valid frames; what lies behind is cut before the next write.
    private(set) var size: Int
    private let descriptor: Int32

    /// Opens or makes the file.
    init(path: String) throws(OutboxError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw OutboxFile.failure(path, "open") }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let failure = OutboxFile.failure(path, "fstat")
            close(descriptor)
            throw failure
        }
        size = Int(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// Takes the file for this process alone; `false` when another has it.
    func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// All bytes.
    func readAll() throws(OutboxError) -> [UInt8] { try read(at: 0, count: size) }

    /// Bytes from an offset; fewer only at the end of the file.
    func read(at offset: Int, count: Int) throws(OutboxError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(
                    descriptor,
                    buffer.baseAddress.map { $0 + done },
                    count - done,
                    off_t(offset + done)
                )
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw OutboxFile.failure(path, "read") }
            if got == 0 { break }
            done += got
        }
        bytes.removeLast(count - done)
        return bytes
    }

    /// Appends bytes; a failed write leaves the file as it was.
    func append(_ bytes: [UInt8]) throws(OutboxError) {
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor,
                    buffer.baseAddress.map { $0 + done },
                    bytes.count - done,
                    off_t(size + done)
                )
            }
            if put < 0, errno == EINTR { continue }
            guard put > 0 else {
                let failure = OutboxFile.failure(path, "write")
                _ = ftruncate(descriptor, off_t(size))
                throw failure
            }
            done += put
        }
        size += bytes.count
    }

    /// Waits until the disk has everything.
    func sync() throws(OutboxError) {
        guard fdatasync(descriptor) == 0 else { throw OutboxFile.failure(path, "fdatasync") }
    }

    /// Cuts the file to its first bytes.
    func cut(to count: Int) throws(OutboxError) {
        guard ftruncate(descriptor, off_t(count)) == 0 else {
            throw OutboxFile.failure(path, "ftruncate")
        }
        size = count
    }

    /// The error that `errno` names.
    static func failure(_ path: String, _ operation: String) -> OutboxError {
        .disk(path: path, operation: operation, reason: String(cString: strerror(errno)))
    }
}

/// A folder of the outbox, mode 0700.
struct OutboxFolder {
    let path: String

    /// Opens the folder and makes it where it is missing.
    init(path: String) throws(OutboxError) {
        self.path = path
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw OutboxFile.failure(path, "mkdir")
        }
    }

    /// The names in the folder, ascending.
    func names() throws(OutboxError) -> [String] {
        guard let stream = opendir(path) else { throw OutboxFile.failure(path, "opendir") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// The file of a name.
    func file(_ name: String) throws(OutboxError) -> OutboxFile {
        try OutboxFile(path: path + "/" + name)
    }

    /// Takes a file out.
    func remove(_ name: String) throws(OutboxError) {
        guard unlink(path + "/" + name) == 0 || errno == ENOENT else {
            throw OutboxFile.failure(path + "/" + name, "unlink")
        }
    }

    /// Takes an empty folder out.
    func removeFolder(_ name: String) throws(OutboxError) {
        guard rmdir(path + "/" + name) == 0 || errno == ENOENT else {
            throw OutboxFile.failure(path + "/" + name, "rmdir")
        }
    }

    /// Gives a file its final name.
    func rename(_ from: String, to: String) throws(OutboxError) {
        guard Glibc.rename(path + "/" + from, path + "/" + to) == 0 else {
            throw OutboxFile.failure(path + "/" + from, "rename")
        }
    }

    /// Waits until the disk has the names.
    func sync() throws(OutboxError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw OutboxFile.failure(path, "open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw OutboxFile.failure(path, "fsync") }
    }
}
