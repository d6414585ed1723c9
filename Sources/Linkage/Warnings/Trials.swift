import Domain

/// How far rules on trial have come in each matter (试运行规则), so that each level is told once.
///
/// At most `standingsMax` pairs of a matter and a rule; of more the oldest gives way.
struct Trials: Sendable {
    /// The most pairs remembered.
    static let standingsMax = 65_536

    private var levels: [UInt64: AlertLevel] = [:]
    private var order: [UInt64] = []
    private var next = 0

    /// A rule reaches a level in a matter; false where it had come as far before.
    mutating func reach(_ level: AlertLevel, _ rule: String, anchor: UInt64) -> Bool {
        var hash = StableHash()
        hash.add(rule)
        let key = StableHash.mix(anchor, hash.value)
        if let before = levels[key] {
            guard before < level else { return false }
            levels[key] = level
            return true
        }
        levels[key] = level
        if order.count < Trials.standingsMax {
            order.append(key)
        } else {
            levels.removeValue(forKey: order[next])
            order[next] = key
            next = (next + 1) % Trials.standingsMax
        }
        return true
    }
}

// In a state: the pairs in their order, and which gives way next.
extension Trials {
    func write(to writer: inout StateWriter) {
        writer.begin(.trials)
        writer.put(list: order)
        writer.put(list: order.map { UInt8(levels[$0]?.rawValue ?? 0) })
        writer.put(UInt32(next))
    }

    init(_ reader: inout StateReader) throws(StateError) {
        try reader.begin(.trials)
        order = try reader.list("the rules on trial")
        let found: [UInt8] = try reader.list("their levels", count: order.count)
        next = Int(try reader.number("the oldest trial", as: UInt32.self))
        for (key, number) in zip(order, found) {
            guard let level = AlertLevel(rawValue: Int(number)) else {
                throw .badField("a trial's level")
            }
            levels[key] = level
        }
        let isBounded = order.count <= Trials.standingsMax && (next == 0 || next < order.count)
        try reader.check(isBounded && levels.count == order.count, "the rules on trial")
    }
}
