import Domain
import Hub
import Wire

/// What was measured in front of one mark.
struct EngineWindow {
    var stages: [EngineStage: EngineMeter.Cost] = [:]
    var looked = 0
    var (postings, reached, sought, full, candidates, sharers) = (0, 0, 0, 0, 0, 0)
    private var batches: [Double] = []
    private var current = EngineMeter.Cost()
    private var inBatch = 0
    private var timed = EngineMeter.Cost()
    private var timedCount = 0

    /// Takes in what one item took.
    mutating func time(_ cost: EngineMeter.Cost) {
        current += cost
        timed += cost
        timedCount += 1
        inBatch += 1
        guard inBatch == EngineMeasurement.batch else { return }
        batches.append(current.seconds / Double(inBatch))
        (current, inBatch) = (EngineMeter.Cost(), 0)
    }

    /// Microseconds an item: the median of the batches, so that a neighbour's burst does not count.
    var microseconds: Double {
        let sorted = batches.sorted()
        let median =
            sorted.isEmpty ? timed.seconds / Double(max(1, timedCount)) : sorted[sorted.count / 2]
        return (median * 1_000_000).places(2)
    }

    func row(
        active: Int,
        features: Int,
        bytes: Int?,
        resident: Int,
        meter: borrowing EngineMeter
    ) -> JSONValue {
        func mean(_ sum: Int) -> JSONValue {
            .number((Double(sum) / Double(max(1, looked))).places(2))
        }
        func each(_ bytes: Int) -> JSONValue { .integer(Int64(bytes / max(1, active))) }
        var parts: [JSONValue.Member] = []
        // What went through the stages one by one warms the caches for `apply`, so the whole is that
        // of the items before, which did not.
        var rest = EngineMeter.Cost(
            seconds: microseconds / 1_000_000,
            instructions: timed.instructions / UInt64(max(1, timedCount))
        )
        for stage in EngineStage.allCases {
            let cost = stages[stage] ?? EngineMeter.Cost()
            rest.seconds -= cost.seconds / Double(max(1, looked))
            rest.instructions &-= min(
                rest.instructions,
                cost.instructions / UInt64(max(1, looked))
            )
            parts.append(.init(stage.rawValue, meter.json(cost, items: looked)))
        }
        parts.append(.init("rest", meter.json(rest, items: 1)))
        let count = timedCount
        return [
            "active": .integer(Int64(active)), "us_per_item": .number(microseconds),
            "items_per_second": .number((1_000_000 / max(microseconds, 0.01)).places(0)),
            "instructions_per_item": meter.json(timed, items: count)["instructions"] ?? .null,
            "bytes_per_item": bytes.map(each) ?? .null, "rss_bytes_per_item": each(resident),
            "features": .integer(Int64(features)), "stages": .object(parts),
            "lists": [
                "looked_at": .integer(Int64(looked)), "sought": mean(sought),
                "postings": mean(postings), "reached": mean(reached), "full": mean(full),
                "candidates": mean(candidates), "copy_candidates": mean(sharers),
            ],
        ]
    }

    /// The same for a person.
    func text(active: Int) -> String {
        let each = stages.sorted { $0.key.rawValue < $1.key.rawValue }.map { stage, cost in
            "\(stage.rawValue) \((cost.seconds * 1_000_000 / Double(max(1, looked))).places(1))"
        }
        return "\(active) active: \(microseconds) us an item; " + each.joined(separator: ", ")
    }
}
