internal import Domain
import Text

extension Mapping {
    /// A mapping from its file.
    ///
    /// - Parameters:
    ///   - json: The file's bytes.
    ///   - file: The name for messages.
    /// - Throws: The first mistake, with its key.
    public init(json: [UInt8], file: String) throws(Mistake) {
        let tree: JSONTree
        do {
            tree = try JSONReader.read(json[...])
        } catch {
            throw Mistake(
                .badConfiguration,
                file: file,
                row: error.line,
                what: "no JSON at byte \(error.column): \(error.what)",
                remedy: "Correct the line"
            )
        }
        let reader = MappingReader(file: file)
        self = try reader.mapping(tree)
    }

    /// The mapping as a file, indented for people.
    public var json: [UInt8] {
        var tree = JSONTree.object(JSONTree.Members())
        func put(_ value: JSONTree, _ path: String...) { tree.set(value, at: path[...]) }
        if let format { put(.string(format.rawValue), "format") }
        if let encoding { put(.string(encoding.rawValue), "encoding") }
        if let delimiter { put(.string(String(Unicode.Scalar(delimiter))), "delimiter") }
        if let areaCode { put(.string(areaCode), "areaCode") }
        if zoneMinutes != 480 { put(.string(Mapping.zone(zoneMinutes)), "zone") }
        if !rowsPath.isEmpty { put(.string(rowsPath.joined(separator: ".")), "rows") }
        for rule in rules { put(rule.tree, "attributes", rule.target) }
        put(.array(persons.map(\.tree)), "persons")
        func names(_ list: [String]) -> JSONTree { .array(list.map { .string($0) }) }
        put(names(masks.names), "mask", "name")
        put(names(masks.phones), "mask", "phone")
        put(names(masks.addresses), "mask", "address")
        if !optional.isEmpty { put(names(optional), "optional") }
        if !masks.numbers.isEmpty { put(names(masks.numbers), "mask", "number") }
        return tree.prettyBytes
    }

    private static func zone(_ minutes: Int) -> String {
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return (minutes < 0 ? "-" : "+") + two(abs(minutes) / 60) + ":" + two(abs(minutes) % 60)
    }
}

extension Mapping.Rule {
    fileprivate var tree: JSONTree {
        var members = JSONTree.Members()
        if let constant { members["constant"] = constant }
        if columns.count == 1 {
            members["column"] = .string(columns[0])
        } else if !columns.isEmpty {
            members["columns"] = .array(columns.map { .string($0) })
            members["join"] = .string(separator)
        }
        if reading != Mapping.targets[target] { members["as"] = .string(reading.rawValue) }
        if acceptsApproximate { members["approximate"] = .string("accept") }
        if !values.isEmpty {
            var table = JSONTree.Members()
            for value in values { table[value.from] = .string(value.to) }
            members["values"] = .object(table)
            if match == .contains { members["match"] = .string(match.rawValue) }
        }
        if let otherwise { members["otherwise"] = .string(otherwise) }
        return .object(members)
    }
}

extension Mapping.PersonColumns {
    fileprivate var tree: JSONTree {
        var members = JSONTree.Members()
        if let identity { members["id"] = .string(identity) }
        if let phone { members["phone"] = .string(phone) }
        if let account { members["account"] = .string(account) }
        if isEach { members["each"] = .bool(true) }
        return .object(members)
    }
}

/// Reads a mapping file strictly: an unknown key is a mistake, never ignored.
private struct MappingReader {
    let file: String

