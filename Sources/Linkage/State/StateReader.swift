import Domain

/// Reads what `StateWriter` wrote; every number is checked before it is used (状态读入).
///
/// It never takes more memory than bytes are said to follow, so that broken bytes cost no more than
/// their length. One owner, one thread.
package struct StateReader {
    private var piece: [UInt8] = []
    private var offset = 0
    /// Bytes that are still to come, those of the present piece included.
    private var rest: Int
    private let next: () -> [UInt8]?

    /// A reader over so many bytes in pieces; `next` returns `nil` when there are no more.
    package init(byteCount: Int, _ next: @escaping () -> [UInt8]?) {
        rest = byteCount
        self.next = next
    }

    /// A reader over bytes in memory.
    package init(_ bytes: [UInt8]) {
        var isTaken = false
        self.init(byteCount: bytes.count) {
            defer { isTaken = true }
            return isTaken ? nil : bytes
        }
    }

    /// The four letters of a section.
    package mutating func begin(_ section: StateSection) throws(StateError) {
        guard try number("a section", as: UInt32.self) == section.rawValue else {
            throw .badField("section \(section)")
        }
    }

    /// Nothing may follow.
    package func end() throws(StateError) {
        guard rest == 0 else { throw .badField("the end") }
    }

    /// Stops where a condition does not hold.
    package func check(_ holds: Bool, _ field: String) throws(StateError) {
        guard holds else { throw .badField(field) }
    }

    /// A number.
    package mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ field: String,
        as type: Number.Type = Number.self
    ) throws(StateError) -> Number {
        var value: Number = 0
        let isWhole = withUnsafeMutableBytes(of: &value) { fill($0) }
        guard isWhole else { throw .truncated(field) }
        return Number(littleEndian: value)
    }

    /// A number that must fit a machine word and be no less than zero.
    package mutating func count(_ field: String, max: Int = .max) throws(StateError) -> Int {
        let value = try number(field, as: UInt64.self)
        guard let count = Int(exactly: value), count <= max else { throw .badField(field) }
        return count
    }

    /// A number of 64 bits, as the machine's word.
    package mutating func int(_ field: String) throws(StateError) -> Int {
        Int(try number(field, as: Int64.self))
    }

    /// Yes or no.
    package mutating func flag(_ field: String) throws(StateError) -> Bool {
        switch try number(field, as: UInt8.self) {
        case 0: return false
        case 1: return true
        default: throw .badField(field)
        }
    }

    /// UTF-8 behind its length.
    package mutating func text(_ field: String) throws(StateError) -> String {
        let length = Int(try number(field, as: UInt32.self))
        guard length <= rest else { throw .truncated(field) }
        if piece.count - offset >= length {
            defer { advance(length) }
            guard
                let text = String(validating: piece[offset..<(offset + length)], as: UTF8.self)
            else { throw .badField(field) }
            return text
        }
        var bytes = [UInt8](repeating: 0, count: length)
        let isWhole = bytes.withUnsafeMutableBytes { fill($0) }
        guard isWhole else { throw .truncated(field) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .badField(field) }
        return text
    }

    /// Numbers behind their count.
    package mutating func list<Number: FixedWidthInteger & BitwiseCopyable>(
        _ field: String,
        as type: Number.Type = Number.self
    ) throws(StateError) -> [Number] {
        try numbers(field, count: try count(field))
    }

    /// A list of numbers in pieces of these sizes, which it must have in all.
    mutating func pieces<Number: FixedWidthInteger & BitwiseCopyable>(
        _ field: String,
        as type: Number.Type = Number.self,
        sizes: [Int]
    ) throws(StateError) -> [[Number]] {
        guard try count(field) == sizes.reduce(0, +) else { throw .badField(field) }
        var pieces: [[Number]] = []
        for size in sizes { pieces.append(try numbers(field, count: size)) }
        return pieces
    }

    private mutating func numbers<Number: FixedWidthInteger & BitwiseCopyable>(
        _ field: String,
        as type: Number.Type = Number.self,
        count: Int
    ) throws(StateError) -> [Number] {
        guard count <= rest / MemoryLayout<Number>.size else { throw .truncated(field) }
        var isWhole = false
        var list = [Number](unsafeUninitializedCapacity: count) { buffer, filled in
            isWhole = fill(UnsafeMutableRawBufferPointer(buffer))
            filled = isWhole ? count : 0
        }
        guard isWhole else { throw .truncated(field) }
        if Number(1).littleEndian != 1 { list = list.map { Number(littleEndian: $0) } }
        return list
    }

    /// As many numbers as something else has.
    package mutating func list<Number: FixedWidthInteger & BitwiseCopyable>(
        _ field: String,
        as type: Number.Type = Number.self,
        count: Int
    ) throws(StateError) -> [Number] {
        let list = try list(field, as: type)
        guard list.count == count else { throw .badField(field) }
        return list
    }

    /// Texts behind their count.
    package mutating func texts(_ field: String) throws(StateError) -> [String] {
        let count = try count(field)
        guard count <= rest / 4 else { throw .truncated(field) }
        var texts: [String] = []
        texts.reserveCapacity(count)
        for _ in 0..<count { texts.append(try text(field)) }
        return texts
    }

    /// Lists behind their lengths, of numbers from 0 and below `bound`.
    package mutating func lists(_ field: String, below bound: Int) throws(StateError) -> [[Int32]] {
        let counts: [UInt32] = try list(field)
        let all: [Int32] = try list(field)
        guard counts.reduce(0, { $0 + Int($1) }) == all.count,
            all.allSatisfy({ $0 >= 0 && Int($0) < bound })
        else { throw .badField(field) }
        var lists: [[Int32]] = []
        lists.reserveCapacity(counts.count)
        var start = 0
        for count in counts {
            lists.append(Array(all[start..<(start + Int(count))]))
            start += Int(count)
        }
        return lists
    }

    private mutating func advance(_ count: Int) {
        offset += count
        rest -= count
    }

    /// Fills a buffer; false when the bytes end before.
    private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        guard buffer.count <= rest else { return false }
        var filled = 0
        while filled < buffer.count {
            if offset == piece.count {
                guard let more = next(), !more.isEmpty else { return false }
                piece = more
                offset = 0
            }
            let count = min(buffer.count - filled, piece.count - offset)
            piece.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + count)])
                    .copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
                    )
            }
            filled += count
            advance(count)
        }
        return true
    }
}

