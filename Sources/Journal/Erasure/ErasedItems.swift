package import Domain
package import Hashing
package import Storage

/// Which items' texts were erased (销毁名单), so that they stay erased: 16 bytes each, no text and no name.
///
///     0   8  "LDERASED"
///     8   4  format version, 1
///     12  4  zero
///     16  8  count of items
///     24  n  the first 16 bytes of SHA-256("LDERASED1" ‖ agency ‖ 0 ‖ id), rising
///     .. 32  SHA-256 of all before
///
/// It lies in the data folder, and beside `hub.yaml`, where it outlives the data folder: a backup of
/// before still holds the texts. Numbers are little-endian.
package struct ErasedItems: Equatable, Sendable {
    /// The first 128 bits of an identity's digest.
    package struct Mark: Hashable, Comparable, Sendable {
        let high: UInt64
        let low: UInt64

        /// The mark of an item.
        package init(_ ref: ItemRef) {
            var hasher = SHA256Hasher()
            hasher.update("LDERASED1")
            hasher.update(ref.agency.name)
            hasher.update(number: UInt8(0))
            hasher.update(ref.id)
            let digest = hasher.finalize()
            self.init(high: digest.word0, low: digest.word1)
        }

        init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }

        /// By the number that the 16 bytes are.
        package static func < (left: Mark, right: Mark) -> Bool {
            (left.high, left.low) < (right.high, right.low)
        }
    }

    /// The file's name, in a data folder and beside `hub.yaml`.
    package static let fileName = "erased.list"
    /// More than a county sends in a hundred years.
    private static let bytesMax = 1 << 30
    private static let headBytes = 24
    private static let magic = Array("LDERASED".utf8)

    private var marks: Set<Mark> = []

    /// No item.
    package init() {}

    /// No text was ever erased.
    package var isEmpty: Bool { marks.isEmpty }
    /// How many items.
    package var count: Int { marks.count }

    /// Whether an item's text was erased.
    package func contains(_ ref: ItemRef) -> Bool { !marks.isEmpty && marks.contains(Mark(ref)) }

    /// Adds an item.
    package mutating func insert(_ ref: ItemRef) { marks.insert(Mark(ref)) }

    /// Adds the items of another list.
    package mutating func formUnion(_ other: ErasedItems) { marks.formUnion(other.marks) }

    /// Whether every item stands in the other list too.
    package func isSubset(of other: ErasedItems) -> Bool { marks.isSubset(of: other.marks) }

    /// The file's bytes; equal lists give equal bytes.
    package var encoded: [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(Self.headBytes + marks.count * 16 + 32)
        bytes.append(little: UInt32(1))
        bytes.append(little: UInt32(0))
        bytes.append(little: UInt64(marks.count))
        for mark in marks.sorted() {
            bytes.append(little: mark.high.byteSwapped)
            bytes.append(little: mark.low.byteSwapped)
        }
        return bytes + Digest32.sha256(bytes).bytes
    }

    /// SHA-256 of the file's bytes.
    package var digest: Digest32 { .sha256(encoded) }

    /// A list from a file's bytes; `nil` when they are none.
    package init?(decoding bytes: [UInt8]) {
        guard bytes.count >= Self.headBytes + 32, Array(bytes[..<8]) == Self.magic,
            Digest32.sha256(Array(bytes.dropLast(32))).bytes == Array(bytes.suffix(32))
        else { return nil }
        var reader = LittleReader(bytes.dropLast(32))
        reader.skip(8)
        guard reader.number(as: UInt32.self) == 1, reader.number(as: UInt32.self) == 0,
            let count = reader.number(as: UInt64.self),
            count == UInt64((bytes.count - Self.headBytes - 32) / 16)
        else { return nil }
        while let high = reader.number(as: UInt64.self), let low = reader.number(as: UInt64.self) {
            marks.insert(Mark(high: high.byteSwapped, low: low.byteSwapped))
        }
        guard marks.count == Int(count) else { return nil }
    }

    /// The list in a folder; an empty one where there is none.
    ///
    /// - Throws: `listDamaged` when the file is no list; what the disk says.
    package static func read(
        _ disk: some Disk,
        folder: String
    ) throws(JournalError) -> ErasedItems {
        let path = "\(folder)/\(fileName)"
        let bytes: [UInt8]?
        do throws(DiskError) {
            bytes = try SmallFile.read(disk, path, bytesMax: bytesMax)
        } catch {
            throw JournalError(error)
        }
        guard let bytes else { return ErasedItems() }
        guard let list = ErasedItems(decoding: bytes) else { throw .erasedListDamaged(path: path) }
        return list
    }

    /// Writes the list into a folder, in place of the one there; durable on return.
    package func write(_ disk: some Disk, folder: String) throws(DiskError) {
        try SmallFile.replace(disk, folder: folder, name: Self.fileName, with: encoded)
    }
}

/// Reads little-endian numbers one after the other.
struct LittleReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ count: Int) { rest = rest.dropFirst(count) }

    /// The next number; `nil` when the bytes end before it does.
    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        as type: Number.Type = Number.self
    ) -> Number? {
        let size = MemoryLayout<Number>.size
        guard rest.count >= size else { return nil }
        let value = rest.prefix(size).reversed().reduce(0 as Number) { $0 << 8 | Number($1) }
        skip(size)
        return value
    }

    /// The next bytes behind their count; `nil` when they are not all there.
    mutating func block() -> [UInt8]? {
        guard let count: UInt32 = number(), rest.count >= Int(count) else { return nil }
        defer { skip(Int(count)) }
        return Array(rest.prefix(Int(count)))
    }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(little value: Number) {
        for place in 0..<Number.bitWidth / 8 {
            append(UInt8(truncatingIfNeeded: value >> (8 * place)))
        }
    }
}