    func mapping(_ tree: JSONTree) throws(Mistake) -> Mapping {
        let top = try object(tree, "the file")
        try onlyKnown(
            top,
            [
                "format", "encoding", "delimiter", "areaCode", "zone", "rows", "attributes",
                "persons", "mask", "optional",
            ],
            ""
        )
        var mapping = Mapping()
        mapping.format = try choice(top, "format", Mapping.Format.self)
        mapping.encoding = try choice(top, "encoding", TextEncoding.self)
        mapping.areaCode = try string(top, "areaCode", "areaCode")
        if let text = try string(top, "rows", "rows") {
            mapping.rowsPath = text.split(separator: ".").map(String.init)
        }
        if let text = try string(top, "delimiter", "delimiter") {
            guard text.utf8.count == 1, let byte = text.utf8.first, byte != 34 else {
                throw mistake("delimiter", "\(quoted(text)) is not one ASCII character", "Give “,”")
            }
            mapping.delimiter = byte
        }
        if let text = try string(top, "zone", "zone") {
            guard let minutes = zone(text) else {
                throw mistake("zone", "\(quoted(text)) is no zone", "Give “+08:00”")
            }
            mapping.zoneMinutes = minutes
        }
        let attributes = try object(top["attributes"] ?? .null, "attributes")
        for member in attributes.list {
            mapping.rules.append(try rule(member.key, member.value))
        }
        for target in ["id", "time"] where !mapping.rules.contains(where: { $0.target == target }) {
            throw mistake("attributes", "\(target) is missing", "Map it to a column")
        }
        for (index, person) in try array(top["persons"], "persons").enumerated() {
            mapping.persons.append(try self.person(person, "persons[\(index)]"))
        }
        mapping.optional = try strings(top["optional"], "optional")
        if let mask = top["mask"] { mapping.masks = try masks(mask) }
        return mapping
    }

    private func rule(_ target: String, _ tree: JSONTree) throws(Mistake) -> Mapping.Rule {
        let key = "attributes.\(target)"
        guard let reading = Mapping.targets[target] else {
            throw mistake(
                key,
                "there is no such attribute",
                "Known are \(Mapping.targets.keys.sorted().joined(separator: " "))"
            )
        }
        let members = try object(tree, key)
        try onlyKnown(
            members,
            [
                "column", "columns", "join", "constant", "values", "match", "otherwise", "as",
                "approximate",
            ],
            key
        )
        var rule = Mapping.Rule(target: target)
        rule.reading = try choice(members, "as", Mapping.Reading.self, key) ?? reading
        rule.match = try choice(members, "match", Mapping.Match.self, key) ?? .exact
        rule.otherwise = try string(members, "otherwise", key + ".otherwise")
        rule.separator = try string(members, "join", key + ".join") ?? " "
        rule.constant = members["constant"]
        if let column = try string(members, "column", key + ".column") { rule.columns = [column] }
        rule.columns += try strings(members["columns"], key + ".columns")
        if (rule.constant == nil) == rule.columns.isEmpty {
            throw mistake(key, "neither or both of a constant and columns", "Give one of the two")
        }
        if let word = try string(members, "approximate", key + ".approximate") {
            guard word == "accept" || word == "refuse" else {
                throw mistake(
                    key + ".approximate",
                    "\(quoted(word)) is not known",
                    "Give accept or refuse"
                )
            }
            rule.acceptsApproximate = word == "accept"
        }
        if let table = members["values"] {
            for member in try object(table, key + ".values").list {
                guard let to = member.value.text else {
                    throw mistake("\(key).values.\(member.key)", "is no string", "Give a string")
                }
                rule.values.append(Mapping.Value(from: Folding.heading(member.key), to: to))
            }
        }
        try checkTokens(rule, key)
        return rule
    }

    /// A value table or constant that leads outside the known words would fail on every row.
    private func checkTokens(_ rule: Mapping.Rule, _ key: String) throws(Mistake) {
        var results = rule.values.map(\.to)
        if let otherwise = rule.otherwise, !otherwise.isEmpty { results.append(otherwise) }
        if let constant = rule.constant?.text { results.append(constant) }
        for result in results {
            if let tokens = Mapping.tokens[rule.target], !tokens.contains(result), !result.isEmpty {
                throw mistake(
                    key,
                    "\(quoted(result)) is not known",
                    "Give one of \(tokens.joined(separator: " "))"
                )
            }
            if rule.target == "subject", Division(code: result) == nil {
                throw mistake(key, "\(quoted(result)) is no division code", "Give 6 or 9 digits")
            }
            if rule.target == "data.category", !result.isEmpty, Category(key: result) == nil {
                throw mistake(key, "\(quoted(result)) is no class", "Give a key as labour.wages")
            }
        }
    }

