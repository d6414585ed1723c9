package import Domain

// Values that stand in several files.
extension ConfigurationNode {
    /// A short name: 1 to 32 of a-z, 0-9 and -, beginning with a letter.
    package func shortName() -> AgencyID? {
        parsed("is no short name", "use 1 to 32 of a-z, 0-9 and -, beginning with a letter") {
            AgencyID(name: $0)
        }
    }

    /// A county by 6 digits or a township by 9.
    package func division() -> Division? {
        let text = value.text ?? value.int.map(String.init) ?? ""
        return DivisionText.read(self, digits: text.utf8.count == 9 ? 9 : 6)
    }

    /// A moment with its offset from UTC.
    package func time() -> Timestamp? {
        parsed("is no time", "write 2026-07-01T00:00:00+08:00", bytesMax: 40) {
            Timestamp(rfc3339: $0)
        }
    }

    /// A list of which each element is read the same way; `nil` where one of them is none.
    package func list<Part>(
        _ range: ClosedRange<Int>,
        _ read: (ConfigurationNode) -> Part?
    ) -> [Part]? {
        guard let parts = elements(count: range)?.map(read) else { return nil }
        let found = parts.compactMap(\.self)
        return found.count == parts.count ? found : nil
    }
}

extension ConfigurationTable {
    /// The term of the keys `from` and `until`, both of which may be missing.
    package func term() -> Term? {
        let from = optional("from").map { $0.time() }
        let until = optional("until").map { $0.time() }
        guard from != .some(nil), until != .some(nil) else { return nil }
        let term = Term(from: from ?? nil, until: until ?? nil)
        if let from = term.from, let until = term.until, until <= from {
            list.add(path.key("until"), "is not after from", "let it end later")
            return nil
        }
        return term
    }

    /// A value that may be missing; the outer `nil` where it is there and is none.
    package func given<Part>(
        _ key: String,
        or missing: Part,
        _ read: (ConfigurationNode) -> Part?
    ) -> Part? {
        guard let node = optional(key) else { return missing }
        return read(node)
    }
}

extension Term {
    /// The keys `from` and `until`, where they are set.
    var members: [JSONValue.Member] {
        [("from", from), ("until", until)].compactMap { key, time in
            time.map { .init(key, .string($0.rfc3339)) }
        }
    }
}
