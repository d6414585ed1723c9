import Synchronization
import Testing
import ZeroMQ

/// One thread owns a socket; any other use ends the process and says why.
@Suite struct OwnershipTests {
    @Test func secondThreadEndsTheProcess() async throws {
        let result = try await #require(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let socket = try Socket(Context(), .dealer)
            try socket.bind("tcp://127.0.0.1:*")
            let shared = Shared(socket)
            OtherThread { shared.use() }.join()
        }
        #expect(result.says("read the last endpoint on a dealer socket that another thread owns"))
        #expect(result.says("handOver()"))
    }

    @Test func droppingInASecondThreadEndsTheProcess() async throws {
        let result = try await #require(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let socket = try Socket(Context(), .dealer)
            try socket.bind("tcp://127.0.0.1:*")
            let shared = Shared(socket)
            OtherThread { shared.drop() }.join()
        }
        #expect(result.says("close of a dealer socket that another thread owns"))
    }

    @Test func pollingASocketThatIsClosedEndsTheProcess() async throws {
        let result = try await #require(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            var poller = Poller(capacity: 1, wakeup: try Wakeup())
            do {
                let socket = try Socket(Context(), .dealer)
                _ = poller.add(socket)
            }
            _ = try poller.wait(atMost: .zero)
        }
        #expect(result.says("poll on a dealer socket that is closed"))
    }

    @Test func socketHandedOverServesItsNewThread() throws {
        let socket = try Socket(Context(), .dealer)
        try socket.bind("tcp://127.0.0.1:*")
        socket.handOver()
        let shared = Shared(socket)
        let ended = try endsInTime {
            shared.use()
            shared.drop()
        }
        #expect(ended)
        #expect(shared.endpoint.hasPrefix("tcp://127.0.0.1:"))
    }

    /// The flag orders nothing, so `handOver()` alone makes the first thread's use visible to the
    /// second; the thread sanitizer sees it if it does not.
    @Test func handOverIsTheMemoryBarrier() throws {
        let crossing = Crossing(try Socket(Context(), .dealer))
        let second = OtherThread {
            let deadline = ContinuousClock.now + patience
            while !crossing.isHandedOver.load(ordering: .relaxed) {
                guard ContinuousClock.now < deadline else { return }
            }
            crossing.use()
        }
        crossing.use()
        crossing.isHandedOver.store(true, ordering: .relaxed)
        second.join()
        #expect(crossing.uses.load(ordering: .relaxed) == 2)
    }

    @Test func openingIsNoUse() throws {
        let shared = Shared(try Socket(Context(), .dealer, options: [.linger(.seconds(1))]))
        let ended = try endsInTime {
            shared.use()
            shared.drop()
        }
        #expect(ended)
    }
}

/// A socket that two threads can reach, as a bug would have it.
private final class Shared: Sendable {
    private let socket: Mutex<Socket?>
    private let found = Mutex("")

    init(_ socket: consuming sending Socket) {
        self.socket = Mutex(consume socket)
    }

    var endpoint: String { found.withLock { $0 } }

    func use() {
        socket.withLock { socket in
            guard let taken = socket.take() else { return }
            let endpoint = (try? taken.lastEndpoint()) ?? "none"
            found.withLock { $0 = endpoint }
            socket = consume taken
        }
    }

    func drop() {
        socket.withLock { $0 = nil }
    }
}

/// A socket that goes from one thread to another.
private final class Crossing: Sendable {
    let isHandedOver = Atomic(false)
    let uses = Atomic(0)
    private let socket: Socket

    init(_ socket: consuming Socket) {
        self.socket = socket
    }

    /// Uses the socket and gives it up.
    func use() {
        var message = Message()
        // Waiting, if only so long, writes down the time-out in the socket's memory.
        let wait = Duration.milliseconds(1 + uses.load(ordering: .relaxed))
        let received = try? socket.receive(into: &message, within: wait)
        if received == false { uses.add(1, ordering: .relaxed) }
        socket.handOver()
    }
}

extension ExitTest.Result {
    /// Whether the process said so before it ended.
    fileprivate func says(_ text: String) -> Bool {
        String(decoding: standardErrorContent, as: UTF8.self).contains(text)
    }
}
