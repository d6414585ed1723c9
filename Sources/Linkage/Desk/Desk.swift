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
        hash.add(command.officer)
        hash.add(0)
        hash.add(command.idempotencyKey)
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

// In a state: the keys in their order, and which gives way next.
extension Desk {
    func write(to writer: inout StateWriter) {
        writer.begin(.desk)
        writer.put(list: order)
        writer.put(UInt32(next))
    }

    init(_ reader: inout StateReader) throws(StateError) {
        try reader.begin(.desk)
        order = try reader.list("the commands' keys")
        next = Int(try reader.number("the oldest key", as: UInt32.self))
        known = Set(order)
        let isBounded = order.count <= Desk.keysMax && (next == 0 || next < order.count)
        try reader.check(isBounded && known.count == order.count, "the commands' keys")
    }
}
