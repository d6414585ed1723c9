import Domain
import Linkage
import Wire

/// A command that stands in the journal.
struct JournaledCommand: Hashable, Sendable {
    let officer: String
    let key: String
    let entry: UInt64
}

/// What became of the last commands, so that a repeated key gets the first answer again.
struct Outcomes: Sendable {
    private struct Name: Hashable, Sendable {
        let officer: String
        let key: String
    }

    private var contents: [Name: Decision.Content] = [:]
    private var order: [Name] = []

    /// A command that is repeated later than this many others is answered as unknown.
    private static let kept = 4096

    /// No command was answered yet.
    init() {}

    /// Notes the outcomes among decisions.
    mutating func note(_ decisions: [Decision]) {
        for decision in decisions {
            switch decision.content {
            case .alertAcknowledged(let alert, let key):
                keep(Name(officer: alert.acknowledgedBy, key: key), decision.content)
            case .void(let key, let officer, let reason) where reason != .sameCommandAgain:
                keep(Name(officer: officer, key: key), decision.content)
            case .obeyed(let key, let officer):
                keep(Name(officer: officer, key: key), decision.content)
            case .itemWithdrawn(_, _, let key, let officer):
                keep(Name(officer: officer, key: key), decision.content)
            case .caseEdited(let editing):
                keep(Name(officer: editing.officer, key: editing.commandKey), decision.content)
            case .caseLived(_, _, _, let officer, let key) where !officer.isEmpty:
                keep(Name(officer: officer, key: key), decision.content)
            default: break
            }
        }
    }

    subscript(command: JournaledCommand) -> Decision.Content? {
        contents[Name(officer: command.officer, key: command.key)]
    }

    private mutating func keep(_ name: Name, _ content: Decision.Content) {
        guard contents[name] == nil else { return }
        contents[name] = content
        order.append(name)
        if order.count > 2 * Outcomes.kept {
            for old in order.prefix(Outcomes.kept) { contents[old] = nil }
            order.removeFirst(Outcomes.kept)
        }
    }
}

// In a state: in the order in which they came, as decisions.
extension Outcomes {
    func write(to writer: inout StateWriter) {
        writer.put(texts: order.map(\.officer))
        writer.put(texts: order.map(\.key))
        for name in order {
            let content = contents[name]
            let at = Timestamp(milliseconds: 0)
            let bytes = content.map { DecisionCodec.encode(Decision(at: at, content: $0)) }
            writer.put(list: bytes ?? [])
        }
    }

    init(_ reader: inout StateReader) throws(StateError) {
        let officers = try reader.texts("the officers")
        let keys = try reader.texts("the commands' names")
        try reader.check(keys.count == officers.count, "the commands' names")
        for (officer, key) in zip(officers, keys) {
            let bytes: [UInt8] = try reader.list("an outcome")
            let name = Name(officer: officer, key: key)
            guard contents[name] == nil, let decision = try? DecisionCodec.decode(bytes) else {
                throw .badField("an outcome")
            }
            contents[name] = decision.content
            order.append(name)
        }
    }
}
