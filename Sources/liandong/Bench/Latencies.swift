import Wire

/// Spans of time, all of them kept, so that percentiles are exact.
struct Latencies {
    private var nanoseconds: [Int64] = []

    var count: Int { nanoseconds.count }

    mutating func reserve(_ count: Int) { nanoseconds.reserveCapacity(count) }

    mutating func add(_ span: Int64) { nanoseconds.append(span) }

    mutating func add(_ other: Latencies) { nanoseconds += other.nanoseconds }

    /// Milliseconds at 50 and 99 percent and the longest; `nil` without any.
    var summary: JSONValue {
        guard !nanoseconds.isEmpty else { return .null }
        let sorted = nanoseconds.sorted()
        func at(_ permille: Int) -> JSONValue {
            let rank = (sorted.count * permille + 999) / 1000
            return .number(Latencies.milliseconds(sorted[max(0, rank - 1)]))
        }
        return ["p50": at(500), "p99": at(990), "max": at(1000)]
    }

    private static func milliseconds(_ span: Int64) -> Double {
        (Double(span) / 1000).rounded() / 1000
    }
}

extension Double {
    /// Rounded to so many places.
    func places(_ count: Int) -> Double {
        var unit = 1.0
        for _ in 0..<count { unit *= 10 }
        return (self * unit).rounded() / unit
    }
}
