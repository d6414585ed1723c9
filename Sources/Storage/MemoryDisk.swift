/// A file system in memory that fails, fills and loses power on demand (tests and simulation).
///
/// Each file has what a reader sees now and what the medium holds. A sync carries the one to the
/// other; a crash image holds, of everything that was not synced, what a seed chose: lost, torn at
/// sectors of 512 bytes, or there without what was written before it.
package final class MemoryDisk: Disk {
    let state: Locked<MemoryDiskState>

    /// An empty disk, or one that a machine finds when it starts again.
    package init(image: DiskImage = DiskImage()) {
        state = Locked(MemoryDiskState(image: image))
    }

    package func open(_ path: String, _ access: DiskAccess) throws(DiskError) -> MemoryFile {
        let node = try state.withLock { (state) throws(DiskError) in
            switch access {
            case .read, .write:
                try state.check(counted: false, "open", path)
                return try state.node(at: path, for: "open")
            case .create:
                try state.check("open", path)
                return try state.create(path)
            }
        }
        return MemoryFile(disk: self, node: node, path: path)
    }

    package func list(_ folder: String) throws(DiskError) -> [String] {
        try state.withLock { (state) throws(DiskError) in
            try state.check(counted: false, "opendir", folder)
            return try state.list(folder)
        }
    }

    package func makeFolder(_ folder: String) throws(DiskError) {
        try state.withLock { (state) throws(DiskError) in
            try state.check("mkdir", folder)
            state.makeFolder(folder)
        }
    }

    package func rename(_ path: String, to newPath: String) throws(DiskError) {
        try state.withLock { (state) throws(DiskError) in
            try state.check("rename", path)
            if state.renameFolder(path, to: newPath) { return }
            let node = try state.node(at: path, for: "rename")
            state.change(.rename(path, to: newPath, node: node))
        }
    }

    package func remove(_ path: String) throws(DiskError) {
        try state.withLock { (state) throws(DiskError) in
            try state.check("unlink", path)
            _ = try state.node(at: path, for: "unlink")
            state.change(.remove(path))
        }
    }

    package func removeFolder(_ folder: String) throws(DiskError) {
        try state.withLock { (state) throws(DiskError) in
            try state.check("rmdir", folder)
            try state.removeFolder(folder)
        }
    }

    package func syncFolder(_ folder: String) throws(DiskError) {
        try state.withLock { (state) throws(DiskError) in
            try state.check("fsync", folder)
            state.syncFolder(folder)
        }
    }

    package func freeBytes(_ folder: String) throws(DiskError) -> Int {
        state.withLock { $0.freeBytes }
    }

    package func lock(_ path: String) throws(DiskError) -> MemoryLock {
        try state.withLock { (state) throws(DiskError) in
            try state.check(counted: false, "flock", path)
            guard state.locks.insert(path).inserted else {
                throw state.failure(.locked, "flock", path)
            }
        }
        return MemoryLock(disk: self, path: path)
    }

    /// How many operations that change something were asked for so far.
    package var operationCount: Int {
        state.withLock { $0.operationCount }
    }

    /// Lets operation number `operation`, counted from 1 over the disk's life, fail.
    package func fail(at operation: Int?, by fault: DiskFault) {
        state.withLock {
            $0.faultOperation = operation
            $0.fault = fault
        }
    }

    /// Sets the space in bytes, past which writing finds the disk full; nil takes the bound away.
    package func limitSpace(to bytesMax: Int?) {
        state.withLock { $0.bytesMax = bytesMax }
    }

    /// What readers see now.
    package func liveImage() -> DiskImage {
        state.withLock { $0.liveImage() }
    }

    /// What the machine finds after losing power now, as chosen by the seed.
    package func crashImage(seed: UInt64) -> DiskImage {
        state.withLock { $0.crashImage(seed: seed) }
    }
}

/// How an operation fails.
package enum DiskFault: Sendable {
    /// This operation gives an input-output error; later ones work. After a sync that failed, the
    /// unsynced bytes still read back and will never reach the medium, as on Linux.
    case error
    /// This and every later operation give an error: the power is gone.
    case powerLoss
}

/// The files of a disk by path.
package struct DiskImage: Sendable, Equatable {
    /// Content by path.
    package var files: [String: [UInt8]] = [:]
    /// The folders.
    package var folders: Set<String> = []
    /// By path and offset, what was written where silent damage put something else.
    var truth: [String: [Int: UInt8]] = [:]
    var hasLostTruth = false

    /// An empty disk.
    package init() {}

    /// All paths in ascending order.
    package var paths: [String] { files.keys.sorted() }
}

/// An open file in memory.
package struct MemoryFile: DiskFile {
    let disk: MemoryDisk
    let node: Int
    let path: String

    package func size() throws(DiskError) -> Int {
        disk.state.withLock { $0.nodes[node].live.count }
    }

    package func read(
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int
    ) throws(DiskError) -> Int {
        try disk.state.withLock { (state) throws(DiskError) in
            try state.check(counted: false, "pread", path)
            let live = state.nodes[node].live
            let count = max(0, min(buffer.count, live.count - offset))
            live.withUnsafeBytes { bytes in
                guard count > 0 else { return }
                buffer.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[offset...].prefix(count))
                )
            }
            return count
        }
    }

    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError) {
        try disk.state.withLock { (state) throws(DiskError) in
            try state.write(bytes, at: offset, node: node, path: path)
        }
    }

    package func fillZeros(_ count: Int, at offset: Int) throws(DiskError) {
        try [UInt8](repeating: 0, count: count).lend { (zeros) throws(DiskError) in
            try write(zeros, at: offset)
        }
    }

    package func cut(to count: Int) throws(DiskError) {
        try disk.state.withLock { (state) throws(DiskError) in
            try state.cut(to: count, node: node, path: path)
        }
    }

    package func sync() throws(DiskError) {
        try disk.state.withLock { (state) throws(DiskError) in
            try state.sync(node: node, path: path)
        }
    }
}

/// Holds a lock of a disk in memory until it is gone.
package final class MemoryLock: Sendable {
    private let disk: MemoryDisk
    private let path: String

    init(disk: MemoryDisk, path: String) {
        self.disk = disk
        self.path = path
    }

    deinit {
        disk.state.withLock { _ = $0.locks.remove(path) }
    }
}
