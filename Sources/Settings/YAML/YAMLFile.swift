import Domain
package import Wire
import Yams

/// A YAML file as a JSON value, with the line of each key.
///
/// The plain words of YAML 1.2's core schema are taken: `true`, `false`, `null`, whole and decimal
/// numbers. `yes`, `on`, `0123` and `12:30` stay texts. Tags and binary values are refused.
package struct YAMLFile: Sendable {
    /// The file as it was named.
    package let name: String
    /// Its content.
    package let value: JSONValue
    private let lines: [ConfigurationPath: Int]

    /// Reads a file; throws when it cannot be read or is no YAML.
    package init(path: String) throws(SettingsError) {
        try self.init(text: try FileText.read(path), name: path)
    }

    /// Reads a text; `name` stands in messages.
    package init(text: String, name: String) throws(SettingsError) {
        self.name = name
        var reader = NodeReader(name: name)
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw SettingsError(
                    SettingsMistake(
                        file: name,
                        problem: "holds nothing",
                        remedy: "compare it with the shipped file"
                    )
                )
            }
            value = try reader.read(node, at: .top, depth: 0)
            lines = reader.lines
        } catch let error as SettingsError {
            throw error
        } catch {
            throw SettingsError(YAMLFile.mistake(of: error, in: text, name: name))
        }
    }

    /// The line of a value, or of the nearest one above it that is written there.
    package func line(of path: ConfigurationPath) -> Int? {
        var path = path
        while !path.steps.isEmpty {
            if let line = lines[path] { return line }
            path = path.parent
        }
        return nil
    }

    /// Reads the file as something; its mistakes come back with file and line.
    package func read<Result>(
        _ body: (ConfigurationNode) -> Result?
    ) throws(SettingsError) -> Result {
        let list = MistakeList()
        let result = body(ConfigurationNode(value, list: list))
        do throws(ConfigurationError) {
            try list.finish()
        } catch {
            throw SettingsError(mistakes(of: error))
        }
        guard let result else {
            throw SettingsError(
                SettingsMistake(
                    file: name,
                    problem: "cannot be read",
                    remedy: "compare it with the shipped file"
                )
            )
        }
        return result
    }

    /// Mistakes with file and line, in the order of the lines.
    package func mistakes(of error: ConfigurationError) -> [SettingsMistake] {
        error.mistakes.map { mistake in
            SettingsMistake(
                file: name,
                line: line(of: mistake.path),
                path: mistake.path.description,
                problem: mistake.problem,
                remedy: mistake.remedy,
                code: mistake.code
            )
        }
        .enumerated()
        .sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
        .map(\.element)
    }

    private static func mistake(
        of error: any Error,
        in text: String,
        name: String
    ) -> SettingsMistake {
        var line: Int?
        var problem = "is no YAML"
        var remedy = "check indentation, colons and quotes there"
        switch error as? YamlError {
        case .scanner(_, let text, let mark, _)?, .parser(_, let text, let mark, _)?,
            .composer(_, let text, let mark, _)?:
            line = mark.line
            problem += ": " + text
        case .reader(let text, _, _, _)?:
            problem += ": " + text
        case .duplicatedKeysInMapping(let keys, let context)?:
            line = context.mark.line
            problem = "the key \(keys.joined(separator: ", ")) stands twice"
            remedy = "keep one"
        default: break
        }
        return SettingsMistake(file: name, line: line, problem: problem, remedy: remedy)
    }
}

/// Turns the nodes of Yams into JSON values and notes the lines.
private struct NodeReader {
    let name: String
    var lines: [ConfigurationPath: Int] = [:]
    /// Bounds what a few aliases of aliases can grow to.
    private var nodesLeft = 500_000
    private static let depthMax = 16

    init(name: String) {
        self.name = name
    }

    mutating func read(
        _ node: Node,
        at path: ConfigurationPath,
        depth: Int
    ) throws(SettingsError) -> JSONValue {
        nodesLeft -= 1
        if nodesLeft < 0 { throw fault(node, path, "holds too many values", "make it smaller") }
        if depth > Self.depthMax {
            throw fault(node, path, "is nested too deep", "compare it with the shipped file")
        }
        if lines[path] == nil { lines[path] = node.mark?.line }
        switch node {
        case .scalar(let scalar):
            return try value(of: scalar, node, path)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for (index, element) in sequence.enumerated() {
                elements.append(try read(element, at: path.index(index), depth: depth + 1))
            }
            return .array(elements)
        case .mapping(let mapping):
            var members: [JSONValue.Member] = []
            for (key, value) in mapping {
                guard let scalar = key.scalar else {
                    throw fault(key, path, "has a key that is no word", "write a plain key")
                }
                let below = path.key(scalar.string)
                lines[below] = key.mark?.line
                let read = try read(value, at: below, depth: depth + 1)
                members.append(JSONValue.Member(scalar.string, read))
            }
            return .object(members)
        case .alias:
            throw fault(node, path, "is an alias", "write the value out")
        }
    }

    private func value(
        of scalar: Node.Scalar,
        _ node: Node,
        _ path: ConfigurationPath
    ) throws(SettingsError) -> JSONValue {
        guard scalar.style == .plain else { return .string(scalar.string) }
        let text = scalar.string
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if text.wholeMatch(of: /-?(0|[1-9][0-9]*)/) != nil {
            guard let number = Int64(text) else {
                throw fault(node, path, "is a number beyond 64 bits", "write a smaller one")
            }
            return .integer(number)
        }
        if text.wholeMatch(of: /-?[0-9]+\.[0-9]+/) != nil, let number = Double(text) {
            return .number(number)
        }
        return .string(text)
    }

    private func fault(
        _ node: Node,
        _ path: ConfigurationPath,
        _ problem: String,
        _ remedy: String
    ) -> SettingsError {
        SettingsError(
            SettingsMistake(
                file: name,
                line: node.mark?.line,
                path: path.description,
                problem: problem,
                remedy: remedy
            )
        )
    }
}
