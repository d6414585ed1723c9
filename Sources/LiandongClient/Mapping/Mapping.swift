internal import Domain
import Text

/// How the columns of an agency's export become items (字段映射).
///
/// Read from a mapping file, which is JSON; `docs/agency.md` explains each key. A pure value.
public struct Mapping: Hashable, Sendable {
    /// The form of the export.
    public enum Format: String, CaseIterable, Hashable, Sendable {
        /// Rows of comma-separated values.
        case csv
        /// One JSON document with an array of objects.
        case json
        /// One JSON object a line.
        case jsonl
    }

    /// How a cell is read.
    package enum Reading: String, CaseIterable, Hashable, Sendable {
        case text
        case time
        case count
        case integer
        case flag
    }

    /// How a value is found in the value table.
    package enum Match: String, CaseIterable, Hashable, Sendable {
        case exact
        case contains
    }

    /// One row of a value table.
    package struct Value: Hashable, Sendable {
        package var from: String
        package var to: String
    }

    /// How one attribute is made.
    package struct Rule: Hashable, Sendable {
        /// The attribute, `data.form`.
        package var target: String
        package var columns: [String] = []
        /// What stands between the cells of several columns.
        package var separator = " "
        package var constant: JSONTree?
        package var values: [Value] = []
        package var match: Match = .exact
        /// What a value outside the table becomes; empty leaves the attribute out; `nil` is a mistake.
        package var otherwise: String?
        package var reading: Reading = .text
        /// 约30人 is 30 instead of a mistake.
        package var acceptsApproximate = false
    }

    /// The columns of one person.
    package struct PersonColumns: Hashable, Sendable {
        package var identity: String?
        package var phone: String?
        package var account: String?
        /// Each part of a cell (、 or ,) is a person of its own.
        package var isEach = false
    }

    /// The columns whose values may stand nowhere in the row's texts.
    package struct MaskColumns: Hashable, Sendable {
        package var names: [String] = []
        package var phones: [String] = []
        package var addresses: [String] = []
        package var numbers: [String] = []

        package var all: [String] { names + phones + addresses + numbers }
    }

    /// The form of the export; `nil` goes by the file's name.
    public var format: Format?
    /// The encoding; `nil` finds it.
    public var encoding: TextEncoding?
    /// The zone of times that name none, in minutes east of Greenwich; the county's is 480.
    public var zoneMinutes = 480
    /// The area code of landlines that name none, `0753`.
    public var areaCode: String?

    package var delimiter: UInt8?
    /// The keys that lead to the array of a JSON document.
    package var rowsPath: [String] = []
    package var rules: [Rule] = []
    package var persons: [PersonColumns] = []
    package var masks = MaskColumns()
    /// Mapped columns that an export may lack altogether.
    package var optional: [String] = []

    package init() {}

    /// Every column that the mapping names, each once, in the order of the file.
    package var columns: [String] {
        var names: [String] = []
        let personal = persons.flatMap { [$0.identity, $0.phone, $0.account].compactMap { $0 } }
        for name in rules.flatMap(\.columns) + personal + masks.all where !names.contains(name) {
            names.append(name)
        }
        return names
    }

    /// The headings that every export must have: a misspelt one would leak what it should mask.
    package var requiredHeadings: [String] {
        let optional = optional.map(Folding.heading)
        return columns.map(Folding.heading).filter { !optional.contains($0) }
    }

    /// The attributes that a mapping may make, and how each is read unless the rule says otherwise.
    package static let targets: [String: Reading] = [
        "type": .text, "id": .text, "time": .time, "subject": .text, "data.title": .text,
        "data.text": .text, "data.form": .text, "data.purpose": .text, "data.competence": .text,
        "data.route": .text, "data.category": .text, "data.place": .text, "data.respondent": .text,
        "data.heads": .count, "data.affected": .count, "data.representatives": .count,
        "data.visit.arrived": .time, "data.visit.dispersed": .time, "data.visit.peak": .count,
        "data.urgent": .flag, "data.danger": .flag, "data.media.platform": .text,
        "data.media.url": .text, "data.media.reach": .count, "data.media.comments": .count,
        "data.media.shares": .count, "data.media.tone": .integer, "data.media.level": .text,
        "data.item.source": .text, "data.item.id": .text, "data.official_no": .text,
    ]

    /// The attributes that take one of a few words.
    package static let tokens: [String: [String]] = [
        "data.form": Form.allCases.map(\.rawValue),
        "data.purpose": Purpose.allCases.map(\.rawValue),
        "data.competence": Competence.allCases.map(\.rawValue),
        "data.route": ["1", "2", "3", "4", "5", "6", "simple"],
        "data.media.level": ["local", "provincial", "central"],
    ]
}
