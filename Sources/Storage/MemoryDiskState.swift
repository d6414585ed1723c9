/// What a disk in memory holds: the files as seen now and as they lie on the medium.
struct MemoryDiskState {
    struct Node {
        var live: [UInt8] = []
        var durable: [UInt8] = []
        var unsynced: [Unsynced] = []
    }

    /// What a sync would carry to the medium.
    enum Unsynced {
        case write(offset: Int, bytes: [UInt8])
        case cut(Int)
    }

    enum Change {
        case create(String, node: Int)
        case rename(String, to: String, node: Int)
        case remove(String)

        var folder: String {
            switch self {
            case .create(let path, _), .rename(_, let path, _), .remove(let path):
                MemoryDiskState.folder(of: path)
            }
        }
    }

    private static let sectorBytes = 512

    var nodes: [Node] = []
    var locks: Set<String> = []
    var operationCount = 0
    var faultOperation: Int?
    var fault = DiskFault.error
    var bytesMax: Int?
    private var names: [String: Int] = [:]
    private var durableNames: [String: Int] = [:]
    private var changes: [Change] = []
    private var folders: Set<String>
    private var isOff = false

    init(image: DiskImage) {
        folders = image.folders
        for path in image.paths {
            let bytes = image.files[path] ?? []
            names[path] = nodes.count
            nodes.append(Node(live: bytes, durable: bytes))
        }
        durableNames = names
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[..<slash])
    }

    func failure(_ kind: DiskError.Kind, _ operation: String, _ path: String) -> DiskError {
        let number =
            switch kind {
            case .full: PosixDisk.noSpace
            case .missing: PosixDisk.noEntry
            case .exists: PosixDisk.entryExists
            case .locked: PosixDisk.wouldBlock
            case .failed: PosixDisk.inputOutput
            }
        return DiskError(kind: kind, operation: operation, path: path, errorNumber: number)
    }

    /// Counts an operation and fails it when its turn has come.
    mutating func check(
        counted: Bool = true,
        _ operation: String,
        _ path: String
    ) throws(DiskError) {
        if counted {
            operationCount += 1
            if operationCount == faultOperation {
                if case .powerLoss = fault { isOff = true }
                throw failure(.failed, operation, path)
            }
        }
        if isOff { throw failure(.failed, operation, path) }
    }

    /// Bytes that fit below the bound.
    var freeBytes: Int {
        guard let bytesMax else { return .max }
        return max(0, bytesMax - names.values.reduce(0) { $0 + nodes[$1].live.count })
    }

    func node(at path: String, for operation: String) throws(DiskError) -> Int {
        guard let node = names[path] else { throw failure(.missing, operation, path) }
        return node
    }

    mutating func create(_ path: String) throws(DiskError) -> Int {
        guard names[path] == nil else { throw failure(.exists, "open", path) }
        nodes.append(Node())
        change(.create(path, node: nodes.count - 1))
        return nodes.count - 1
    }

    func list(_ folder: String) throws(DiskError) -> [String] {
        guard folders.contains(folder) else { throw failure(.missing, "opendir", folder) }
        let inside =
            names.keys.filter { Self.folder(of: $0) == folder }
            + folders.filter { Self.folder(of: $0) == folder }
        return inside.map { String($0.dropFirst(folder.utf8.count + 1)) }.sorted()
    }

    mutating func makeFolder(_ folder: String) {
        folders.insert(folder)
    }

    /// Gives a folder another name with all that lies in it; `false` when there is none.
    mutating func renameFolder(_ folder: String, to newFolder: String) -> Bool {
        guard folders.contains(folder) else { return false }
        let inside = folder + "/"
        for path in names.keys.sorted() where path.hasPrefix(inside) {
            guard let node = names[path] else { continue }
            let newPath = newFolder + path.dropFirst(folder.utf8.count)
            change(.rename(path, to: newPath, node: node))
        }
        for other in folders where other == folder || other.hasPrefix(inside) {
            folders.remove(other)
            folders.insert(newFolder + other.dropFirst(folder.utf8.count))
        }
        return true
    }

    mutating func removeFolder(_ folder: String) throws(DiskError) {
        guard try list(folder).isEmpty else { throw failure(.failed, "rmdir", folder) }
        folders.remove(folder)
    }

    mutating func change(_ change: Change) {
        Self.apply(change, to: &names)
        changes.append(change)
    }

    mutating func syncFolder(_ folder: String) {
        // A journaling file system keeps the order of changes, so all earlier ones come with it.
        guard let last = changes.lastIndex(where: { $0.folder == folder }) else { return }
        for change in changes[...last] { Self.apply(change, to: &durableNames) }
        changes.removeSubrange(...last)
    }

    mutating func write(
        _ bytes: UnsafeRawBufferPointer,
        at offset: Int,
        node: Int,
        path: String
    ) throws(DiskError) {
        var kept = bytes
        var failed: DiskError?
        do throws(DiskError) {
            try check("pwrite", path)
        } catch {
            // Half of it may have come through before the error.
            kept = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
            failed = error
        }
        if let bytesMax {
            let used = names.values.reduce(0) { $0 + nodes[$1].live.count }
            let growth = max(0, offset + kept.count - nodes[node].live.count)
            if used + growth > bytesMax {
                let fits = max(0, kept.count - (used + growth - bytesMax))
                kept = UnsafeRawBufferPointer(rebasing: kept[..<fits])
                failed = failure(.full, "pwrite", path)
            }
        }
        Self.put(kept, at: offset, into: &nodes[node].live)
        nodes[node].unsynced.append(.write(offset: offset, bytes: Array(kept)))
        if let failed { throw failed }
    }

    mutating func cut(to count: Int, node: Int, path: String) throws(DiskError) {
        try check("ftruncate", path)
        Self.cut(&nodes[node].live, to: count)
        nodes[node].unsynced.append(.cut(count))
    }

    mutating func sync(node: Int, path: String) throws(DiskError) {
        do throws(DiskError) {
            try check("fdatasync", path)
        } catch {
            // The bytes stay readable and count as clean: a second sync would not write them.
            if case .error = fault { nodes[node].unsynced = [] }
            throw error
        }
        for change in nodes[node].unsynced {
            switch change {
            case .write(let offset, let bytes):
                bytes.withUnsafeBytes { Self.put($0, at: offset, into: &nodes[node].durable) }
            case .cut(let count): Self.cut(&nodes[node].durable, to: count)
            }
        }
        nodes[node].unsynced = []
    }

    func liveImage() -> DiskImage {
        var image = DiskImage()
        image.folders = folders
        for (path, node) in names { image.files[path] = nodes[node].live }
        return image
    }

    func crashImage(seed: UInt64) -> DiskImage {
        var random = SplitMix64(seed: seed)
        var kept = durableNames
        let changeCount = random.below(changes.count + 1)
        for change in changes.prefix(changeCount) { Self.apply(change, to: &kept) }
        var image = DiskImage()
        image.folders = folders
        for path in kept.keys.sorted() {
            guard let node = kept[path] else { continue }
            image.files[path] = Self.survivingBytes(of: nodes[node], &random)
        }
        return image
    }

    private static func survivingBytes(of node: Node, _ random: inout SplitMix64) -> [UInt8] {
        var bytes = node.durable
        let chances = [0, 500, 1000]
        for change in node.unsynced {
            let chance = random.pick(chances)
            switch change {
            case .cut(let count):
                if random.chance(permille: chance) { cut(&bytes, to: count) }
            case .write(let offset, let written):
                var start = 0
                while start < written.count {
                    let sector = (offset + start) / sectorBytes
                    let end = min(written.count, (sector + 1) * sectorBytes - offset)
                    if random.chance(permille: chance) {
                        written.withUnsafeBytes { all in
                            let part = UnsafeRawBufferPointer(rebasing: all[start..<end])
                            put(part, at: offset + start, into: &bytes)
                        }
                    }
                    start = end
                }
            }
        }
        return bytes
    }

    private static func cut(_ target: inout [UInt8], to count: Int) {
        if count < target.count {
            target.removeLast(target.count - count)
        } else {
            target.append(contentsOf: repeatElement(0, count: count - target.count))
        }
    }

    private static func apply(_ change: Change, to names: inout [String: Int]) {
        switch change {
        case .create(let path, let node):
            names[path] = node
        case .rename(let path, let newPath, let node):
            names[path] = nil
            names[newPath] = node
        case .remove(let path):
            names[path] = nil
        }
    }

    private static func put(
        _ bytes: UnsafeRawBufferPointer,
        at offset: Int,
        into target: inout [UInt8]
    ) {
        guard !bytes.isEmpty else { return }
        if target.count < offset + bytes.count {
            target.append(
                contentsOf: repeatElement(0, count: offset + bytes.count - target.count)
            )
        }
        target.withUnsafeMutableBytes { all in
            UnsafeMutableRawBufferPointer(rebasing: all[offset..<(offset + bytes.count)])
                .copyMemory(from: bytes)
        }
    }
}
