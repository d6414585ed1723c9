import Domain

/// The officers' commands: each is taken once, and one without an object says why (值班台).
struct Desk: Sendable {
    /// The most idempotency keys remembered; the oldest give way.
    static let keysMax = 4096

    private var known: Set<UInt64> = []
    private var order: [UInt64] = []
    private var next = 0

    /// Remembers a command's key; false when it came before.
    mutating func isNew(_ command: Command) -> Bool {
        var hash = StableHash()
        hash.add(command.officer.utf8)
        hash.add(CollectionOfOne(0))
        hash.add(command.idempotencyKey.utf8)
        guard known.insert(hash.value).inserted else { return false }
        if order.count < Desk.keysMax {
            order.append(hash.value)
        } else {
            known.remove(order[next])
            order[next] = hash.value
            next = (next + 1) % Desk.keysMax
        }
        return true
    }

    /// Why an alert cannot be signed for; `nil` when it can.
    static func refusal(toAcknowledge alert: Alert?, report: Int) -> VoidReason? {
        guard let alert else { return .noSuchAlert }
        if alert.state == .acknowledged { return .alreadyAcknowledged }
        if alert.state == .over { return .isOver }
        return alert.report == report ? nil : .reportMovedOn
    }
}
