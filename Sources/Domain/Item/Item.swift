/// What an item is (CONTRACT §1).
public enum ItemKind: Hashable, Sendable {
    /// A complaint (诉求).
    case complaint
    /// A sentiment item (舆情).
    case sentiment
    /// A risk found by inspection (排查).
    case risk
    /// A step in the life of another item, by its name (`accepted`, `resolved` …).
    case life(String)

    /// The value of `type`.
    public var type: String {
        switch self {
        case .complaint: "cn.liandong.complaint.v1"
        case .sentiment: "cn.liandong.sentiment.v1"
        case .risk: "cn.liandong.risk.v1"
        case .life(let name): "cn.liandong.life.\(name).v1"
        }
    }

    /// A kind from the value of `type`; `nil` when it is unknown.
    public init?(type: String) {
        switch type {
        case "cn.liandong.complaint.v1": self = .complaint
        case "cn.liandong.sentiment.v1": self = .sentiment
        case "cn.liandong.risk.v1": self = .risk
        default:
            guard type.hasPrefix("cn.liandong.life."), type.hasSuffix(".v1") else { return nil }
            let name = type.dropFirst(17).dropLast(3)
            guard (1...32).contains(name.utf8.count),
                name.utf8.allSatisfy({ (97...122).contains($0) || $0 == 45 })
            else { return nil }
            self = .life(String(name))
        }
    }

    /// A step in another item's life rather than an item of its own.
    public var isLife: Bool {
        if case .life = self { true } else { false }
    }
}

/// The form in which people turned to the agency (信访形式).
public enum Form: String, CaseIterable, Hashable, Sendable {
    case letter, visit, online, phone, fax, hotline, grid, media
}

/// What the petitioner wants (信访目的).
public enum Purpose: String, CaseIterable, Hashable, Sendable {
    case demand, appeal, suggestion, accusation, consultation, other
}

/// Who may deal with an accusation (检举控告的管辖).
public enum Competence: String, CaseIterable, Hashable, Sendable {
    case discipline, personnel, enforcement, unknown
}

/// The class of content (内容分类): two tokens, a key of `config/categories.yaml`.
public struct Category: Hashable, Comparable, Sendable {
    /// The key, `labour.wages`.
    public let key: String

    /// What nobody classed.
    public static let unknown = Category(unchecked: "other.unknown")

    private init(unchecked key: String) {
        self.key = key
    }

    /// A class from its key; `nil` unless it is two tokens of `a-z`, `0-9`, `-`, `_`.
    public init?(key: String) {
        // Registers have many of them, and every start and every snapshot reads them all.
        var points = 0
        var isEmpty = true
        for byte in key.utf8 {
            switch byte {
            case UInt8(ascii: "."):
                if isEmpty { return nil }
                points += 1
                isEmpty = true
            case 97...122, 48...57, 45, 95: isEmpty = false
            default: return nil
            }
        }
        guard points == 1, !isEmpty, key.utf8.count <= 64 else { return nil }
        self.key = key
    }

    /// The two tokens.
    public var tokens: [String] { key.split(separator: ".").map(String.init) }

    /// By key, byte for byte.
    public static func < (left: Category, right: Category) -> Bool {
        left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
    }
}

/// A keyed pseudonym of a person, made at the agency (身份假名).
///
/// The hub never holds the key. The engine compares pseudonyms for equality and nothing else: no
/// query, log or screen is keyed by one.
public struct Pseudonym: Hashable, Sendable {
    /// The text as it was sent, `k1:p:…`.
    public let text: String

    /// A pseudonym from its text; `nil` unless it is `kN:i|p|a:` and 43 characters of base64url.
    public init?(text: some StringProtocol) {
        var text = String(text)
        guard text.withUTF8({ Pseudonym.isWellFormed($0.span) }) else { return nil }
        self.text = text
    }

