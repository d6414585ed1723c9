private import Glibc

/// The file system of the machine.
package struct PosixDisk: Disk {
    /// A disk; all paths are those of the process.
    package init() {}

    package func open(_ path: String, _ access: DiskAccess) throws(DiskError) -> PosixFile {
        let flags: Int32 =
            switch access {
            case .read: O_RDONLY
            case .write: O_RDWR
            case .create: O_RDWR | O_CREAT | O_EXCL
            }
        let descriptor = systemOpen(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        return PosixFile(descriptor: descriptor, path: path)
    }

    package func list(_ folder: String) throws(DiskError) -> [String] {
        guard let handle = opendir(folder) else { throw Self.failure("opendir", folder) }
        defer { closedir(handle) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw Self.failure("readdir", folder) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    package func makeFolder(_ folder: String) throws(DiskError) {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw Self.failure("mkdir", folder)
        }
    }

    package func rename(_ path: String, to newPath: String) throws(DiskError) {
        guard systemRename(path, newPath) == 0 else { throw Self.failure("rename", path) }
    }

    package func remove(_ path: String) throws(DiskError) {
        guard unlink(path) == 0 else { throw Self.failure("unlink", path) }
    }

    package func removeFolder(_ folder: String) throws(DiskError) {
        guard rmdir(folder) == 0 else { throw Self.failure("rmdir", folder) }
    }

    package func syncFolder(_ folder: String) throws(DiskError) {
        let descriptor = systemOpen(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw Self.failure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.failure("fsync", folder) }
    }

    package func freeBytes(_ folder: String) throws(DiskError) -> Int {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { throw Self.failure("statvfs", folder) }
        // What only root may fill does not count.
        return Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }

    package func lock(_ path: String) throws(DiskError) -> PosixLock {
        let descriptor = systemOpen(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let failure = Self.failure("flock", path)
            close(descriptor)
            throw failure
        }
        return PosixLock(descriptor: descriptor)
    }

    fileprivate static func failure(_ operation: String, _ path: String) -> DiskError {
        let number = errno
        let kind: DiskError.Kind =
            switch number {
            case ENOSPC, EDQUOT: .full
            case ENOENT: .missing
            case EEXIST: .exists
            case EWOULDBLOCK: .locked
            default: .failed
            }
        return DiskError(kind: kind, operation: operation, path: path, errorNumber: number)
    }

    /// The operating system's words for an error number.
    package static func name(ofError number: Int32) -> String {
        "\(String(cString: strerror(number))) (errno \(number))"
    }

    /// The number of a full disk, for disks that only play one.
    static let noSpace: Int32 = ENOSPC
    /// The number of a broken disk, for disks that only play one.
    static let inputOutput: Int32 = EIO
    /// The number of a missing file, for disks that only play one.
    static let noEntry: Int32 = ENOENT
    /// The number of an existing file, for disks that only play one.
    static let entryExists: Int32 = EEXIST
    /// The number of a lock that another holds, for disks that only play one.
    static let wouldBlock: Int32 = EWOULDBLOCK
}

/// An open file of the machine.
package final class PosixFile: DiskFile {
    private let descriptor: Int32
    private let path: String

    fileprivate init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    package func size() throws(DiskError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw PosixDisk.failure("fstat", path) }
        return Int(status.st_size)
    }

    package func read(
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int
    ) throws(DiskError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw PosixDisk.failure("pread", path)
            }
            done += count
        }
        return done
    }

    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError) {
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw PosixDisk.failure("pwrite", path)
            }
            done += count
        }
    }

    /// Past the page cache, where a megabyte of zeros costs more than the records that overwrite it;
    /// file systems that cannot do so get an ordinary write.
    package func fillZeros(_ count: Int, at offset: Int) throws(DiskError) {
        let zeros = Zeros.shared
        var done = 0
        let direct = systemOpen("/proc/self/fd/\(descriptor)", O_WRONLY | directFlag | O_CLOEXEC, 0)
        defer { if direct >= 0 { close(direct) } }
        while done < count {
            let part = min(Zeros.byteCount, count - done)
            let place = off_t(offset + done)
            var written = direct >= 0 ? pwrite(direct, zeros.base, part, place) : -1
            // EINVAL: the file system takes no direct writes of this kind.
            if written < 0, direct < 0 || errno == EINVAL {
                written = pwrite(descriptor, zeros.base, part, place)
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw PosixDisk.failure("pwrite", path)
            }
            done += written
        }
    }

    package func cut(to count: Int) throws(DiskError) {
        guard ftruncate(descriptor, off_t(count)) == 0 else {
            throw PosixDisk.failure("ftruncate", path)
        }
    }

    package func sync() throws(DiskError) {
        guard systemSync(descriptor) == 0 else { throw PosixDisk.failure("fdatasync", path) }
    }
}

/// A block of zeros on a page's border, as direct writes want it; lives as long as the process.
private struct Zeros {
    static let byteCount = 1 << 20
    // Written before it is shared and never after.
    nonisolated(unsafe) static let shared = Zeros()

    let base: UnsafeRawPointer

    private init() {
        let room = UnsafeMutableRawPointer.allocate(byteCount: Zeros.byteCount, alignment: 4096)
        room.initializeMemory(as: UInt8.self, repeating: 0, count: Zeros.byteCount)
        base = UnsafeRawPointer(room)
    }
}

/// Holds an `flock` until it is gone.
package final class PosixLock: Sendable {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}

/// `O_DIRECT`, which Swift does not see and which has a number of its own on each architecture.
#if arch(arm64)
private let directFlag: Int32 = 0o200000
#else
private let directFlag: Int32 = 0o40000
#endif

// The system's functions that methods above share a name with.

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
    open(path, flags, mode)
}

private func systemRename(_ path: String, _ newPath: String) -> Int32 {
    rename(path, newPath)
}

private func systemSync(_ descriptor: Int32) -> Int32 {
    fdatasync(descriptor)
}
