package import CoreMetrics
import Storage

/// Metrics as Prometheus reads them (指标): the text format 0.0.4, behind the facade of swift-metrics.
///
/// A metric is declared with its help before it is used; what was not declared is not shown. Counters
/// end with `_total`. Any thread counts; the server prints.
package final class Exposition: MetricsFactory, Sendable {
    /// What a name means.
    package struct Declaration: Sendable {
        /// The name, in base units: `liandong_lag_seconds`.
        package let name: String
        /// One sentence.
        package let help: String
        /// Only ever grows.
        package let isCounter: Bool

        /// A declaration from its parts.
        package init(_ name: String, _ help: String, isCounter: Bool = false) {
            self.name = name
            self.help = help
            self.isCounter = isCounter
        }
    }

    private let declarations: [Declaration]
    private let series = Locked<[String: [String: Series]]>([:])

    /// An exposition of the declared metrics, in this order.
    package init(_ declarations: [Declaration]) {
        self.declarations = declarations
    }

    /// The page.
    package var text: String {
        let known = series.withLock { $0 }
        var lines: [String] = []
        for each in declarations {
            guard let found = known[each.name], !found.isEmpty else { continue }
            lines.append("# HELP \(each.name) \(each.help)")
            lines.append("# TYPE \(each.name) \(each.isCounter ? "counter" : "gauge")")
            for (labels, one) in found.sorted(by: { $0.key < $1.key }) {
                lines.append("\(each.name)\(labels) \(Exposition.number(one.value))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A number as Prometheus reads it; whole ones without a point.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// `{agency="xinfang"}`, with the three escapes of the format.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        let pairs = dimensions.map { key, value in
            var escaped = ""
            for character in value.unicodeScalars {
                switch character {
                case "\\": escaped += "\\\\"
                case "\"": escaped += "\\\""
                case "\n": escaped += "\\n"
                default: escaped.unicodeScalars.append(character)
                }
            }
            return "\(key)=\"\(escaped)\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }

    private func series(_ label: String, _ dimensions: [(String, String)]) -> Series {
        let labels = Exposition.labels(dimensions)
        return series.withLock { known in
            if let one = known[label]?[labels] { return one }
            let one = Series()
            known[label, default: [:]][labels] = one
            return one
        }
    }

    /// A counter.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions)
    }

    /// A gauge.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions)
    }

    /// A recorder keeps its last value.
    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler { series(label, dimensions) }

    /// A timer keeps its last value, in nanoseconds.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions)
    }

    /// Series stay until the process ends.
    package func destroyCounter(_ handler: any CounterHandler) {}
    /// Series stay until the process ends.
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Series stay until the process ends.
    package func destroyTimer(_ handler: any TimerHandler) {}
    /// Series stay until the process ends.
    package func destroyMeter(_ handler: any MeterHandler) {}
}

/// One name with its labels.
private final class Series: CounterHandler, MeterHandler, RecorderHandler, TimerHandler, Sendable {
    private let number = Locked<Double>(0)

    var value: Double { number.withLock { $0 } }

    func increment(by amount: Int64) { number.withLock { $0 += Double(amount) } }
    func reset() { number.withLock { $0 = 0 } }
    func set(_ value: Int64) { number.withLock { $0 = Double(value) } }
    func set(_ value: Double) { number.withLock { $0 = value } }
    func increment(by amount: Double) { number.withLock { $0 += amount } }
    func decrement(by amount: Double) { number.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
    func recordNanoseconds(_ duration: Int64) { set(duration) }
}
