/// What a masked part of a text was (脱敏类别); the raw value is the token that stands in its place.
public enum MaskKind: String, CaseIterable, Hashable, Sendable {
    /// A mobile telephone number.
    case mobile = "[手机]"
    /// A landline telephone number.
    case landline = "[电话]"
    /// An ID-card number of 18 or 15 digits.
    case identity = "[身份证]"
    /// The number of a passport or travel permit.
    case document = "[证件]"
    /// A licence plate.
    case plate = "[车牌]"
    /// A bank card, an account, a QQ or WeChat number.
    case account = "[账号]"
    /// An e-mail address.
    case email = "[邮箱]"
    /// A value of a mapped name column.
    case name = "[姓名]"
    /// A value of a mapped address column.
    case address = "[住址]"
}

/// How many parts of each kind were masked.
public struct MaskTally: Hashable, Sendable {
    private var counts: [MaskKind: Int] = [:]

    /// Nothing masked.
    public init() {}

    /// How many of a kind.
    public subscript(kind: MaskKind) -> Int { counts[kind] ?? 0 }

    /// How many of all kinds.
    public var total: Int { MaskKind.allCases.reduce(0) { $0 + self[$1] } }

    mutating func add(_ kind: MaskKind) {
        counts[kind, default: 0] += 1
    }

    /// Adds the counts of another tally.
    public mutating func add(_ other: MaskTally) {
        for kind in MaskKind.allCases where other[kind] > 0 {
            counts[kind, default: 0] += other[kind]
        }
    }
}

/// A value of a row that may stand nowhere in the row's text (本行个人信息).
public struct PersonalValue: Hashable, Sendable {
    /// What the column holds.
    public enum Kind: Hashable, Sendable {
        /// Names, one or several.
        case name
        /// Telephone numbers, one or several.
        case phone
        /// A postal address.
        case address
        /// ID-card, account or other numbers.
        case number
    }

    /// What it is.
    public var kind: Kind
    /// The cell as it stands in the export.
    public var text: String

    /// A value from a cell.
    public init(kind: Kind, text: String) {
        self.kind = kind
        self.text = text
    }
}

/// Masks personal data in the texts of one row (脱敏).
///
/// First the row's own values, the longest first, then everything that has the form of a telephone
/// number, an ID card, a plate, an account or an e-mail address. Full-width digits and Chinese numerals are
/// digits, and spaces, hyphens, points and characters of no width between digits do not hide a number; nor does
/// the end of a line in it, or a numeral of a word beside it (王五, 一直). Amounts, dates, numbers of documents
/// and house numbers stay.
public struct Masker: Sendable {
    private let values: [OwnValue]

    /// A masker for the texts of one row.
    public init(values: [PersonalValue] = []) {
        var own: [OwnValue] = []
        for value in values {
            for candidate in OwnValue.all(of: value) where !own.contains(candidate) {
                own.append(candidate)
            }
        }
        // Equal lengths by their scalars, so that the order of columns changes nothing.
        self.values = own.sorted { left, right in
            left.scalars.count != right.scalars.count
                ? left.scalars.count > right.scalars.count
                : left.scalars.lexicographicallyPrecedes(right.scalars)
        }
    }

    /// The text with tokens in place of personal data; the counts go to `tally`.
    public func mask(_ text: String, tally: inout MaskTally) -> String {
        guard !text.isEmpty else { return text }
        var current = MaskText(text)
        var found: [MaskSpan] = []
        for value in values { value.find(in: current, into: &found) }
        if !found.isEmpty { current = MaskText(current.replacing(found)) }
        for span in found { tally.add(span.kind) }
        // What is gone may leave digits that are a number without it, and the hub looks once more.
        for _ in 0..<Masker.passesMax {
            let spans = PersonalData.spans(in: current)
            guard !spans.isEmpty else { break }
            for span in spans { tally.add(span.kind) }
            current = MaskText(current.replacing(spans))
        }
        return current.text
    }

    private static let passesMax = 4

    /// The text with tokens in place of personal data.
    public func mask(_ text: String) -> String {
        var tally = MaskTally()
        return mask(text, tally: &tally)
    }
}

/// A part of a text to be replaced by the token of its kind.
struct MaskSpan {
    var range: Range<Int>
    var kind: MaskKind
}

