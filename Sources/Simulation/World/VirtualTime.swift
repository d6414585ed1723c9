import Domain
import Hub
import LiandongClient
import Storage
import Wire

/// The time of a simulated world, which passes only when the world says so (虚拟时间).
final class VirtualTime: Sendable {
    private let elapsed = Locked<Int64>(0)
    private let origin: Timestamp

    /// A world that begins at a moment.
    init(origin: Timestamp) {
        self.origin = origin
    }

    /// Milliseconds since the world began.
    var milliseconds: Int64 { elapsed.withLock { $0 } }

    /// The wall clock.
    var wall: Timestamp { origin + TimeSpan(milliseconds: milliseconds) }

    /// Time passes.
    func advance(to milliseconds: Int64) {
        elapsed.withLock { $0 = max($0, milliseconds) }
    }
}

/// The hub's view of it: its wall clock may be stepped.
struct VirtualHubClock: HubClock {
    let time: VirtualTime
    /// The wall clock less the true time.
    let error: Locked<TimeSpan>

    init(time: VirtualTime) {
        self.time = time
        error = Locked(TimeSpan(milliseconds: 0))
    }

    func now() -> Timestamp { time.wall + error.withLock { $0 } }
    func monotonicMilliseconds() -> Int64 { time.milliseconds }
    func monotonicMicroseconds() -> Int64 { time.milliseconds * 1000 }
}

/// A client's view of it.
struct VirtualClientClock: ClientClock {
    let time: VirtualTime

    var now: Uptime { Uptime(milliseconds: time.milliseconds) }

    /// The world lets time pass, not its inhabitants.
    func rest(milliseconds: Int64) {}
}
