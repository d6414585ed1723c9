import LiandongClient
import Wire

/// An officer's subscription in a measurement: which item's alert came when.
struct AlertWatch: ~Copyable {
    private var line: DeskLine<BenchConnection>
    /// The items whose alerts came since the last look, and when, in nanoseconds.
    private var latest: [String: Int64] = [:]

    /// Subscribes to all alerts and waits until the subscription is live.
    init(_ connection: consuming BenchConnection) throws {
        line = try AlertWatch.subscribed(connection)
    }

    private static func subscribed(
        _ connection: consuming BenchConnection
    ) throws -> DeskLine<BenchConnection> {
        var line = try DeskLine(connection, agent: Version.agent, within: 30_000)
        try line.subscribe(["alert.>"])
        var isLive = false
        while !isLive, let event = try line.next(within: 30_000) {
            if case .snapshotComplete = event { isLive = true }
        }
        guard isLive else {
            throw CommandFailure(.unreachable, "the measured hub completes no subscription")
        }
        return line
    }

    /// Waits for one more delivery; `false` when none came in time.
    mutating func wait(milliseconds: Int64) throws -> Bool {
        guard let event = try line.next(within: milliseconds) else { return false }
        let now = Nanoseconds.now
        if case .delivered(let delivery, _) = event,
            let item = delivery.decision["alert"]?["items"]?.elements?.last
        {
            latest[item.string("id"), default: now] = now
        }
        return true
    }

    /// What came since the last call.
    mutating func takeLatest() -> [String: Int64] {
        defer { latest.removeAll(keepingCapacity: true) }
        return latest
    }
}
