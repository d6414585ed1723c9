/// The short name of an agency (联动单位), the last part of its source `/agency/NAME`.
public struct AgencyID: Hashable, Comparable, Sendable {
    /// The name: 1 to 32 characters of `a-z`, `0-9` and `-`, beginning with a letter.
    public let name: String

    /// An agency by its short name; `nil` when the name is not of the form.
    public init?(name: String) {
        guard (1...32).contains(name.utf8.count), let first = name.utf8.first,
            (97...122).contains(first),
            name.utf8.allSatisfy({
                (97...122).contains($0) || (48...57).contains($0) || $0 == 45
            })
        else { return nil }
        self.name = name
    }

    /// An agency by the `source` of its items; `nil` when it is not `/agency/NAME`.
    public init?(source: String) {
        guard source.hasPrefix("/agency/") else { return nil }
        self.init(name: String(source.dropFirst(8)))
    }

    /// The value of `source`, `/agency/NAME`.
    public var source: String { "/agency/" + name }

    /// By name, byte for byte.
    public static func < (left: AgencyID, right: AgencyID) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}

/// The identity of an item: the agency's own number at the agency (来源与编号).
public struct ItemRef: Hashable, Sendable {
    /// The agency that registered it.
    public let agency: AgencyID
    /// The agency's own number, 1 to 128 bytes without control characters.
    public let id: String

    /// An identity from its parts.
    public init(agency: AgencyID, id: String) {
        self.agency = agency
        self.id = id
    }
}
