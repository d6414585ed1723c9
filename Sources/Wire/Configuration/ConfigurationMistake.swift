package import Domain

/// A mistake in a configuration file (配置错误): where it stands, what it is, what to do.
package struct ConfigurationMistake: Equatable, Sendable, CustomStringConvertible {
    /// Where it stands in the file.
    package var path: ConfigurationPath
    /// What is wrong, in one clause.
    package var problem: String
    /// What to do, in one clause.
    package var remedy: String
    /// The stable code, LD-1120 unless something graver is the matter.
    package var code: ErrorCode

    /// A mistake from its parts.
    package init(
        path: ConfigurationPath,
        problem: String,
        remedy: String,
        code: ErrorCode = .badConfiguration
    ) {
        self.path = path
        self.problem = problem
        self.remedy = remedy
        self.code = code
    }

    /// One line: `rules[2].levels.yellow: 3 is not above blue's 5; let the values rise`.
    package var description: String {
        (path.steps.isEmpty ? "" : "\(path): ") + "\(problem); \(remedy)"
    }
}

/// A file that holds mistakes: all of them, in the order of the file's keys.
package struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The mistakes, at least one.
    package var mistakes: [ConfigurationMistake]

    /// An error from its mistakes.
    package init(mistakes: [ConfigurationMistake]) {
        self.mistakes = mistakes
    }

    /// One line a mistake.
    package var description: String {
        mistakes.map(\.description).joined(separator: "\n")
    }
}

/// The way from the top of a file to a value (键路径), printed as `rules[2].levels.yellow`.
package struct ConfigurationPath: Hashable, Sendable, CustomStringConvertible {
    /// One step down.
    package enum Step: Hashable, Sendable {
        /// To the value of a key.
        case key(String)
        /// To an element of a list, from 0.
        case index(Int)
    }

    /// The steps from the top; none is the whole file.
    package var steps: [Step]

    /// The whole file.
    package static let top = ConfigurationPath(steps: [])

    /// A path from its steps.
    package init(steps: [Step]) {
        self.steps = steps
    }

    /// The path to the value of a key below this one.
    package func key(_ key: String) -> ConfigurationPath {
        ConfigurationPath(steps: steps + [.key(key)])
    }

    /// The path to an element below this one, from 0.
    package func index(_ index: Int) -> ConfigurationPath {
        ConfigurationPath(steps: steps + [.index(index)])
    }

    /// The path one step up; the top is its own.
    package var parent: ConfigurationPath {
        ConfigurationPath(steps: Array(steps.dropLast()))
    }

    /// Keys with points between them, indices in brackets.
    package var description: String {
        var text = ""
        for step in steps {
            switch step {
            case .key(let key): text += text.isEmpty ? key : "." + key
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }
}
