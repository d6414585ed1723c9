import Testing
import ZeroMQ

/// How long a test waits for what must happen: long, since it only matters when something is broken.
let patience = Duration.seconds(60)

/// A server with a door, as the hub has one: ZAP handler, router and monitor, polled by one thread.
struct Gate: ~Copyable {
    /// What the router received.
    struct Delivery: Equatable {
        let routingID: [UInt8]
        let payload: [UInt8]
        let userID: String?
    }

    let endpoint: String
    let server: Socket
    private(set) var monitor: Monitor
    private(set) var zap: ZapHandler?
    private(set) var permitted: [CurvePublicKey: String]
    private(set) var events: [MonitorEvent] = []
    private(set) var deliveries: [Delivery] = []
    /// How often the door was asked by a peer without a key.
    private(set) var guests = 0

    private var poller: Poller
    private var frames = Frames(capacity: 4)

    /// Opens a router on a free port, behind a handler that lets in those keys, and any peer
    /// without a key as `guest`.
    init(
        _ context: Context,
        options: [SocketOption],
        permitted: [CurvePublicKey: String] = [:]
    ) throws {
        let zap = try ZapHandler(context)
        let server = try Socket(context, .router, options: options)
        let monitor = try server.monitor()
        let endpoint = try server.bind("tcp://127.0.0.1:*")
        var poller = Poller(capacity: 3, wakeup: try Wakeup())
        _ = poller.add(server)
        _ = poller.add(monitor.socket)
        self.endpoint = endpoint
        self.zap = consume zap
        self.monitor = monitor
        self.poller = poller
        self.server = server
        self.permitted = permitted
    }

    /// Lets the handler go, as a bug would.
    mutating func loseHandler() {
        zap = nil
    }

    /// Serves until something holds; throws what has happened instead when the patience is over.
    mutating func serve(until holds: (borrowing Gate) -> Bool) throws {
        let deadline = ContinuousClock.now + patience
        while !holds(self) {
            guard ContinuousClock.now < deadline else {
                throw Overdue(events: events, said: said)
            }
            // The handler's requests come by a socket that may be gone; so it is asked each turn.
            _ = try poller.wait(atMost: .milliseconds(2))
            try turn()
        }
    }

    /// What was awaited did not happen.
    struct Overdue: Error {
        let events: [MonitorEvent]
        let said: [String]
    }

    private mutating func turn() throws {
        let permitted = permitted
        var guests = guests
        if var zap = zap.take() {
            _ = try zap.answerPending(limit: 16) { peer in
                guard let key = peer.publicKey else {
                    guests += 1
                    return .allow(userID: "guest")
                }
                return permitted[key].map { .allow(userID: $0) } ?? .deny
            }
            self.zap = consume zap
        }
        self.guests = guests
        while let event = try monitor.next() { events.append(event) }
        while try server.receive(into: &frames) {
            deliveries.append(
                Delivery(
                    routingID: frames.bytes(of: 0),
                    payload: frames.count > 1 ? frames.bytes(of: 1) : [],
                    userID: frames.property(.userID)
                )
            )
        }
    }

    /// Answers a peer with one frame.
    func answer(_ routingID: [UInt8], _ payload: String) throws -> SendOutcome {
        var frames = Frames(capacity: 2)
        frames.append(routingID)
        frames.append(Array(payload.utf8))
        return try server.send(&frames)
    }

    /// What peers have said, in order.
    var said: [String] { deliveries.map { String(decoding: $0.payload, as: UTF8.self) } }
}

extension Frames {
    /// A copy of one frame's bytes.
    func bytes(of index: Int) -> [UInt8] {
        withBytes(at: index) { bytes in bytes.withUnsafeBytes { Array($0) } }
    }
}

extension Message {
    /// A copy of the message's bytes.
    var copy: [UInt8] { withBytes { bytes in bytes.withUnsafeBytes { Array($0) } } }
}

extension Socket {
    /// Sends a text within the tests' patience.
    func say(_ text: String) throws {
        let outcome = try send(copying: Array(text.utf8), within: patience)
        #expect(outcome == .sent)
    }

    /// The next message's text within the tests' patience.
    func hear() throws -> String? {
        var message = Message()
        guard try receive(into: &message, within: patience) else { return nil }
        return String(decoding: message.copy, as: UTF8.self)
    }
}

/// A CURVE client that says one thing.
func client(
    of endpoint: String,
    _ context: Context,
    keys: CurveKeyPair,
    server: CurveKeyPair,
    routingID: String? = nil,
    saying text: String
) throws -> Socket {
    var options = [SocketOption.curveClient(keys, server: server.publicKey)]
    if let routingID { options.append(.routingID(Array(routingID.utf8))) }
    let socket = try Socket(context, .dealer, options: options)
    try socket.connect(endpoint)
    try socket.say(text)
    return socket
}
