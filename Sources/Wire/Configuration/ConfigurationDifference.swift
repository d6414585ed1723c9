package import Domain

/// One thing that another version of a configuration file says differently (配置差异).
///
/// Elements of lists are told apart by their `name`, `key` or `code`, and words by themselves, so
/// that an element more in the middle is one difference and not one for each that follows.
package struct ConfigurationDifference: Equatable, Sendable, CustomStringConvertible {
    /// The file.
    package var file: ConfigurationFile.Name
    /// Where, `rules[persons-7d].levels.yellow`; empty for the whole file.
    package var path: String
    /// What is in force; `nil` when there is nothing.
    package var before: JSONValue?
    /// What would be in force; `nil` when nothing would.
    package var after: JSONValue?

    /// A difference from its parts.
    package init(
        file: ConfigurationFile.Name,
        path: String,
        before: JSONValue?,
        after: JSONValue?
    ) {
        self.file = file
        self.path = path
        self.before = before
        self.after = after
    }

    /// One line: `rules.yaml: rules[persons-7d].levels.yellow: 5 becomes 6`.
    package var description: String {
        let place = file.token + ".yaml" + (path.isEmpty ? "" : ": " + path)
        switch (before.map(Self.text), after.map(Self.text)) {
        case (let old?, let new?): return "\(place): \(old) becomes \(new)"
        case (nil, let new?): return "\(place): new: \(new)"
        case (let old?, nil): return "\(place): goes: \(old)"
        case (nil, nil): return place
        }
    }

    /// The difference for `--format json`.
    package var json: JSONValue {
        [
            "file": .string(file.token), "path": .string(path), "before": before ?? .null,
            "after": after ?? .null,
        ]
    }

    /// All differences between two versions of a file in canonical form, in the order of the file.
    ///
    /// - Parameters:
    ///   - file: Which file.
    ///   - before: What is in force; `nil` when the file never was.
    ///   - after: What would be.
    /// - Returns: The differences; none when both say the same.
    package static func between(
        _ file: ConfigurationFile.Name,
        _ before: JSONValue?,
        _ after: JSONValue
    ) -> [ConfigurationDifference] {
        var found = Collector(file: file)
        found.compare(before, after, "")
        return found.differences
    }

    private static func text(_ value: JSONValue) -> String {
        String(decoding: value.bytes, as: UTF8.self)
    }
}

/// Goes along two values side by side; the parser has bounded their depth.
private struct Collector {
    let file: ConfigurationFile.Name
    var differences: [ConfigurationDifference] = []

    init(file: ConfigurationFile.Name) {
        self.file = file
    }

    mutating func compare(_ before: JSONValue?, _ after: JSONValue?, _ path: String) {
        guard before != after else { return }
        if let old = before?.members, let new = after?.members {
            let point = path.isEmpty ? "" : path + "."
            compare(old.map { ($0.key, $0.value) }, new.map { ($0.key, $0.value) }) {
                point + $0
            }
        } else if let old = before?.elements, let new = after?.elements,
            let oldNames = Self.names(old), let newNames = Self.names(new)
        {
            compare(Array(zip(oldNames, old)), Array(zip(newNames, new))) { "\(path)[\($0)]" }
            let kept = Set(oldNames).intersection(newNames)
            if oldNames.filter(kept.contains) != newNames.filter(kept.contains) {
                add(
                    path + " (order)",
                    .array(oldNames.map { .string($0) }),
                    .array(newNames.map { .string($0) })
                )
            }
        } else {
            add(path, before, after)
        }
    }

    private mutating func compare(
        _ before: [(name: String, value: JSONValue)],
        _ after: [(name: String, value: JSONValue)],
        _ place: (String) -> String
    ) {
        var old: [String: JSONValue] = [:]
        for (name, value) in before { old[name] = value }
        var seen: Set<String> = []
        for (name, value) in after {
            seen.insert(name)
            compare(old[name], value, place(name))
        }
        for (name, value) in before where !seen.contains(name) { compare(value, nil, place(name)) }
    }

    private mutating func add(_ path: String, _ before: JSONValue?, _ after: JSONValue?) {
        differences.append(
            ConfigurationDifference(file: file, path: path, before: before, after: after)
        )
    }

    /// What tells the elements of a list apart; `nil` when nothing does.
    private static func names(_ elements: [JSONValue]) -> [String]? {
        var names: [String] = []
        var seen: Set<String> = []
        for element in elements {
            let name = ["name", "key", "code"].lazy.compactMap { element[$0]?.text }.first
            guard let name = name ?? element.text, seen.insert(name).inserted else { return nil }
            names.append(name)
        }
        return names
    }
}