    /// `k`, 1 to 5 digits, `:`, one of `i p a`, `:`, 43 characters of base64url.
    private static func isWellFormed(_ bytes: Span<UInt8>) -> Bool {
        let count = bytes.count
        let key = count - 46
        guard (2...6).contains(key), bytes[0] == 0x6B, bytes[key] == 0x3A, bytes[key + 2] == 0x3A
        else { return false }
        let kind = bytes[key + 1]
        guard kind == 0x69 || kind == 0x70 || kind == 0x61 else { return false }
        for place in 1..<key where !(0x30...0x39).contains(bytes[place]) { return false }
        // Without a branch, so that the compiler looks at many bytes at once.
        var strange: UInt8 = 0
        for place in (key + 3)..<count {
            let byte = bytes[place]
            let isLetter: UInt8 = (byte | 0x20) &- 0x61 < 26 ? 1 : 0
            let isDigit: UInt8 = byte &- 0x30 < 10 ? 1 : 0
            let isSign: UInt8 = (byte == 0x2D ? 1 : 0) | (byte == 0x5F ? 1 : 0)
            strange |= 1 ^ (isLetter | isDigit | isSign)
        }
        return strange == 0
    }
}

/// What a medium says of its reach (传播情况).
public struct MediaReach: Hashable, Sendable {
    /// The level of the medium that took it up.
    public enum Level: String, CaseIterable, Hashable, Sendable {
        case local, provincial, central
    }

    /// How many saw it.
    public var reach: Int = 0
    /// How many commented.
    public var comments: Int = 0
    /// How many passed it on.
    public var shares: Int = 0
    /// -1000 (hostile) to 1000 (friendly).
    public var tone: Int = 0
    /// The level of the medium.
    public var level: Level = .local

    /// Nothing known yet.
    public init() {}
}

/// An item: what one agency registered (信访件、工单或舆情条目).
public struct Item: Equatable, Sendable {
    /// The identity.
    public var ref: ItemRef
    /// What it is.
    public var kind: ItemKind
    /// When the agency received it; windows and counts go by it.
    public var time: Timestamp
    /// Where the matter is.
    public var division: Division
    /// The heading, possibly empty.
    public var title: String
    /// The content; up to 64 KiB of UTF-8; empty only for lifecycle events.
    public var text: String
    /// How people turned to the agency.
    public var form: Form?
    /// What they want; `nil` means the default of the agency's grant.
    public var purpose: Purpose?
    /// Who may deal with an accusation.
    public var competence: Competence?
    /// The class of content.
    public var category: Category
    /// The place as text.
    public var place: String = ""
    /// The unit complained of, as text (被反映单位).
    public var respondent: String = ""
    /// The persons, each a group of pseudonyms.
    public var persons: [[Pseudonym]] = []
    /// Heads present or signed (信访人数).
    public var heads: Int = 0
    /// People affected (涉及人数).
    public var affected: Int = 0
    /// Representatives of a joint visit (来访代表).
    public var representatives: Int = 0
    /// Flagged by the agency as major and urgent (重大紧急).
    public var isUrgent: Bool = false
    /// Flagged by the agency as a danger to life.
    public var isDangerToLife: Bool = false
    /// What a medium says of its reach; sentiment items only.
    public var media: MediaReach?
    /// The item that a lifecycle event speaks of.
    public var subjectItem: ItemRef?
    /// Items that the agency itself knows to be the same.
    public var relates: [ItemRef] = []
    /// The number in the legal register (信访件编号).
    public var officialNumber: String = ""
    /// Imported from the time before the hub: it counts and is linked, and raises nothing (历史导入).
    public var isHistory: Bool = false

    /// An item with the required attributes.
    public init(
        ref: ItemRef,
        kind: ItemKind,
        time: Timestamp,
        division: Division,
        title: String,
        text: String,
        form: Form? = nil,
        category: Category = .unknown
    ) {
        self.ref = ref
        self.kind = kind
        self.time = time
        self.division = division
        self.title = title
        self.text = text
        self.form = form
        self.category = category
    }

    /// An accusation may be held by the sealed lane (限知) alone, whoever is competent (条例 §30).
    public var belongsToSealedLane: Bool {
        Lane(purpose: purpose, competence: competence) == .sealed
    }
}

/// The bounds of an item (CONTRACT §1).
public enum ItemLimits {
    /// Bytes of UTF-8 of the text.
    public static let textBytesMax = 65_536
    /// Bytes of UTF-8 of the title.
    public static let titleBytesMax = 1024
    /// Bytes of the event's JSON.
    public static let eventBytesMax = 262_144
    /// Bytes of the agency's own number.
    public static let idBytesMax = 128
    /// Bytes of place, respondent and official number.
    public static let fieldBytesMax = 512
    /// Persons of an item, and pseudonyms of a person.
    public static let personsMax = 512
    /// Items that one item may relate to.
    public static let relatesMax = 64
    /// Heads, affected and the reach of a medium.
    public static let countMax = 1_000_000_000
}
