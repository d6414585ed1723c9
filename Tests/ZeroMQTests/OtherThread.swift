import Glibc
import ZeroMQ

/// A thread of its own, so that no test waits for the cooperative pool.
final class OtherThread: Sendable {
    private let thread: pthread_t

    /// Starts the body.
    init(_ body: @escaping @Sendable () -> Void) {
        final class Work: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let result = pthread_create(
            &thread,
            nil,
            { raw in
                if let raw { Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().body() }
                return nil
            },
            Unmanaged.passRetained(Work(body)).toOpaque()
        )
        precondition(result == 0, "no thread: errno \(result)")
        self.thread = thread
    }

    /// Waits for its end.
    func join() {
        pthread_join(thread, nil)
    }
}

/// Runs a body in a thread of its own; returns whether it ended in time.
///
/// If it did not, the thread
/// is left behind.
func endsInTime(_ body: @escaping @Sendable () -> Void) throws -> Bool {
    let done = try Wakeup()
    let thread = OtherThread {
        body()
        done.wake()
    }
    var poller = Poller(capacity: 1, wakeup: done)
    let deadline = ContinuousClock.now + patience
    while !poller.wasWoken {
        guard ContinuousClock.now < deadline else { return false }
        _ = try poller.wait(atMost: .seconds(1))
    }
    thread.join()
    return true
}