/// Why bytes are no state of an engine, or one that this program cannot use (状态错误).
package enum StateError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes end inside a field.
    case truncated(String)
    /// A field holds what it must not.
    case badField(String)
    /// A layout that this version does not know.
    case unknownLayout(UInt32)
    /// The state is another engine's and carries what only that engine can use.
    case otherEngine(state: UInt32, program: UInt32)
    /// A configuration file that the state names is not at hand.
    case configurationMissing(String)

    /// What is wrong and what to do.
    package var description: String {
        switch self {
        case .truncated(let field): "the state ends inside \(field)"
        case .badField(let field): "\(field) of the state is invalid"
        case .unknownLayout(let layout):
            "layout \(layout) of the state is unknown; use the version that wrote it, or newer"
        case .otherEngine(let state, let program):
            "the state is one of engine version \(state), this program has version \(program)"
        case .configurationMissing(let name):
            "the state rests on a \(name) that is not at hand"
        }
    }
}

extension StateReader {
    /// Lists under rising keys.
    mutating func table<Key: FixedWidthInteger & BitwiseCopyable>(
        _ field: String,
        below bound: Int
    ) throws(StateError) -> [Key: [Int32]] {
        let keys: [Key] = try list(field)
        let lists = try lists(field, below: bound)
        guard keys.count == lists.count else { throw .badField(field) }
        var table: [Key: [Int32]] = [:]
        table.reserveCapacity(keys.count)
        for (place, key) in keys.enumerated() { table[key] = lists[place] }
        guard table.count == keys.count else { throw .badField(field) }
        return table
    }

    /// A division by its number.
    mutating func division(_ field: String) throws(StateError) -> Division {
        guard let division = Division(checking: try number(field)) else { throw .badField(field) }
        return division
    }
}
