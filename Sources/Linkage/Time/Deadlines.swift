import Domain
import HeapModule

/// What falls due, in the order (due, id) (期限).
struct Deadlines: Sendable {
    /// One deadline: by then somebody must have signed for an alert.
    struct Deadline: Comparable, Sendable {
        var due: Timestamp
        /// The identifier's number, which orders equal times.
        var id: UInt64
        /// The alert's number among the alerts.
        var alert: Int32

        static func < (left: Deadline, right: Deadline) -> Bool {
            if left.due != right.due { return left.due < right.due }
            return left.id == right.id ? left.alert < right.alert : left.id < right.id
        }
    }

    private var heap = Heap<Deadline>()

    var count: Int { heap.count }

    /// When the next one is due, which may no longer matter.
    var nextDue: Timestamp? { heap.min?.due }

    /// Sets a deadline; one that no longer matters is passed over when it is due.
    mutating func set(_ deadline: Deadline) { heap.insert(deadline) }

    /// The next deadline that is due at `time`.
    mutating func next(at time: Timestamp) -> Deadline? {
        guard let first = heap.min, first.due <= time else { return nil }
        return heap.popMin()
    }
}

// In a state: in the order in which they fall due.
extension Deadlines {
    func write(to writer: inout StateWriter) {
        let all = heap.unordered.sorted()
        writer.put(list: all.map(\.due.milliseconds))
        writer.put(list: all.map(\.id))
        writer.put(list: all.map(\.alert))
    }

    init(_ reader: inout StateReader, alertCount: Int) throws(StateError) {
        let dues: [Int64] = try reader.list("the deadlines")
        let ids: [UInt64] = try reader.list("the deadlines' ids", count: dues.count)
        let alerts: [Int32] = try reader.list("the deadlines' alerts", count: dues.count)
        let isBounded = alerts.allSatisfy { $0 >= 0 && Int($0) < alertCount }
        try reader.check(isBounded, "the deadlines' alerts")
        heap = Heap(
            dues.indices.map {
                Deadline(
                    due: Timestamp(milliseconds: dues[$0]),
                    id: ids[$0],
                    alert: alerts[$0]
                )
            }
        )
    }
}
