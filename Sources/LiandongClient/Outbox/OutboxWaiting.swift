internal import Crypto
internal import Domain

/// Accusations that wait for the sealed lane (等待限知), outside every numbered stream.
struct OutboxWaiting {
    private let file: OutboxFile
    private var held: Set<SHA256Digest> = []
    private(set) var count = 0

    var bytes: Int { file.size }

    init(folder: OutboxFolder) throws(OutboxError) {
        file = try folder.file("waiting.log")
        let scan = OutboxFrame.scan(try file.readAll())
        if scan.hasMore { throw .damaged(path: file.path, offset: scan.end) }
        if scan.end < file.size { try file.cut(to: scan.end) }
        for entry in scan.frames {
            guard case .item(_, _, _, let event) = entry.frame else { continue }
            held.insert(SHA256.hash(data: event))
            count += 1
        }
    }

    /// The items that wait.
    func items() throws(OutboxError) -> [StoredItem] {
        OutboxFrame.scan(try file.readAll()).frames.compactMap { entry in
            guard case .item(let number, let at, let id, let event) = entry.frame else {
                return nil
            }
            return StoredItem(number: number, putAt: at, id: id, event: event)
        }
    }

    /// Forgets all that wait.
    mutating func clear() throws(OutboxError) {
        guard count > 0 else { return }
        try file.cut(to: 0)
        try file.sync()
        held = []
        count = 0
    }

    /// Keeps items that do not wait yet, and returns when the disk has them.
    mutating func hold(_ items: [OutgoingItem], at now: Timestamp) throws(OutboxError) {
        var frames: [UInt8] = []
        var fresh: Set<SHA256Digest> = []
        for item in items {
            let digest = SHA256.hash(data: item.event)
            guard !held.contains(digest), fresh.insert(digest).inserted else { continue }
            let frame = OutboxFrame.item(
                number: UInt64(count + fresh.count),
                at: now,
                id: item.ref.id,
                event: item.event
            )
            frames += frame.bytes
        }
        guard !fresh.isEmpty else { return }
        try file.append(frames)
        try file.sync()
        held.formUnion(fresh)
        count += fresh.count
    }
}
