internal import Domain

/// The items that a lane's hub has, or will have when the outbox is empty: eight bytes each (已报编号).
///
/// It outlives the items themselves, which go a week after their receipts: what comes much later about an item
/// must still find the lane that the item went to. Numbers of items on their way are not in the file; whoever
/// opens the outbox finds them in what is kept.
struct OutboxNumbers {
    private let file: OutboxFile
    private var registered: Set<UInt64> = []
    private var underWay: Set<UInt64> = []

    /// The most items remembered; the older half goes then.
    static let countMax = 1 << 20

    init(folder: OutboxFolder) throws(OutboxError) {
        file = try folder.file("numbers")
        let bytes = try file.readAll()
        if bytes.count % 8 > 0 { try file.cut(to: bytes.count / 8 * 8) }
        for start in stride(from: 0, to: bytes.count / 8 * 8, by: 8) {
            registered.insert(OutboxNumbers.number(bytes[start..<start + 8]))
        }
    }

    func holds(_ ref: ItemRef) -> Bool { isRegistered(ref) || underWay.contains(ref.stableHash) }

    func isRegistered(_ ref: ItemRef) -> Bool { registered.contains(ref.stableHash) }

    /// Notes items that were put in.
    mutating func take(_ refs: some Sequence<ItemRef>) {
        for ref in refs { underWay.insert(ref.stableHash) }
    }

    /// Notes what the hub says: what it did not register it does not have.
    mutating func note(_ receipts: [Receipt], of agency: AgencyID) {
        var fresh: [UInt8] = []
        for receipt in receipts where !receipt.id.isEmpty {
            let number = ItemRef(agency: agency, id: receipt.id).stableHash
            underWay.remove(number)
            guard case .registered = receipt.status, registered.insert(number).inserted else {
                continue
            }
            fresh += OutboxNumbers.bytes(number)
        }
        guard !fresh.isEmpty else { return }
        // What cannot be written now is in the items for a week, and is found there at the next opening.
        try? file.append(fresh)
        if file.size > OutboxNumbers.countMax * 8 { try? forgetOlderHalf() }
    }

    private mutating func forgetOlderHalf() throws(OutboxError) {
        let bytes = Array(try file.readAll().suffix(OutboxNumbers.countMax / 2 * 8))
        try file.cut(to: 0)
        try file.append(bytes)
        registered = Set(
            stride(from: 0, to: bytes.count / 8 * 8, by: 8)
                .map { OutboxNumbers.number(bytes[$0..<$0 + 8]) }
        )
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}
