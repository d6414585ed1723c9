import Domain

/// A command that stands in the journal.
struct JournaledCommand: Hashable, Sendable {
    let officer: String
    let key: String
    let entry: UInt64
}

/// What became of the last commands, so that a repeated key gets the first answer again.
struct Outcomes {
    private struct Name: Hashable {
        let officer: String
        let key: String
    }

    private var contents: [Name: Decision.Content] = [:]
    private var order: [Name] = []

    /// A command that is repeated later than this many others is answered as unknown.
    private static let kept = 4096

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

extension Decision.Content {
    /// The alert that it speaks of.
    var alert: Alert? {
        switch self {
        case .alertRaised(let alert), .alertChanged(let alert), .alertOverdue(let alert),
            .alertAcknowledged(let alert, _):
            alert
        default: nil
        }
    }
}
