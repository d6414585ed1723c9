import Testing
import ZeroMQ

/// Peers that misbehave or vanish, while others are served.
@Suite struct PeerTests {
    private let context: Context

    init() throws {
        context = try Context()
    }

    @Test func oversizedMessageDisconnectsItsSenderAlone() throws {
        var gate = try Gate(context, options: [.zapDomain("hub"), .frameBytesMax(1000)])
        let modest = try Socket(context, .dealer)
        try modest.connect(gate.endpoint)
        try modest.say("before")
        try gate.serve { $0.said == ["before"] }
        let greedy = try Socket(context, .dealer)
        try greedy.connect(gate.endpoint)
        try greedy.say(String(repeating: "x", count: 1001))
        try gate.serve { $0.events.containsDisconnect }
        try modest.say(String(repeating: "y", count: 1000))
        try gate.serve { $0.said.contains(String(repeating: "y", count: 1000)) }
        #expect(gate.deliveries.allSatisfy { $0.payload.count <= 1000 } == true)
        _ = greedy.kind
    }

    @Test func stalledHandshakeIsCutOff() throws {
        var gate = try Gate(
            context,
            options: [.zapDomain("hub"), .handshakeInterval(.milliseconds(200))]
        )
        let silent = try PlainConnection(gate.endpoint)
        let start = ContinuousClock.now
        try gate.serve { $0.events.containsDisconnect }
        #expect(ContinuousClock.now - start < .seconds(25), "libzmq's own limit is 30 s")
        #expect(gate.events.contains(.handshakeSucceeded) == false)
        #expect(silent.isClosedByPeer(withinSeconds: 60))
        let modest = try Socket(context, .dealer)
        try modest.connect(gate.endpoint)
        try modest.say("served")
        try gate.serve { $0.said == ["served"] }
    }

    @Test func garbageInsteadOfAHandshakeIsCutOff() throws {
        var gate = try Gate(context, options: [.zapDomain("hub")])
        let peer = try PlainConnection(gate.endpoint)
        peer.send([UInt8](repeating: 0x47, count: 4096))
        #expect(peer.isClosedByPeer(withinSeconds: 60))
        #expect(gate.said == [])
        let modest = try Socket(context, .dealer)
        try modest.connect(gate.endpoint)
        try modest.say("served")
        try gate.serve { $0.said.last == "served" }
    }

    @Test func slowPeerIsTold() throws {
        let router = try Socket(context, .router, options: [.sendQueueMessagesMax(10)])
        let slow = try Socket(
            context,
            .dealer,
            options: [.receiveQueueMessagesMax(10), .routingID([1])]
        )
        try router.bind("inproc://slow")
        try slow.connect("inproc://slow")
        let accepted = try fill(router, peer: [1])
        try #require((1...1000).contains(accepted), "libzmq drops when it never says wouldBlock")
        for number in 0..<accepted { #expect(try slow.hear() == "\(number)") }
        var frames = Frames(capacity: 2)
        frames.append([1])
        frames.append(Array("more".utf8))
        #expect(try router.send(&frames, within: patience) == .sent)
        #expect(try slow.hear() == "more")
    }

    @Test func refusedMessageIsUnchanged() throws {
        let router = try Socket(context, .router, options: [.sendQueueMessagesMax(1)])
        let slow = try Socket(
            context,
            .dealer,
            options: [.receiveQueueMessagesMax(1), .routingID([1])]
        )
        try router.bind("inproc://slow")
        try slow.connect("inproc://slow")
        _ = try fill(router, peer: [1])
        var frames = Frames(capacity: 2)
        frames.append([1])
        frames.append(Array("kept".utf8))
        try #require(try router.send(&frames) == .wouldBlock)
        try #require(frames.count == 2)
        #expect(frames.bytes(of: 1) == Array("kept".utf8))
    }

    @Test func peerThatNeverCameIsUnreachable() throws {
        let router = try Socket(context, .router)
        try router.bind("tcp://127.0.0.1:*")
        var frames = Frames(capacity: 2)
        frames.append(Array("nobody".utf8))
        frames.append([1, 2, 3])
        #expect(try router.send(&frames) == .unreachable)
        #expect(frames.count == 0)
    }

    @Test func peerThatHasGoneIsUnreachable() throws {
        var gate = try Gate(context, options: [.zapDomain("hub")])
        do {
            let passing = try Socket(context, .dealer, options: [.linger(.seconds(60))])
            try passing.connect(gate.endpoint)
            try passing.say("bye")
            try gate.serve { !$0.deliveries.isEmpty }
        }
        let peer = try #require(gate.deliveries.first?.routingID)
        try gate.serve { $0.events.containsDisconnect }
        // The event and the router's own knowledge come by different ways.
        var outcome = SendOutcome.sent
        try gate.serve { gate in
            outcome = (try? gate.answer(peer, "anybody there?")) ?? .sent
            return outcome == .unreachable
        }
    }

    @Test func socketWithoutPeersWouldBlock() throws {
        let dealer = try Socket(context, .dealer)
        var message = Message([1, 2, 3])
        #expect(try dealer.send(&message) == .wouldBlock)
        #expect(try dealer.send(&message, within: .milliseconds(5)) == .wouldBlock)
        #expect(message.copy == [1, 2, 3])
    }

    @Test func serverOutlivesItsMonitor() throws {
        let server = try Socket(context, .router)
        do {
            var monitor = try server.monitor()
            try server.bind("tcp://127.0.0.1:*")
            #expect(try monitor.next(within: patience) == .listening)
        }
        // Events that nobody takes would hold up libzmq's I/O thread, and these messages with it.
        let endpoint = try server.lastEndpoint()
        var frames = Frames(capacity: 2)
        for number in 0..<20 {
            let peer = try Socket(context, .dealer)
            try peer.connect(endpoint)
            try peer.say("\(number)")
            try #require(try server.receive(into: &frames, within: patience) == true)
            #expect(frames.bytes(of: 1) == Array("\(number)".utf8))
        }
    }

    @Test func monitorTellsOfAConnectionFromBeginningToEnd() throws {
        var gate = try Gate(context, options: [.zapDomain("hub")])
        do {
            let peer = try Socket(context, .dealer)
            try peer.connect(gate.endpoint)
            try gate.serve { $0.events.contains(.handshakeSucceeded) }
        }
        try gate.serve { $0.events.containsDisconnect }
        let accepted = gate.events.compactMap { event -> Int32? in
            if case .accepted(let descriptor) = event { descriptor } else { nil }
        }
        let descriptor = try #require(accepted.first)
        #expect(
            gate.events == [
                .listening, .accepted(descriptor: descriptor), .handshakeSucceeded,
                .disconnected(descriptor: descriptor),
            ]
        )
    }

    /// Sends numbered messages until the peer's queue is full; returns how many were taken.
    private func fill(_ router: borrowing Socket, peer: [UInt8]) throws -> Int {
        var frames = Frames(capacity: 2)
        for number in 0...1000 {
            frames.removeAll()
            frames.append(peer)
            frames.append(Array("\(number)".utf8))
            switch try router.send(&frames) {
            case .sent: continue
            case .wouldBlock: return number
            case .unreachable: return -1
            }
        }
        return 1001
    }
}

extension [MonitorEvent] {
    /// Whether a connection has ended.
    var containsDisconnect: Bool {
        contains { if case .disconnected = $0 { true } else { false } }
    }
}
