internal import Hashing
internal import Storage

/// The keys that still exist: for each block of 4,096 entries the nodes that cover them.
///
///     0   8  "LDKEYTAB"
///     8   4  format version, 1
///     12  4  entries per block, 4,096
///     16 16  identifier of the journal
///     32  8  generation, one more with each change
///     40  8  count of blocks
///     48  8  count of cells
///     56 32  SHA-256 of the cells
///     88 36  zero
///     124 4  CRC-32C of bytes 0 to 123
///     4096   cells of 48 bytes: block (8), level (1), zero (1), index (2), CRC-32C of the other
///            44 bytes (4), seed (32)
struct KeyTable: Equatable {
    let id: LogID
    private(set) var generation: UInt64 = 1
    /// The nodes of each block, from left to right; none when all its entries are destroyed.
    private(set) var blocks: [[KeyNode]] = []

    static let headBytes = 4096
    static let cellBytes = 48
    private static let version: UInt32 = 1
    private static let magic: UInt64 = 0x4241_5459_454b_444c  // "LDKEYTAB"

    init(id: LogID) {
        self.id = id
    }

    /// The node that covers an entry; nil when the entry is destroyed or its block has no seed.
    func node(of number: UInt64) -> KeyNode? {
        let block = KeyTree.block(of: number)
        guard block < UInt64(blocks.count) else { return nil }
        let leaf = KeyTree.leaf(of: number)
        return blocks[Int(block)].first { $0.covers(leaf) }
    }

    /// An entry has, or had, a seed above it.
    func reaches(_ number: UInt64) -> Bool { KeyTree.block(of: number) < UInt64(blocks.count) }

    mutating func add(seeds: [Digest32]) {
        for seed in seeds { blocks.append([KeyNode(level: 0, index: 0, seed: seed)]) }
        generation += 1
    }

    mutating func destroy(_ numbers: [UInt64]) {
        for number in numbers {
            let block = Int(KeyTree.block(of: number))
            let leaf = KeyTree.leaf(of: number)
            guard let index = blocks[block].firstIndex(where: { $0.covers(leaf) }) else { continue }
            let node = blocks[block].remove(at: index)
            blocks[block].append(contentsOf: KeyTree.punctured(node, leaf: leaf))
            blocks[block].sort { $0.firstLeaf < $1.firstLeaf }
        }
        generation += 1
    }

    /// The table as it lies on disk.
    func encoded() -> [UInt8] {
        let count = blocks.reduce(0) { $0 + $1.count }
        var bytes = [UInt8](repeating: 0, count: Self.headBytes + count * Self.cellBytes)
        unsafe bytes.withUnsafeMutableBytes { all in
            var offset = Self.headBytes
            for (block, nodes) in blocks.enumerated() {
                for node in nodes {
                    let cell = unsafe all.part(offset, Self.cellBytes)
                    unsafe cell.put(UInt64(block), at: 0)
                    unsafe cell.put(UInt8(node.level), at: 8)
                    unsafe cell.put(UInt16(node.index), at: 10)
                    unsafe node.seed.withUnsafeBytes { unsafe cell.put($0, at: 16) }
                    unsafe cell.put(Self.check(UnsafeRawBufferPointer(cell)), at: 12)
                    offset += Self.cellBytes
                }
            }
            let cells = unsafe UnsafeRawBufferPointer(all).part(
                Self.headBytes,
                count * Self.cellBytes
            )
            unsafe all.put(Self.magic, at: 0)
            unsafe all.put(Self.version, at: 8)
            unsafe all.put(UInt32(KeyTree.blockEntries), at: 12)
            unsafe all.put(id.first, at: 16)
            unsafe all.put(id.last, at: 24)
            unsafe all.put(generation, at: 32)
            unsafe all.put(UInt64(blocks.count), at: 40)
            unsafe all.put(UInt64(count), at: 48)
            unsafe Digest32.sha256(cells).withUnsafeBytes { unsafe all.put($0, at: 56) }
            unsafe all.put(CRC32C.of(UnsafeRawBufferPointer(all).part(0, 124)), at: 124)
        }
        return bytes
    }

    /// Reads a table; throws the place of what does not verify.
    init(decoding bytes: [UInt8]) throws(KeyFault) {
        let decoded: Result<KeyTable, KeyFault> = unsafe bytes.withUnsafeBytes { all in
            do throws(KeyFault) {
                return .success(unsafe try Self.decode(all))
            } catch {
                return .failure(error)
            }
        }
        self = try decoded.get()
    }

    private static func decode(_ all: UnsafeRawBufferPointer) throws(KeyFault) -> KeyTable {
        guard all.count >= headBytes else { throw KeyFault(offset: all.count, what: .short) }
        guard unsafe all.number(at: 0) == magic,
            unsafe all.number(at: 124) == CRC32C.of(all.part(0, 124))
        else { throw KeyFault(offset: 0, what: .head) }
        let version: UInt32 = unsafe all.number(at: 8)
        guard version == Self.version,
            unsafe all.number(at: 12, as: UInt32.self) == UInt32(KeyTree.blockEntries)
        else { throw KeyFault(offset: 8, what: .format(version)) }
        let blockCount: UInt64 = unsafe all.number(at: 40)
        let cellCount: UInt64 = unsafe all.number(at: 48)
        guard blockCount < 1 << 32, cellCount <= UInt64(all.count - headBytes) / UInt64(cellBytes)
        else { throw KeyFault(offset: all.count, what: .short) }
        var table = unsafe KeyTable(id: LogID(first: all.number(at: 16), last: all.number(at: 24)))
        table.generation = unsafe all.number(at: 32)
        table.blocks = [[KeyNode]](repeating: [], count: Int(blockCount))
        for index in 0..<Int(cellCount) {
            let offset = headBytes + index * cellBytes
            let cell = unsafe all.part(offset, cellBytes)
            let block: UInt64 = unsafe cell.number(at: 0)
            let level = unsafe Int(cell.number(at: 8, as: UInt8.self))
            guard unsafe check(cell) == cell.number(at: 12), block < blockCount,
                level <= KeyTree.levels
            else { throw KeyFault(offset: offset, what: .cell) }
            table.blocks[Int(block)].append(
                KeyNode(
                    level: level,
                    index: unsafe Int(cell.number(at: 10, as: UInt16.self)),
                    seed: unsafe Digest32(bytes: cell.part(16, 32))
                )
            )
        }
        let cells = unsafe all.part(headBytes, Int(cellCount) * cellBytes)
        guard unsafe Digest32.sha256(cells) == Digest32(bytes: all.part(56, 32)) else {
            throw KeyFault(offset: headBytes, what: .mixed)
        }
        return table
    }

    private static func check(_ cell: UnsafeRawBufferPointer) -> UInt32 {
        var check = CRC32C()
        unsafe check.update(cell.part(0, 12))
        unsafe check.update(cell.part(16, 32))
        return check.value
    }
}

/// What is wrong with a copy of the key table, and where.
struct KeyFault: Error, Hashable {
    enum What: Hashable {
        case missing
        case short
        case head
        case format(UInt32)
        case cell
        case mixed
    }

    let offset: Int
    let what: What

    var words: String {
        switch what {
        case .missing: "the copy is missing"
        case .short: "the copy is too short"
        case .head: "the head does not verify"
        case .format(let version): "the copy has format \(version); this program knows 1"
        case .cell: "a cell does not verify"
        case .mixed: "cells of two generations are mixed"
        }
    }
}
