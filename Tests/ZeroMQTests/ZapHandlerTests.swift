import Testing
import ZeroMQ

/// The ZAP handler itself, and the proof at the start.
@Suite struct ZapHandlerTests {
    private let context: Context

    init() throws {
        context = try Context()
    }

    @Test func secondHandlerOfAContextIsRefused() throws {
        let first = try ZapHandler(context)
        let error = #expect(throws: ZeroMQError.self) { _ = try ZapHandler(context).socket.kind }
        #expect(error?.name == "EADDRINUSE")
        _ = first.socket.kind
    }

    @Test func handlerCanBeReplacedAtOnce() throws {
        for _ in 0..<100 {
            let handler = try ZapHandler(context)
            #expect(handler.socket.kind == .router)
        }
    }

    private static let malformed: [([String], String)] = [
        ([], "500"),
        (["1.0"], "500"),
        (["2.0", "7", "hub", "127.0.0.1", "", "NULL"], "500"),
        (["1.0", "7", "hub", "127.0.0.1", ""], "500"),
        (["1.0", "7", String(repeating: "d", count: 256), "127.0.0.1", "", "NULL"], "500"),
        (["1.0", "7", "hub", "127.0.0.1", "", "CURVE"], "400"),
        (["1.0", "7", "hub", "127.0.0.1", "", "CURVE", "short"], "400"),
        (["1.0", "7", "hub", "127.0.0.1", "", "CURVE", "short", "more"], "400"),
        (["1.0", "7", "hub", "127.0.0.1", "", "NULL", "1", "2", "3", "4", "5"], "500"),
    ]

    @Test(arguments: malformed)
    func malformedRequestIsAnsweredAsSuch(_ request: [String], _ status: String) throws {
        var zap = try ZapHandler(context)
        var reply = Frames(capacity: 10)
        let requester = try ask(request, &zap, &reply)
        try #require(reply.count == 7)
        #expect(reply.text(1) == "1.0")
        #expect(reply.text(3) == status)
        #expect(reply.text(5) == "", "no user id for a peer that is not let in")
        _ = requester.kind
    }

    @Test func requestWithoutDelimiterIsAnswered() throws {
        var zap = try ZapHandler(context)
        let requester = try Socket(context, .dealer)
        try requester.connect("inproc://zeromq.zap.01")
        try requester.say("not a request")
        let tally = try answerOne(&zap)
        #expect(tally.malformed == 1)
        var reply = Frames(capacity: 10)
        try #require(try requester.receive(into: &reply, within: patience) == true)
        #expect(reply.text(3) == "500")
    }

    @Test func wellFormedRequestIsAnsweredWithItsNumber() throws {
        var zap = try ZapHandler(context)
        var reply = Frames(capacity: 10)
        let requester = try ask(["1.0", "42", "hub", "10.1.2.3", "", "NULL"], &zap, &reply)
        let texts = (0..<reply.count).map { reply.text($0) }
        #expect(texts == ["", "1.0", "42", "400", "Not permitted", "", ""])
        _ = requester.kind
    }

    @Test func oneCallAnswersNoMoreThanItsLimit() throws {
        var zap = try ZapHandler(context)
        let requester = try Socket(context, .dealer)
        try requester.connect("inproc://zeromq.zap.01")
        for _ in 0..<5 { try requester.say("not a request") }
        var poller = Poller(capacity: 1, wakeup: try Wakeup())
        _ = poller.add(zap.socket)
        #expect(try poller.wait(atMost: patience) == true)
        #expect(try zap.answerPending(limit: 2) { _ in .deny }.total == 2)
        #expect(try zap.answerPending(limit: 2) { _ in .deny }.total == 2)
        #expect(try zap.answerPending(limit: 2) { _ in .deny }.total == 1)
    }

    @Test(arguments: [SocketKind.router, .rep, .pull])
    func proofPassesWhenStrangersAreRefused(_ kind: SocketKind) throws {
        var zap = try ZapHandler(context)
        let server = try CurveKeyPair.generate()
        var asked: [ZapRequest] = []
        try zap.proveThatStrangersAreRefused(
            by: kind,
            options: [.curveServer(server, domain: "hub")],
            within: patience
        ) { peer in
            asked.append(peer)
            return .deny
        }
        #expect(!asked.isEmpty)
        #expect(asked.allSatisfy { $0.domain == "hub" && $0.address == "127.0.0.1" })
        #expect(asked.allSatisfy { $0.publicKey != nil })
    }

    @Test func proofFailsWhenEverybodyIsLetIn() throws {
        var zap = try ZapHandler(context)
        let options = [SocketOption.curveServer(try .generate(), domain: "hub")]
        let failure = failureOfProof(&zap, options) { _ in .allow(userID: "anybody") }
        #expect(failure == .admitted(.unknownKey))
    }

    @Test func proofFailsForAServerWithoutEncryption() throws {
        var zap = try ZapHandler(context)
        #expect(failureOfProof(&zap, [.zapDomain("hub")]) { _ in .deny } == .noCurveServer)
    }

    private func failureOfProof(
        _ zap: inout ZapHandler,
        _ options: [SocketOption],
        decide: (ZapRequest) -> ZapDecision
    ) -> ZapProofFailure? {
        do throws(ZapProofFailure) {
            try zap.proveThatStrangersAreRefused(
                by: .router,
                options: options,
                within: patience,
                decide: decide
            )
            return nil
        } catch {
            return error
        }
    }

    /// Sends one request as libzmq would and has it answered with a refusal.
    private func ask(
        _ request: [String],
        _ zap: inout ZapHandler,
        _ reply: inout Frames
    ) throws -> Socket {
        let requester = try Socket(context, .dealer)
        try requester.connect("inproc://zeromq.zap.01")
        var frames = Frames(capacity: 16)
        frames.append([])
        for text in request { frames.append(Array(text.utf8)) }
        #expect(try requester.send(&frames, within: patience) == .sent)
        let tally = try answerOne(&zap)
        #expect(tally.total == 1)
        try #require(try requester.receive(into: &reply, within: patience) == true)
        return requester
    }

    private func answerOne(_ zap: inout ZapHandler) throws -> ZapTally {
        var poller = Poller(capacity: 1, wakeup: try Wakeup())
        _ = poller.add(zap.socket)
        #expect(try poller.wait(atMost: patience) == true)
        return try zap.answerPending(limit: 1) { _ in .deny }
    }
}

extension Frames {
    fileprivate func text(_ index: Int) -> String {
        String(decoding: bytes(of: index), as: UTF8.self)
    }
}
