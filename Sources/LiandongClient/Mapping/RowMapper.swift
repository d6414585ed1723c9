internal import Domain
import Text

/// Turns the rows of an export into items (映射): reading, mapping, pseudonyms, then the gate.
///
/// A wrong row is set aside by its line and the others go on. Pure but for the file's bytes, which
/// the caller gives.
public struct RowMapper: Sendable {
    /// How columns become attributes.
    public let mapping: Mapping
    /// What every item passes at the end.
    public let gate: DepartureGate

    private let keys: CountyKeys?

    /// A mapper.
    ///
    /// - Parameters:
    ///   - mapping: How columns become attributes.
    ///   - gate: The agency's gate.
    ///   - keys: The county's keys; `nil` leaves persons out, for looking at a mapping.
    public init(mapping: Mapping, gate: DepartureGate, keys: CountyKeys?) {
        self.mapping = mapping
        self.gate = gate
        self.keys = keys
    }

    /// Maps every row of an export.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - file: The name for messages.
    ///   - body: Called with the line and the outcome of each row in the order of the file; `false`
    ///     stops.
    /// - Throws: A mistake that concerns the file as a whole: encoding, header, size.
    public func map(
        _ bytes: [UInt8],
        file: String,
        _ body: (_ line: Int?, _ outcome: RowOutcome) -> Bool
    ) throws(Mistake) {
        let reader = ExportReader(file: file, mapping: mapping)
        try reader.forEachRow(in: bytes) { outcome in
            switch outcome {
            case .row(let row): body(row.line, map(row, file: file))
            case .broken(let mistake): body(mistake.row, .setAside([mistake]))
            case .skipped: body(nil, .skipped)
            }
        }
    }

    /// Maps one row.
    package func map(_ row: ExportRow, file: String) -> RowOutcome {
        if row.isBlank || isSummary(row) { return .skipped }
        var build = RowBuild(row: row, file: file, mapping: mapping)
        build.put("specversion", .string("1.0"))
        build.put("type", .string(ItemKind.complaint.type))
        build.put("source", .string(gate.agency.source))
        build.put("subject", .string("000000"))
        for rule in mapping.rules { build.apply(rule) }
        build.put("datacontenttype", .string("application/json"))
        if let keys { build.addPersons(keys) }
        guard build.mistakes.isEmpty else { return .setAside(build.mistakes) }
        let outcome = gate.pass(
            build.event,
            personal: build.personal,
            cells: row.cells.map(\.text),
            file: file,
            row: row.line
        )
        switch outcome {
        case .item(let item, _): return .item(item, remarks: build.remarks)
        case .forSuperior(let item, let mistake): return .forSuperior(item, named(mistake))
        case .setAside(let mistakes):
            return .setAside(mistakes.map { named($0) })
        case .skipped: return .skipped
        }
    }

    /// Sums and signatures that stand under the rows: no number of its own, and a word that says so.
    private func isSummary(_ row: ExportRow) -> Bool {
        let words = ["合计", "总计", "小计", "共计", "本页", "制表", "填表", "审核", "统计", "备注:", "说明:", "注:"]
        guard let rule = mapping.rules.first(where: { $0.target == "time" }),
            rule.columns.allSatisfy({ Folding.trimmed(row[$0] ?? "").isEmpty }),
            let first = row.cells.map({ Folding.heading($0.text) }).first(where: { !$0.isEmpty })
        else { return false }
        return words.contains { first.hasPrefix($0) }
    }

    /// The mistake with the heading of the column beside the attribute.
    private func named(_ mistake: Mistake) -> Mistake {
        guard let attribute = mistake.column,
            let rule = mapping.rules.first(where: { $0.target == attribute }), !rule.columns.isEmpty
        else { return mistake }
        var named = mistake
        named.column = "\(rule.columns.joined(separator: "+")) (\(attribute))"
        return named
    }
}

/// One row on its way to an event.
private struct RowBuild {
    let row: ExportRow
    let file: String
    let mapping: Mapping
    var event = JSONTree.object(JSONTree.Members())
    var mistakes: [Mistake] = []
    var remarks: [Mistake] = []

    mutating func put(_ path: String, _ given: JSONTree) {
        var value = given
        // 条例 §31 counts the ways: the hub takes 1 to 6 as numbers, and a word.
        if path == "data.route", let text = given.text, Int(text) != nil { value = .number(text) }
        event.set(value, at: path.split(separator: ".").map(String.init)[...])
    }

    /// Makes one attribute.
    mutating func apply(_ rule: Mapping.Rule) {
        if let constant = rule.constant { return put(rule.target, constant) }
        let cells = rule.columns.compactMap { row[$0] }.map(Folding.trimmed).filter { !$0.isEmpty }
        if cells.isEmpty {
            if let otherwise = rule.otherwise, !otherwise.isEmpty {
                put(rule.target, .string(otherwise))
            }
            return
        }
        let cell = cells.joined(separator: rule.separator)
        let text: String
        switch looked(up: cell, rule) {
        case .found(let value): text = value
        case .leftOut: return
        case .unknown:
            return wrong(
                rule,
                .badValue,
                "\(quoted(cell)) is not in the value table",
                "Add it to “values”, or give “otherwise”"
            )
        }
        read(text, rule)
    }

