package import Domain

/// Collects the mistakes of one reading, so that a person is told all of them at once.
package final class MistakeList {
    /// The mistakes so far.
    package private(set) var mistakes: [ConfigurationMistake] = []

    /// No mistakes yet.
    package init() {}

    /// Adds a mistake; of more than 200 the rest is left out.
    package func add(
        _ path: ConfigurationPath,
        _ problem: String,
        _ remedy: String,
        code: ErrorCode = .badConfiguration
    ) {
        guard mistakes.count < 200 else { return }
        mistakes.append(
            ConfigurationMistake(path: path, problem: problem, remedy: remedy, code: code)
        )
    }

    /// Throws what was collected, if anything was.
    package func finish() throws(ConfigurationError) {
        if !mistakes.isEmpty { throw ConfigurationError(mistakes: mistakes) }
    }
}

/// A value of a configuration file on its way to a type; what does not fit is added to the mistakes
/// and read as `nil`.
package struct ConfigurationNode {
    /// The value.
    package let value: JSONValue
    /// Where it stands.
    package let path: ConfigurationPath
    /// Where mistakes go.
    package let list: MistakeList

    /// A node; the top of a file unless a path is given.
    package init(_ value: JSONValue, path: ConfigurationPath = .top, list: MistakeList) {
        self.value = value
        self.path = path
        self.list = list
    }

    /// Adds a mistake about this value.
    package func fault(_ problem: String, _ remedy: String) {
        list.add(path, problem, remedy)
    }

    /// An object with these keys and no others.
    package func table(keys: [String]) -> ConfigurationTable? {
        guard let members = value.members else {
            fault("is \(value.kindName)", "write keys here: \(keys.joined(separator: ", "))")
            return nil
        }
        for member in members where !keys.contains(member.key) {
            list.add(
                path.key(member.key),
                "there is no such key",
                NearestWord.remedy(for: member.key, among: keys)
            )
        }
        return ConfigurationTable(members: members, path: path, list: list)
    }

    /// The elements of a list with so many of them.
    package func elements(count range: ClosedRange<Int>) -> [ConfigurationNode]? {
        guard let elements = value.elements else {
            fault("is \(value.kindName)", "write a list, one “- …” a line")
            return nil
        }
        guard range.contains(elements.count) else {
            fault(
                "has \(elements.count) elements",
                "have \(range.lowerBound) to \(range.upperBound)"
            )
            return nil
        }
        return elements.enumerated().map { index, element in
            ConfigurationNode(element, path: path.index(index), list: list)
        }
    }

    /// A text of 1 to so many bytes without control characters.
    package func text(bytesMax: Int = 256) -> String? {
        guard let text = value.text else {
            fault("is \(value.kindName)", "write a text, in quotes where it looks like a number")
            return nil
        }
        guard (1...bytesMax).contains(text.utf8.count) else {
            fault("has \(text.utf8.count) bytes", "write 1 to \(bytesMax)")
            return nil
        }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            fault("holds a control character", "write one line of plain text")
            return nil
        }
        return text
    }

    /// A whole number in a range.
    package func integer(in range: ClosedRange<Int>) -> Int? {
        guard let number = value.int else {
            fault(
                "is \(value.kindName)",
                "write a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
            return nil
        }
        guard let result = Int(exactly: number), range.contains(result) else {
            fault("\(number) is out of range", "write \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return result
    }

    /// True or false.
    package func flag() -> Bool? {
        guard let flag = value.flag else {
            fault("is \(value.kindName)", "write true or false")
            return nil
        }
        return flag
    }

    /// A length of time such as `24h`.
    package func span(in range: ClosedRange<TimeSpan>) -> TimeSpan? {
        guard let text = value.text, let span = DurationText.parse(text) else {
            fault("is no length of time", "write a number and a unit: 90s, 10m, 24h or 7d")
            return nil
        }
        guard range.contains(span) else {
            fault(
                "\(text) is out of range",
                "write \(DurationText.text(range.lowerBound)) to "
                    + DurationText.text(range.upperBound)
            )
            return nil
        }
        return span
    }

    /// One of a few words.
    package func choice<Choice>(_ choices: [(word: String, value: Choice)]) -> Choice? {
        if let text = value.text, let found = choices.first(where: { $0.word == text }) {
            return found.value
        }
        let words = choices.map(\.word)
        let shown = value.text.map { "“\($0.prefix(40))” is none of the words" }
        fault(
            shown ?? "is \(value.kindName)",
            value.text.map { NearestWord.remedy(for: $0, among: words) }
                ?? "write one of \(words.joined(separator: ", "))"
        )
        return nil
    }

    /// A value that a parser of its own takes from a text.
    package func parsed<Result>(
        _ problem: String,
        _ remedy: String,
        bytesMax: Int = 256,
        _ parse: (String) -> Result?
    ) -> Result? {
        guard let text = text(bytesMax: bytesMax) else { return nil }
        guard let result = parse(text) else {
            fault("“\(text.prefix(80))” \(problem)", remedy)
            return nil
        }
        return result
    }
}

/// An object of a configuration file whose keys are known.
package struct ConfigurationTable {
    let members: [JSONValue.Member]
    /// Where it stands.
    package let path: ConfigurationPath
    /// Where mistakes go.
    package let list: MistakeList

    /// The value of a key that may be missing; a key without a value counts as missing.
    package func optional(_ key: String) -> ConfigurationNode? {
        guard let member = members.first(where: { $0.key == key }), !member.value.isNull else {
            return nil
        }
        return ConfigurationNode(member.value, path: path.key(key), list: list)
    }

    /// The value of a key that must be there.
    package func required(_ key: String, _ remedy: String = "add it") -> ConfigurationNode? {
        guard let node = optional(key) else {
            list.add(path.key(key), "is missing", remedy)
            return nil
        }
        return node
    }
}
