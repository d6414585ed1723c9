import Domain

extension Engine {
    /// Obeys an officer's command, or says why it has no object (值班指令).
    mutating func obey(_ command: Command, at time: Timestamp, into found: inout [Decision.Content])
    {
        let order = Order(command: command, at: time)
        guard desk.isNew(command) else {
            found.append(order.void(.sameCommandAgain))
            return
        }
        if let reason = refused(order, into: &found) { found.append(order.void(reason)) }
    }

    /// A command with the time at which it is obeyed.
    struct Order {
        var command: Command
        var at: Timestamp

        func void(_ reason: VoidReason) -> Decision.Content {
            .void(commandKey: command.idempotencyKey, officer: command.officer, reason)
        }
    }

    private mutating func refused(
        _ order: Order,
        into found: inout [Decision.Content]
    ) -> VoidReason? {
        let (officer, key) = (order.command.officer, order.command.idempotencyKey)
        if isBarred(order.command.action.right, order) { return .notPermitted }
        switch order.command.action {
        case .acknowledge(let id, let report, _):
            if isHidden(alerts[id], .acknowledge, order) { return .noSuchAlert }
            if let reason = Desk.refusal(toAcknowledge: alerts[id], report: report) {
                return reason
            }
            guard let alert = alerts.acknowledge(id, by: officer) else { return .noSuchAlert }
            found.append(.alertAcknowledged(alert, commandKey: key))
        case .confirmClock:
            // The hub journals the confirmed clock right behind the command.
            guard clock.isHeld else { return .noStepWaits }
            found.append(.obeyed(commandKey: key, officer: officer))
        case .edit(let wish, _): return edit(wish, order, into: &found)
        case .undo(let number, _): return undo(number, order, into: &found)
        case .setLife(let seen, let isClosed, _):
            return setLife(of: seen, isClosed: isClosed, order, into: &found)
        case .withdraw(let ref): return withdraw(ref, order, into: &found)
        case .classify(let ref, let purpose, _):
            return classify(ref, purpose, order, into: &found)
        }
        return nil
    }

    /// Closes the case of the first of some items that stands in one, or opens it again.
    private mutating func setLife(
        of seen: SeenCase,
        isClosed: Bool,
        _ order: Order,
        into found: inout [Decision.Content]
    ) -> VoidReason? {
        let numbers = seen.items.compactMap { kept($0) }
        guard numbers.count == seen.items.count else { return .noSuchItem }
        guard let first = numbers.first(where: { items[Int($0)].caseNumber >= 0 }) else {
            return .noSuchCase
        }
        if isHidden(item: first, .close, order) { return .noSuchCase }
        let number = Int(items[Int(first)].caseNumber)
        guard (cases.cases[number].life == .closed) != isClosed else { return .alreadySo }
        cases.setLife(isClosed ? .closed : .reopened, of: number)
        found.append(
            .caseLived(
                cases.cases[number].id,
                scope(of: number),
                cases.cases[number].life,
                officer: order.command.officer,
                commandKey: order.command.idempotencyKey
            )
        )
        return nil
    }

    /// A closed case that was fed is open again (重启).
    mutating func reopen(_ number: Int, into found: inout [Decision.Content]) {
        guard number >= 0, cases.cases[number].life == .closed else { return }
        cases.setLife(.reopened, of: number)
        found.append(
            .caseLived(
                cases.cases[number].id,
                scope(of: number),
                .reopened,
                officer: "",
                commandKey: ""
            )
        )
    }

    /// The number of a kept item by its ordinal; `nil` when it never came or was withdrawn.
    func kept(_ ordinal: UInt64) -> Int32? {
        guard ordinal > 0, ordinal <= UInt64(items.count) else { return nil }
        return withdrawals.holds(Int(ordinal) - 1) ? nil : Int32(ordinal - 1)
    }
}
