import Testing
import ZeroMQ

/// What goes wrong is said with its name, its place and the next step.
@Suite struct ErrorTests {
    private let context: Context

    init() throws {
        context = try Context()
    }

    @Test func portInUseIsNamed() throws {
        let first = try Socket(context, .router)
        let second = try Socket(context, .router)
        let endpoint = try first.bind("tcp://127.0.0.1:*")
        let error = try #require(throws: ZeroMQError.self) { try second.bind(endpoint) }
        #expect(error.name == "EADDRINUSE")
        #expect(error.operation == "bind")
        #expect(error.endpoint == endpoint)
        #expect(error.description.contains(endpoint))
        #expect(error.description.contains("another port"))
    }

    @Test(arguments: [
        ("", "EINVAL"), ("nonsense", "EINVAL"), ("tcp://127.0.0.1", "EINVAL"),
        ("tcp://127.0.0.1:99999", "EINVAL"), ("carrier://pigeon", "EPROTONOSUPPORT"),
        ("tcp://192.0.2.1:5555", "EADDRNOTAVAIL"), ("ipc:///nowhere/at/all", "ENOENT"),
    ])
    func wrongEndpointIsExplained(_ endpoint: String, _ name: String) throws {
        let socket = try Socket(context, .router)
        let error = try #require(throws: ZeroMQError.self) { try socket.bind(endpoint) }
        #expect(error.name == name)
        #expect(error.endpoint == endpoint)
    }

    private static let outOfRange: [SocketOption] = [
        .linger(.seconds(-1)),
        .sendQueueMessagesMax(0),
        .receiveQueueMessagesMax(0),
        .receiveQueueMessagesMax(1 << 40),
        .frameBytesMax(0),
        .handshakeInterval(.zero),
        .heartbeat(every: .seconds(1), timeout: .seconds(3), timeToLive: .seconds(100_000)),
        .reconnect(first: .zero, longest: .seconds(1)),
        .tcpKeepalive(idle: .milliseconds(500), every: .seconds(1), probes: 3),
        .routingID([]),
        .routingID([UInt8](repeating: 1, count: 256)),
        .zapDomain(""),
        .zapDomain(String(repeating: "d", count: 256)),
    ]

    @Test(arguments: outOfRange)
    func optionOutOfRangeIsRefused(_ option: SocketOption) throws {
        let error = try #require(throws: ZeroMQError.self) {
            _ = try Socket(context, .router, options: [option]).kind
        }
        #expect(error.name == "EINVAL")
        #expect(error.operation.hasPrefix("set "))
    }

    @Test func everyOptionIsTaken() throws {
        let keys = try CurveKeyPair.generate()
        let socket = try Socket(
            context,
            .dealer,
            options: [
                .linger(.milliseconds(1)), .sendQueueMessagesMax(1), .receiveQueueMessagesMax(1),
                .frameBytesMax(1 << 20), .backlog(512), .handshakeInterval(.seconds(10)),
                .heartbeat(every: .seconds(5), timeout: .seconds(15), timeToLive: .seconds(15)),
                .tcpKeepalive(idle: .seconds(60), every: .seconds(10), probes: 3),
                .ipv6(true), .immediate(true), .connectTimeout(.seconds(5)),
                .reconnect(first: .milliseconds(100), longest: .seconds(30)),
                .routingID([1]), .curveClient(keys, server: keys.publicKey),
            ]
        )
        #expect(socket.kind == .dealer)
    }

    @Test func contextOutOfRangeIsRefused() {
        #expect(throws: ZeroMQError.self) { try Context(ioThreads: 0) }
        #expect(throws: ZeroMQError.self) { try Context(socketsMax: 0) }
    }

    @Test func unknownNumberIsStillNamed() {
        let error = ZeroMQError(number: 9999, operation: "bind")
        #expect(error.name == "E9999")
        #expect(error.description.hasPrefix("cannot bind: E9999"))
    }
}
