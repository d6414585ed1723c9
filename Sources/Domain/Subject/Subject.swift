/// A subject of fixed depth (主题), such as `alert.red.44.14.24.120.labour.wages`.
package struct Subject: Hashable, Sendable {
    /// The tokens.
    package let tokens: [String]
    /// The place that the tokens name; `nil` where they name none.
    let place: Division?

    /// The subject of an alert.
    package static func alert(
        _ level: AlertLevel,
        _ division: Division,
        _ category: Category
    )
        -> Subject
    {
        Subject(["alert", level.token] + division.tokens + category.tokens, division)
    }

    /// The subject of an item.
    package static func item(
        _ agency: AgencyID,
        _ division: Division,
        _ category: Category
    )
        -> Subject
    {
        Subject(["item", agency.name] + division.tokens + category.tokens, division)
    }

    /// The subject of a case.
    package static func matter(_ division: Division, _ category: Category) -> Subject {
        Subject(["case"] + division.tokens + category.tokens, division)
    }

    /// A subject from its text; `nil` when it has not the depth of its kind, or a token is none.
    package init?(text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let tokens = parts.map { String($0) }
        let depth = ["alert": 8, "item": 8, "case": 7]
        guard let first = tokens.first, depth[first] == tokens.count,
            SubjectPattern(text: text) != nil, !tokens.contains("*"), !tokens.contains(">")
        else { return nil }
        let place = tokens.dropFirst(first == "case" ? 1 : 2).prefix(4)
        let isPlace = place.map(\.utf8.count) == [2, 2, 2, 3]
        self.init(tokens, isPlace ? Division(code: place.joined()) : nil)
    }

    /// The tokens with points between them.
    package var text: String { tokens.joined(separator: ".") }

    private init(_ tokens: [String], _ place: Division?) {
        self.tokens = tokens
        self.place = place
    }
}

/// A subject with `*` for any one token and a closing `>` for all the rest.
package struct SubjectPattern: Hashable, Sendable {
    /// The longest pattern, in bytes.
    package static let bytesMax = 256

    let tokens: [String]
    let isOpen: Bool

    /// A pattern from its text; `nil` when it is malformed.
    ///
    /// Tokens are `a-z`, `0-9`, `-`, `_`, or `*`; the first is `alert`, `item`, `case` or `>`.
    package init?(text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.count <= SubjectPattern.bytesMax else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        var tokens = parts.map { String($0) }
        isOpen = tokens.last == ">"
        if isOpen { tokens.removeLast() }
        guard
            tokens.allSatisfy({ token in
                token == "*"
                    || !token.isEmpty
                        && token.utf8.allSatisfy {
                            (97...122).contains($0) || (48...57).contains($0) || $0 == 45
                                || $0 == 95
                        }
            })
        else { return nil }
        if let first = tokens.first {
            guard ["alert", "item", "case"].contains(first) else { return nil }
        }
        self.tokens = tokens
    }

    /// It matches every subject.
    package var matchesAll: Bool { isOpen && tokens.isEmpty }

    /// The pattern as written.
    package var text: String {
        let all = isOpen ? tokens + [">"] : tokens
        return all.joined(separator: ".")
    }

    /// Whether a subject matches.
    package func matches(_ subject: Subject) -> Bool {
        guard isOpen ? subject.tokens.count > tokens.count : subject.tokens.count == tokens.count
        else { return false }
        for (pattern, token) in zip(tokens, subject.tokens) where pattern != "*" {
            guard pattern == token else { return false }
        }
        return true
    }
}
