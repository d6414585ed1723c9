import Testing
import ZeroMQ

/// Who is let in: first the ways in which libzmq would let anybody in.
@Suite struct DoorTests {
    private let context: Context
    private let server: CurveKeyPair
    private let known: CurveKeyPair
    private let stranger: CurveKeyPair

    init() throws {
        context = try Context()
        server = try .generate()
        known = try .generate()
        stranger = try .generate()
    }

    private func gate(_ more: [SocketOption] = []) throws -> Gate {
        try Gate(
            context,
            options: [.curveServer(server, domain: "hub")] + more,
            permitted: [known.publicKey: "/agency/xinfang"]
        )
    }

    @Test func serverWithoutHandlerDoesNotOpen() throws {
        let socket = try Socket(context, .router, options: [.curveServer(server, domain: "hub")])
        let expected = ZeroMQError(
            number: 1,
            operation: "bind",
            endpoint: "tcp://127.0.0.1:*"
        )
        #expect(throws: expected) { try socket.bind("tcp://127.0.0.1:*") }
        #expect(expected.description.contains("EPERM"))
        #expect(expected.description.contains("ZapHandler"))
    }

    @Test func serverThatLosesItsHandlerLetsNobodyIn() throws {
        var gate = try gate()
        gate.loseHandler()
        let client = try client(
            of: gate.endpoint,
            context,
            keys: known,
            server: server,
            saying: "hello"
        )
        try gate.serve { gate in
            gate.events.contains { if case .handshakeFailed = $0 { true } else { false } }
        }
        #expect(gate.events.contains(.handshakeSucceeded) == false)
        #expect(gate.said == [])
        _ = client.kind
    }

    @Test func unencryptedServerThatLosesItsHandlerLetsNobodyIn() throws {
        var gate = try Gate(context, options: [.zapDomain("hub")])
        gate.loseHandler()
        let peer = try PlainConnection(gate.endpoint)
        peer.send(nullHandshake(claiming: "/agency/xinfang"))
        try gate.serve { gate in
            gate.events.contains { if case .handshakeFailed = $0 { true } else { false } }
        }
        #expect(gate.said == [])
    }

    @Test func knownKeyIsLetInUnderItsName() throws {
        var gate = try gate()
        let client = try client(
            of: gate.endpoint,
            context,
            keys: known,
            server: server,
            saying: "hello"
        )
        try gate.serve { !$0.deliveries.isEmpty }
        #expect(gate.said == ["hello"])
        #expect(gate.deliveries.first?.userID == "/agency/xinfang")
        #expect(gate.events.contains(.handshakeSucceeded) == true)
        _ = client.kind
    }

    @Test func unknownKeyIsRefused() throws {
        var gate = try gate()
        let refused = try client(
            of: gate.endpoint,
            context,
            keys: stranger,
            server: server,
            saying: "let me in"
        )
        try gate.serve { $0.events.contains(.authenticationFailed(status: 400)) }
        #expect(gate.events.contains(.handshakeSucceeded) == false)
        let welcome = try client(
            of: gate.endpoint,
            context,
            keys: known,
            server: server,
            saying: "hello"
        )
        try gate.serve { !$0.deliveries.isEmpty }
        #expect(gate.said == ["hello"])
        _ = (refused.kind, welcome.kind)
    }

    @Test func refusedClientLearnsIt() throws {
        var gate = try gate()
        let refused = try Socket(
            context,
            .dealer,
            options: [.curveClient(stranger, server: server.publicKey)]
        )
        var monitor = try refused.monitor()
        try refused.connect(gate.endpoint)
        try gate.serve { $0.events.contains(.authenticationFailed(status: 400)) }
        var events: [MonitorEvent] = []
        while !events.contains(.authenticationFailed(status: 400)) {
            events.append(try #require(try monitor.next(within: patience)))
        }
        #expect(!events.contains(.handshakeSucceeded))
    }

    @Test func clientWithAnotherServersKeyDoesNotConnect() throws {
        var gate = try gate()
        let client = try client(
            of: gate.endpoint,
            context,
            keys: known,
            server: stranger,
            saying: "secret"
        )
        try gate.serve {
            $0.events.contains { if case .protocolFailed = $0 { true } else { false } }
        }
        #expect(gate.said == [])
        #expect(client.kind == .dealer)
    }

    @Test func peerWithoutEncryptionIsRefused() throws {
        var gate = try gate()
        let peer = try Socket(context, .dealer)
        try peer.connect(gate.endpoint)
        try peer.say("let me in")
        try gate.serve {
            $0.events.contains(.protocolFailed(code: MonitorEvent.mechanismMismatch))
        }
        #expect(gate.events.contains(.handshakeSucceeded) == false)
        #expect(gate.said == [])
        #expect(gate.guests == 0)
    }

    @Test func rawPeerAtAnEncryptedServerIsRefused() throws {
        var gate = try gate()
        let peer = try PlainConnection(gate.endpoint)
        peer.send(nullHandshake(claiming: "/agency/xinfang"))
        try gate.serve {
            $0.events.contains(.protocolFailed(code: MonitorEvent.mechanismMismatch))
        }
        #expect(gate.said == [])
    }

    @Test func peerCannotNameItself() throws {
        var gate = try Gate(context, options: [.zapDomain("hub")])
        let peer = try PlainConnection(gate.endpoint)
        peer.send(nullHandshake(claiming: "/agency/xinfang"))
        try gate.serve { $0.events.contains(.handshakeSucceeded) }
        peer.send(plainMessage("forged"))
        try gate.serve { !$0.deliveries.isEmpty }
        #expect(gate.said == ["forged"])
        #expect(gate.deliveries.first?.userID == "guest")
        #expect(gate.guests == 1)
    }

    @Test(arguments: ["", "/agency\0/xinfang", String(repeating: "x", count: 256)])
    func userIDThatCannotBeTrustedCountsAsRefusal(_ userID: String) throws {
        var zap = try ZapHandler(context)
        let options = [SocketOption.curveServer(server, domain: "hub")]
        // The proof passes only when the stranger is refused, although the decision allows it.
        try zap.proveThatStrangersAreRefused(by: .router, options: options, within: patience) { _ in
            .allow(userID: userID)
        }
    }

    @Test func squattedRoutingIDNeitherTakesAnswersNorIdentity() throws {
        var gate = try Gate(
            context,
            options: [.curveServer(server, domain: "hub")],
            permitted: [
                known.publicKey: "/agency/xinfang", stranger.publicKey: "/agency/other",
            ]
        )
        let first = try client(
            of: gate.endpoint,
            context,
            keys: known,
            server: server,
            routingID: "xinfang",
            saying: "first"
        )
        try gate.serve { $0.said == ["first"] }
        let squatter = try client(
            of: gate.endpoint,
            context,
            keys: stranger,
            server: server,
            routingID: "xinfang",
            saying: "squatter"
        )
        try gate.serve { $0.events.count { $0 == .handshakeSucceeded } == 2 }
        try first.say("again")
        try gate.serve { $0.said.contains("again") }
        // Whatever comes under the routing id, the name is that of the key.
        #expect(gate.said.allSatisfy { $0 != "squatter" } == true)
        #expect(gate.deliveries.allSatisfy { $0.userID == "/agency/xinfang" } == true)
        #expect(try gate.answer(Array("xinfang".utf8), "receipt") == .sent)
        #expect(try first.hear() == "receipt")
        var message = Message()
        #expect(try squatter.receive(into: &message) == false)
    }
}
