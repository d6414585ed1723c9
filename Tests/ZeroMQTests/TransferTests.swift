import Testing
import ZeroMQ

/// Messages and frames on their way.
@Suite struct TransferTests {
    private let context: Context

    init() throws {
        context = try Context()
    }

    @Test func messageOfSeveralFramesArrivesWhole() throws {
        let ends = try Ends(context)
        var frames = Frames(capacity: 4)
        frames.append(Array("one".utf8))
        frames.append([])
        var third = Message([3, 3, 3])
        frames.append(moving: &third)
        #expect(third.byteCount == 0)
        #expect(try ends.left.send(&frames) == .sent)
        #expect(frames.count == 0)

        var received = Frames(capacity: 4)
        try #require(try ends.right.receive(into: &received, within: patience) == true)
        try #require(received.count == 3)
        #expect(received.surplus == 0)
        #expect((0..<3).map { received.bytes(of: $0) } == [Array("one".utf8), [], [3, 3, 3]])
    }

    @Test func framesWithoutRoomAreCountedAndTheNextMessageIsWhole() throws {
        let ends = try Ends(context)
        var frames = Frames(capacity: 5)
        for byte in UInt8(0)..<5 { frames.append([byte]) }
        #expect(try ends.left.send(&frames) == .sent)
        try ends.left.say("next")

        var received = Frames(capacity: 2)
        try #require(try ends.right.receive(into: &received, within: patience) == true)
        try #require(received.count == 2)
        #expect(received.surplus == 3)
        try #require(try ends.right.receive(into: &received, within: patience) == true)
        try #require(received.count == 1)
        #expect(received.surplus == 0)
        #expect(received.bytes(of: 0) == Array("next".utf8))
    }

    @Test func messageSaysWhetherItGoesOn() throws {
        let ends = try Ends(context)
        var frames = Frames(capacity: 2)
        frames.append([1])
        frames.append([2])
        #expect(try ends.left.send(&frames) == .sent)
        var message = Message()
        try #require(try ends.right.receive(into: &message, within: patience) == true)
        #expect(message.isFollowed == true)
        try #require(try ends.right.receive(into: &message) == true)
        #expect(message.isFollowed == false)
        #expect(message.copy == [2])
    }

    @Test func bytesTravelWithoutACopyInAMessageThatIsReused() throws {
        let ends = try Ends(context)
        var outgoing = Message()
        var incoming = Message()
        for round in UInt8(1)...3 {
            outgoing.replace(copying: [UInt8](repeating: round, count: 4096).span.bytes)
            let written = outgoing.place
            #expect(try ends.left.send(&outgoing) == .sent)
            #expect(outgoing.byteCount == 0)
            try #require(try ends.right.receive(into: &incoming, within: patience) == true)
            #expect(incoming.place == written)
            #expect(incoming.copy == [UInt8](repeating: round, count: 4096))
        }
    }

    @Test func sharedFrameIsNotCopied() throws {
        var first = Frames(capacity: 1)
        first.append([UInt8](repeating: 7, count: 4096))
        var second = Frames(capacity: 1)
        second.append(sharing: 0, of: first)
        let places = (first.place(of: 0), second.place(of: 0))
        #expect(places.0 == places.1)
        first.removeAll()
        #expect(second.bytes(of: 0) == [UInt8](repeating: 7, count: 4096))
    }

    @Test func messageIsFilledInPlace() {
        let message = Message(byteCount: 300) { span in
            for byte in 0..<300 { span.append(UInt8(truncatingIfNeeded: byte)) }
        }
        #expect(message.copy == (0..<300).map { UInt8(truncatingIfNeeded: $0) })
    }

    @Test func receivingWithoutAMessageEndsInTime() throws {
        let ends = try Ends(context)
        var message = Message([1])
        #expect(try ends.right.receive(into: &message) == false)
        #expect(try ends.right.receive(into: &message, within: .milliseconds(5)) == false)
        var frames = Frames(capacity: 1)
        #expect(try ends.right.receive(into: &frames) == false)
        _ = ends.left.kind
    }

    @Test func requestAndReplyTakeTurns() throws {
        let rep = try Socket(context, .rep)
        let req = try Socket(context, .req)
        try req.connect(try rep.bind("tcp://127.0.0.1:*"))
        try req.say("question")
        #expect(try rep.hear() == "question")
        let error = #expect(throws: ZeroMQError.self) {
            try req.send(copying: [1])
        }
        #expect(error?.name == "EFSM")
        try rep.say("answer")
        #expect(try req.hear() == "answer")
    }

    @Test func peerAddressAndKindAreKnown() throws {
        let router = try Socket(context, .router)
        let dealer = try Socket(context, .dealer)
        try dealer.connect(try router.bind("tcp://127.0.0.1:*"))
        try dealer.say("hello")
        var frames = Frames(capacity: 2)
        try #require(try router.receive(into: &frames, within: patience) == true)
        #expect(frames.property(.peerAddress) == "127.0.0.1")
        #expect(frames.property(.socketType) == "DEALER")
        #expect(frames.property(.userID) == nil)
    }
}

/// Two sockets of one conversation within the process.
private struct Ends: ~Copyable {
    let left: Socket
    let right: Socket

    init(_ context: Context) throws {
        let left = try Socket(context, .pair)
        let right = try Socket(context, .pair)
        try left.bind("inproc://ends")
        try right.connect("inproc://ends")
        self.left = left
        self.right = right
    }
}

extension Message {
    /// Where the bytes lie.
    fileprivate var place: UInt {
        withBytes { bytes in bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
    }
}

extension Frames {
    /// Where a frame's bytes lie.
    fileprivate func place(of index: Int) -> UInt {
        withBytes(at: index) { bytes in bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
    }
}