    private enum Lookup {
        case found(String)
        case leftOut
        case unknown
    }

    private func looked(up cell: String, _ rule: Mapping.Rule) -> Lookup {
        guard !rule.values.isEmpty else { return .found(cell) }
        let key = Folding.heading(cell)
        let hit =
            switch rule.match {
            case .exact: rule.values.first { $0.from == key }
            case .contains:
                rule.values.filter { key.contains($0.from) }
                    .max { $0.from.utf8.count < $1.from.utf8.count }
            }
        guard let result = hit?.to ?? rule.otherwise else { return .unknown }
        return result.isEmpty ? .leftOut : .found(result)
    }

    private mutating func read(_ text: String, _ rule: Mapping.Rule) {
        switch rule.reading {
        case .text: put(rule.target, .string(text))
        case .time:
            guard let time = DateReading.timestamp(text, zoneMinutes: mapping.zoneMinutes) else {
                return wrong(
                    rule,
                    .badTime,
                    "\(quoted(text)) is no date or time",
                    "Write 2024-03-05 14:30, 2024年3月5日 14时30分 or a spreadsheet day number"
                )
            }
            put(rule.target, .string(DateReading.rfc3339(time)))
        case .count:
            switch CountReading.count(text) {
            case .exact(let value): put(rule.target, .number(String(value)))
            case .approximate(let value) where rule.acceptsApproximate:
                put(rule.target, .number(String(value)))
            case .approximate:
                wrong(
                    rule,
                    .badValue,
                    "\(quoted(text)) is approximate",
                    "Write the number, or allow it by “approximate”: “accept”"
                )
            case .unreadable:
                wrong(rule, .badValue, "\(quoted(text)) is no number", "Write a whole number")
            }
        case .integer:
            guard let value = CountReading.integer(text) else {
                return wrong(
                    rule,
                    .badValue,
                    "\(quoted(text)) is no number",
                    "Write a whole number"
                )
            }
            put(rule.target, .number(String(value)))
        case .flag:
            guard let value = CountReading.flag(text) else {
                return wrong(rule, .badValue, "\(quoted(text)) is neither 是 nor 否", "Write 是 or 否")
            }
            put(rule.target, .bool(value))
        }
    }

    private mutating func wrong(
        _ rule: Mapping.Rule,
        _ code: ErrorCode,
        _ what: String,
        _ remedy: String
    ) {
        mistakes.append(
            Mistake(
                code,
                file: file,
                row: row.line,
                column: "\(rule.columns.joined(separator: "+")) (\(rule.target))",
                what: what,
                remedy: remedy
            )
        )
    }

    // MARK: Persons

    /// The values of the row that may stand nowhere in its texts.
    var personal: [PersonalValue] {
        func values(_ kind: PersonalValue.Kind, _ columns: [String]) -> [PersonalValue] {
            columns.compactMap { row[$0] }.map { PersonalValue(kind: kind, text: $0) }
        }
        var found = values(.name, mapping.masks.names) + values(.phone, mapping.masks.phones)
        found += values(.address, mapping.masks.addresses) + values(.number, mapping.masks.numbers)
        for person in mapping.persons {
            found += values(.number, [person.identity, person.account].compactMap { $0 })
            found += values(.phone, [person.phone].compactMap { $0 })
        }
        return found
    }

    mutating func addPersons(_ keys: CountyKeys) {
        var persons: [JSONTree] = []
        for columns in mapping.persons {
            let area = mapping.areaCode
            var numbers: [PersonNumber] = []
            numbers += read(columns.identity) { PersonNumber(identity: $0) }
            numbers += read(columns.phone) { PersonNumber(phone: $0, areaCode: area) }
            numbers += read(columns.account) { PersonNumber(account: $0) }
            let groups = columns.isEach ? numbers.map { [$0] } : [numbers]
            for group in groups where !group.isEmpty {
                var texts: [String] = []
                for text in group.flatMap({ keys.pseudonyms(of: $0) }) where !texts.contains(text) {
                    texts.append(text)
                }
                let person = JSONTree.array(texts.map { .string($0) })
                if !persons.contains(person) { persons.append(person) }
            }
        }
        if !persons.isEmpty { put("data.persons", .array(persons)) }
    }

    private mutating func read(
        _ column: String?,
        _ number: (String) -> PersonNumber?
    ) -> [PersonNumber] {
        guard let column, let cell = row[column] else { return [] }
        var numbers: [PersonNumber] = []
        for part in cell.split(whereSeparator: { "、,，;；\n\r".contains($0) }) {
            let text = Folding.trimmed(String(part))
            if text.isEmpty || text == "无" || text == "不详" { continue }
            if let value = number(text) {
                numbers.append(value)
            } else {
                remarks.append(
                    Mistake(
                        .badValue,
                        file: file,
                        row: row.line,
                        column: column,
                        what: "the cell is no number of a person; no pseudonym was made from it",
                        remedy: "Correct it where it was typed; the item is sent without it"
                    )
                )
            }
        }
        return numbers
    }
}
