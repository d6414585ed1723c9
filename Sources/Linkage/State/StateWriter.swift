/// Writes the engine's state as bytes, in pieces, so that a great state needs no second copy of
/// itself (状态写出): `docs/snapshot.md` has the layout.
///
/// Numbers are little-endian. One owner, one thread.
package struct StateWriter {
    /// A piece is handed on when so many bytes have come together.
    package static let pieceBytes = 1 << 20

    private var piece: [UInt8] = []
    private let take: ([UInt8]) -> Void

    /// A writer that hands each piece on; pieces but the last have `pieceBytes`.
    package init(_ take: @escaping ([UInt8]) -> Void) {
        self.take = take
        piece.reserveCapacity(StateWriter.pieceBytes)
    }

    /// Hands the last piece on.
    package mutating func finish() {
        if !piece.isEmpty { take(piece) }
        piece = []
    }

    /// The four letters that a section begins with.
    package mutating func begin(_ section: StateSection) { put(section.rawValue) }

    /// A number.
    package mutating func put<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { put(bytes: $0) }
    }

    /// Yes or no.
    package mutating func put(_ flag: Bool) { put(flag ? 1 : 0 as UInt8) }

    /// UTF-8 behind its length.
    package mutating func put(_ text: String) {
        put(UInt32(text.utf8.count))
        var text = text
        text.withUTF8 { put(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// Numbers behind their count.
    package mutating func put<Number: FixedWidthInteger & BitwiseCopyable>(list: [Number]) {
        put(UInt64(list.count))
        if Number(1).littleEndian == 1 {
            list.withUnsafeBytes { put(bytes: $0) }
        } else {
            for number in list { put(number) }
        }
    }

    /// Numbers in pieces, behind the count of all, as one list.
    mutating func put<Number: FixedWidthInteger & BitwiseCopyable>(pieces: [[Number]]) {
        put(UInt64(pieces.reduce(0) { $0 + $1.count }))
        for piece in pieces {
            if Number(1).littleEndian == 1 {
                piece.withUnsafeBytes { put(bytes: $0) }
            } else {
                for number in piece { put(number) }
            }
        }
    }

    /// Texts behind their count.
    package mutating func put(texts: [String]) {
        put(UInt64(texts.count))
        for text in texts { put(text) }
    }

    /// Lists behind their lengths: all lengths first, then all numbers.
    package mutating func put(lists: [[Int32]]) {
        put(list: lists.map { UInt32($0.count) })
        var all: [Int32] = []
        all.reserveCapacity(lists.reduce(0) { $0 + $1.count })
        for list in lists { all += list }
        put(list: all)
    }

    private mutating func put(bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let room = StateWriter.pieceBytes - piece.count
            piece.append(contentsOf: rest.prefix(room))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(room))
            if piece.count == StateWriter.pieceBytes {
                take(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
    }
}

/// The sections of a state, in their order; the number is the four letters, first letter lowest.
package enum StateSection: UInt32, CaseIterable, Sendable {
    case head = 0x4441_4548
    case identities = 0x4e45_4449
    case items = 0x4d45_5449
    case persons = 0x5352_4550
    case relations = 0x414c_4552
    case cases = 0x4553_4143
    case links = 0x4b4e_494c
    case edits = 0x5449_4445
    case visits = 0x4953_4956
    case alerts = 0x5245_4c41
    case backlogs = 0x4b43_4142
    case desk = 0x4b53_4544
    case clock = 0x4b4f_4c43
    case tally = 0x4c4c_4154
    case withdrawals = 0x4857_5449
    case unclassed = 0x534c_434e
    case lives = 0x4556_494c
    case reaches = 0x4843_4552
    case trials = 0x4c41_5254
    case features = 0x5441_4546
    case copies = 0x5950_4f43
    case index = 0x5844_4e49
    case names = 0x454d_414e
    case classes = 0x5341_4c43
    case concepts = 0x434e_4f43
    case trail = 0x4941_5254
    case ledger = 0x4744_454c
}
