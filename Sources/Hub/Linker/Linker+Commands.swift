import Domain
import Linkage
import Wire

// The sealed lane's commands are looked at before they are journaled: the engine knows who may do what, and not whom
// an accusation is against. What is hidden from an officer and what never was are answered here alike, and neither
// leaves an entry by which one could be told from the other.
extension Linker {
    /// Has a command journaled, or says that there is nothing for it to be done to.
    func look(at command: Command, _ session: SessionID, _ number: UInt64, _ asker: Asker) {
        let name = JournaledCommand(
            officer: command.officer,
            key: command.idempotencyKey,
            entry: 0
        )
        guard let reason = missing(command.action, asker) else {
            guard links.registrar.offer(.command(session, number: number, command)) else {
                let reason = "The hub is behind; ask again in a moment."
                links.tell(.refusedQuery(session, number: number, .overloaded, reason: reason))
                return
            }
            return
        }
        // The same command again, whose object is gone since because it was obeyed.
        if case .itemWithdrawn? = outcomes[name] {
            links.tell(.outcome(session, number: number, outcome(of: name)))
            return
        }
        links.tell(
            .outcome(
                session,
                number: number,
                CommandOutcome(
                    key: command.idempotencyKey,
                    result: .void,
                    reason: reason.token
                )
            )
        )
    }

    /// Why there is nothing for the officer to do it to; `nil` where there is, and the engine decides.
    private func missing(_ action: Command.Action, _ asker: Asker) -> VoidReason? {
        let hidden = hidden(from: asker)
        switch action {
        case .confirmClock: return nil
        case .acknowledge(let id, _, _):
            let isKnown = engine.alert(id).map { sees(asker, $0, hidden: hidden) } ?? false
            return isKnown ? nil : .noSuchAlert
        case .edit(let edit, _):
            let isKnown = edit.named.allSatisfy { isThere(asker, $0, hidden: hidden) }
            return isKnown ? nil : .noSuchItem
        case .undo(let number, _):
            guard number > 0, let after = Int(exactly: number - 1),
                let row = engine.edits(after: after, limit: 1).first
            else { return .noSuchEdit }
            let isKnown = (row.together + row.apart).allSatisfy { ref in
                engine.ordinal(of: ref).map { isThere(asker, $0, hidden: hidden) } ?? false
            }
            return isKnown ? nil : .noSuchEdit
        case .setLife(let seen, _, _):
            guard seen.items.allSatisfy({ engine.member($0) != nil }) else { return .noSuchItem }
            let first = seen.items.first { engine.caseRow(ofItem: $0) != nil } ?? seen.items.first
            let isKnown = first.map { isThere(asker, $0, hidden: hidden) } ?? false
            return isKnown ? nil : .noSuchCase
        case .withdraw(let ref), .classify(let ref, _, _):
            return sees(asker, item: ref, hidden: hidden) ? nil : .noSuchItem
        }
    }

    /// The case in which an item stands, or the item that stands alone, is there for the officer.
    private func isThere(_ asker: Asker, _ ordinal: UInt64, hidden: Set<CaseID>) -> Bool {
        guard let row = engine.caseRow(ofItem: ordinal) else {
            return sees(asker, item: ordinal, hidden: hidden)
        }
        return sees(asker, row, hidden: hidden)
    }
}

extension CaseEdit {
    /// The ordinals of all items that it names.
    fileprivate var named: [UInt64] {
        switch self {
        case .merge(let kept, let other): kept.items + other.items
        case .split(let seen, let items): seen.items + items
        case .move(let item, let from, let to): [item] + from.items + to.items
        }
    }
}
