package import Domain
package import Wire

/// A mistake in a file or folder of settings (设置错误): where it stands, what it is, what to do.
package struct SettingsMistake: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file or folder as it was named.
    package var file: String
    /// The line, from 1; `nil` for the whole file.
    package var line: Int?
    /// The key path, `rules[2].levels.yellow`; empty for the whole file.
    package var path: String
    /// What is wrong, in one clause.
    package var problem: String
    /// What to do, in one clause.
    package var remedy: String
    /// The stable code, LD-1120 or LD-1121.
    package var code: ErrorCode

    /// A mistake from its parts.
    package init(
        file: String,
        line: Int? = nil,
        path: String = "",
        problem: String,
        remedy: String,
        code: ErrorCode = .badConfiguration
    ) {
        self.file = file
        self.line = line
        self.path = path
        self.problem = problem
        self.remedy = remedy
        self.code = code
    }

    /// One line: `config/rules.yaml:12: rules[2].levels.yellow: …; do … [LD-1120]`.
    package var description: String {
        let place = file + (line.map { ":\($0)" } ?? "") + (path.isEmpty ? "" : ": " + path)
        return "\(place): \(problem); \(remedy) [\(code.text)]"
    }

    /// The mistake as JSON, for `--format json`.
    package var json: JSONValue {
        .object(present: [
            "file": .string(file),
            "line": line.map { .integer(Int64($0)) },
            "key": path.isEmpty ? nil : .string(path),
            "problem": .string(problem),
            "remedy": .string(remedy),
            "code": .string(code.text),
        ])
    }
}

/// Settings that cannot be used: every mistake that was found, file by file.
package struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The mistakes, at least one.
    package var mistakes: [SettingsMistake]

    /// An error from its mistakes.
    package init(_ mistakes: [SettingsMistake]) {
        self.mistakes = mistakes
    }

    /// An error of one mistake.
    package init(_ mistake: SettingsMistake) {
        mistakes = [mistake]
    }

    /// One line a mistake.
    package var description: String {
        mistakes.map(\.description).joined(separator: "\n")
    }
}