    private func person(_ tree: JSONTree, _ key: String) throws(Mistake) -> Mapping.PersonColumns {
        let members = try object(tree, key)
        try onlyKnown(members, ["id", "phone", "account", "each"], key)
        var person = Mapping.PersonColumns()
        person.identity = try string(members, "id", key + ".id")
        person.phone = try string(members, "phone", key + ".phone")
        person.account = try string(members, "account", key + ".account")
        switch members["each"] {
        case nil: break
        case .bool(let value): person.isEach = value
        default: throw mistake(key + ".each", "is neither true nor false", "Correct it")
        }
        if person.identity == nil, person.phone == nil, person.account == nil {
            throw mistake(key, "names no column", "Give id, phone or account")
        }
        if person.isEach,
            [person.identity, person.phone, person.account].count(where: { $0 != nil }) > 1
        {
            throw mistake(key, "each goes with one column alone", "Make one entry a column")
        }
        return person
    }

    private func masks(_ tree: JSONTree) throws(Mistake) -> Mapping.MaskColumns {
        let members = try object(tree, "mask")
        try onlyKnown(members, ["name", "phone", "address", "number"], "mask")
        return Mapping.MaskColumns(
            names: try strings(members["name"], "mask.name"),
            phones: try strings(members["phone"], "mask.phone"),
            addresses: try strings(members["address"], "mask.address"),
            numbers: try strings(members["number"], "mask.number")
        )
    }

    private func zone(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 6, bytes[0] == 43 || bytes[0] == 45, bytes[3] == 58,
            [1, 2, 4, 5].allSatisfy({ (48...57).contains(bytes[$0]) }),
            let hours = Int(text.dropFirst().prefix(2)), let minutes = Int(text.suffix(2)),
            hours <= 14, minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (bytes[0] == 45 ? -1 : 1)
    }

    // MARK: Typed access

    private func object(_ tree: JSONTree, _ key: String) throws(Mistake) -> JSONTree.Members {
        guard let members = tree.members else {
            throw mistake(key, "is missing or no object", "Give an object in braces")
        }
        return members
    }

    private func array(_ tree: JSONTree?, _ key: String) throws(Mistake) -> [JSONTree] {
        guard let tree else { return [] }
        guard let elements = tree.elements else {
            throw mistake(key, "is no array", "Give an array in brackets")
        }
        return elements
    }

    private func strings(_ tree: JSONTree?, _ key: String) throws(Mistake) -> [String] {
        var texts: [String] = []
        for element in try array(tree, key) {
            guard let text = element.text else {
                throw mistake(key, "holds what is no string", "Give the headings of columns")
            }
            texts.append(text)
        }
        return texts
    }

    private func string(
        _ members: JSONTree.Members,
        _ name: String,
        _ key: String
    ) throws(Mistake) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.text else { throw mistake(key, "is no string", "Give a string") }
        return text
    }

    private func choice<Word: RawRepresentable<String> & CaseIterable>(
        _ members: JSONTree.Members,
        _ name: String,
        _ type: Word.Type,
        _ parent: String = ""
    ) throws(Mistake) -> Word? {
        let key = parent.isEmpty ? name : "\(parent).\(name)"
        guard let text = try string(members, name, key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: " ")
            throw mistake(key, "\(quoted(text)) is not known", "Give one of \(words)")
        }
        return word
    }

    private func onlyKnown(
        _ members: JSONTree.Members,
        _ known: Set<String>,
        _ parent: String
    ) throws(Mistake) {
        for member in members.list where !known.contains(member.key) {
            throw mistake(
                parent.isEmpty ? member.key : "\(parent).\(member.key)",
                "there is no such key",
                "Known are \(known.sorted().joined(separator: " "))"
            )
        }
    }

    private func mistake(_ key: String, _ what: String, _ remedy: String) -> Mistake {
        Mistake(.badConfiguration, file: file, column: key, what: what, remedy: remedy)
    }
}