/// A text as scalars beside their plain forms, position by position.
package struct MaskText {
    /// The scalars as written.
    let scalars: [Unicode.Scalar]
    /// Half-width and upper case.
    let plain: [UInt32]
    /// The same with Chinese numerals as digits: 一三八 is 138 where numbers are looked for.
    let numerals: [UInt32]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        plain = scalars.map(MaskText.plain)
        numerals = plain.map { MaskText.numeral($0) ?? $0 }
    }

    /// The ASCII digit of a Chinese numeral; `nil` for anything else.
    static func numeral(_ plain: UInt32) -> UInt32? {
        switch plain {
        case 0x3007, 0x96F6, 0x25CB: 48
        case 0x4E00, 0x5E7A, 0x58F9: 49
        case 0x4E8C, 0x8D30: 50
        case 0x4E09, 0x53C1: 51
        case 0x56DB, 0x8086: 52
        case 0x4E94, 0x4F0D: 53
        case 0x516D, 0x9646: 54
        case 0x4E03, 0x67D2: 55
        case 0x516B, 0x634C: 56
        case 0x4E5D, 0x7396: 57
        default: nil
        }
    }

    /// A digit, a Chinese numeral among them.
    func isNumeral(_ index: Int) -> Bool {
        numerals.indices.contains(index) && (48...57).contains(numerals[index])
    }

    /// The end of a line, over which a number may go on.
    func isBreak(_ index: Int) -> Bool {
        guard plain.indices.contains(index) else { return false }
        return MaskText.isBreak(plain[index])
    }

    static func isBreak(_ plain: UInt32) -> Bool {
        switch plain {
        case 10...13, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// What stands between the parts of dotted numbers and of plates.
    func isPoint(_ index: Int) -> Bool {
        plain.indices.contains(index) && MaskText.isPoint(plain[index])
    }

    static func isPoint(_ plain: UInt32) -> Bool {
        switch plain {
        case 46, 47, 95, 0xB7, 0x2022, 0x2027, 0x2E31, 0x30FB, 0xFF65: true
        default: false
        }
    }

    func isClosingBracket(_ index: Int) -> Bool {
        plain.indices.contains(index) && plain[index] == 41
    }

    func isPlus(_ index: Int) -> Bool {
        plain.indices.contains(index) && plain[index] == 43
    }

    /// The last character of an ID card's number, where it is a letter.
    func isCheckLetter(_ index: Int) -> Bool {
        plain.indices.contains(index) && plain[index] == 88 && !isDigit(index + 1)
    }

    static func plain(_ scalar: Unicode.Scalar) -> UInt32 {
        let value = Folding.plain(scalar).value
        return (97...122).contains(value) ? value - 32 : value
    }

    /// The text as written.
    var text: String { MaskText.string(scalars[...]) }

    /// The text with each span replaced; of two that overlap, the one that begins first stands.
    func replacing(_ spans: [MaskSpan]) -> String {
        var output = ""
        var position = 0
        for span in spans.sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
        where span.range.lowerBound >= position {
            output += MaskText.string(scalars[position..<span.range.lowerBound])
            output += span.kind.rawValue
            position = span.range.upperBound
        }
        return output + MaskText.string(scalars[position...])
    }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    func isDigit(_ index: Int) -> Bool {
        plain.indices.contains(index) && (48...57).contains(plain[index])
    }

    func isLetter(_ index: Int) -> Bool {
        plain.indices.contains(index) && (65...90).contains(plain[index])
    }

    /// A space, a hyphen or a character of no width: what people put between digits.
    func isSeparator(_ index: Int) -> Bool {
        plain.indices.contains(index) && MaskText.isSeparator(plain[index])
    }

    package static func isSeparator(_ plain: UInt32) -> Bool {
        switch plain {
        case 32, 45, 0xAD, 0x200B...0x200F, 0x2010...0x2015, 0x202A...0x202E, 0x2060,
            0x2066...0x2069,
            0x20E3, 0x2212, 0xFE0F, 0xFEFF:
            true
        default: false
        }
    }

    /// The words stand right before a position, behind at most six filler characters.
    func stands(anyOf words: [[UInt32]], before position: Int) -> Bool {
        var end = position
        for _ in 0..<7 {
            for word in words where end >= word.count {
                if plain[(end - word.count)..<end].elementsEqual(word) { return true }
            }
            guard end > 0, MaskText.filler.contains(plain[end - 1]) else { return false }
            end -= 1
        }
        return false
    }

    private static let filler = Set("号码为是:： ,，()（）“”\"'+#".unicodeScalars.map(\.value))

    static func words(_ list: String) -> [[UInt32]] {
        list.split(separator: " ").map { $0.unicodeScalars.map(plain) }
    }
}
