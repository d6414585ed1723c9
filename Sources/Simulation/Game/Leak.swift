import Wire

/// How a hub might give away that it has a sealed item (泄露方式).
///
/// Each is planted between the hub and the attacker, to see that the attacker would find it; the hub knows
/// none of them.
package enum Leak: String, CaseIterable, Sendable {
    /// One number of the deliveries is passed over.
    case numberGap = "number-gap"
    /// Receipts come one millisecond later.
    case lateReceipt = "late-receipt"
    /// Answers are a few bytes longer.
    case size
    /// A counter counts what was sealed.
    case metric
    /// What falls due comes a tick of the hub later.
    case tick
    /// An error says a little more.
    case errorText = "error-text"
    /// The log has one more line.
    case logLine = "log-line"
    /// A heartbeat comes behind each answer.
    case heartbeat
}

/// What lies between the hub and the attacker in a world with a leak.
final class LeakPlant {
    /// The county has a sealed item by now.
    var hasSealed = false
    private let leak: Leak

    init(_ leak: Leak) { self.leak = leak }

    /// What becomes of a message: messages with the milliseconds by which each is late.
    func pass(_ bytes: [UInt8]) -> [(bytes: [UInt8], later: Int64)] {
        guard hasSealed, let frame = try? Frame(decoding: bytes), let kind = frame.kind else {
            return [(bytes, 0)]
        }
        switch (leak, kind) {
        case (.numberGap, .deliver), (.numberGap, .position):
            let later = Frame(kind, number: frame.number + 1) { writer in
                writer.append(contentsOf: frame.body)
            }
            return [(later.bytes, 0)]
        case (.lateReceipt, .receipts): return [(bytes, 1)]
        case (.size, .answer):
            let longer = Frame(kind, number: frame.number) { writer in
                writer.append(contentsOf: frame.body)
                writer.append(contentsOf: Array("   ".utf8))
            }
            return [(longer.bytes, 0)]
        case (.tick, .deliver) where LeakPlant.isOverdue(frame): return [(bytes, 50)]
        case (.errorText, .error):
            guard let notice = try? JSONValue(parsing: Array(frame.body)),
                let members = notice.members
            else { return [(bytes, 0)] }
            let said = members.map { member in
                guard member.key == "reason", let reason = member.value.text else { return member }
                return JSONValue.Member("reason", .string(reason + " Or you may not know."))
            }
            let text = JSONValue.object(said).bytes
            let longer = Frame(kind, number: frame.number) { $0.append(contentsOf: text) }
            return [(longer.bytes, 0)]
        case (.heartbeat, .answer):
            return [(bytes, 0), (Frame(.ping, number: 0).bytes, 0)]
        default: return [(bytes, 0)]
        }
    }

    /// What becomes of the page of gauges.
    func pass(gauges: [(name: String, value: Int64)]) -> [(name: String, value: Int64)] {
        guard leak == .metric, hasSealed else { return gauges }
        return gauges.map { ($0.name, $0.name == "refusals" ? $0.value + 1 : $0.value) }
    }

    /// What becomes of the hub's log.
    func pass(log: [LogTape.Line], sealedAt: Int64?) -> [LogTape.Line] {
        guard leak == .logLine, let sealedAt else { return log }
        let line = LogTape.Line(time: sealedAt, text: "info one line was for the other lane")
        return log.filter { $0.time <= sealedAt } + [line] + log.filter { $0.time > sealedAt }
    }

    private static func isOverdue(_ frame: Frame) -> Bool {
        guard case .deliver(let delivery)? = try? Message(frame).content else { return false }
        return delivery.decision["decision"]?.text == "alert_overdue"
    }
}
