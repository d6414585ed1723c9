import Testing
import ZeroMQ

/// Contexts end, pollers wake, and neither hangs; run in release too, where lifetimes are short.
@Suite struct ContextTests {
    @Test func contextThatIsForgottenEndsAfterItsSockets() throws {
        let ended = try endsInTime {
            do {
                // The last mention of the context is here; the sockets must keep it alive.
                let server = try Socket(Context(), .router)
                let endpoint = try server.bind("tcp://127.0.0.1:*")
                let client = try Socket(server.context, .dealer)
                try client.connect(endpoint)
                try client.say("hello")
                var frames = Frames(capacity: 2)
                try #require(try server.receive(into: &frames, within: patience) == true)
                #expect(frames.bytes(of: 1) == Array("hello".utf8))
            } catch {
                Issue.record(error)
            }
        }
        #expect(ended)
    }

    @Test func contextEndsThoughMessagesWaitForAnAbsentPeer() throws {
        let ended = try endsInTime {
            do {
                let context = try Context()
                let client = try Socket(context, .dealer)
                try client.connect("tcp://127.0.0.1:1")
                for _ in 0..<10 { try client.say("nobody reads this") }
            } catch {
                Issue.record(error)
            }
        }
        #expect(ended)
    }

    @Test func contextEndsUnderSocketsOfEveryKind() throws {
        let ended = try endsInTime {
            do {
                let context = try Context(ioThreads: 2, socketsMax: 32)
                let server = try Socket(context, .router)
                let monitor = try server.monitor()
                let zap = try ZapHandler(context)
                var poller = Poller(capacity: 4, wakeup: try Wakeup())
                let slot = poller.add(server)
                _ = poller.add(zap.socket)
                _ = poller.add(monitor.socket)
                _ = try poller.wait(atMost: .zero)
                #expect(poller.isReadable(slot) == false)
            } catch {
                Issue.record(error)
            }
        }
        #expect(ended)
    }

    @Test func shutdownEndsAWaitingCall() throws {
        let context = try Context()
        let socket = try Socket(context, .pull)
        try socket.bind("tcp://127.0.0.1:*")
        let closer = OtherThread { context.shutDown() }
        var message = Message()
        let error = #expect(throws: ZeroMQError.self) {
            _ = try socket.receive(into: &message, within: patience)
        }
        #expect(error?.name == "ETERM")
        closer.join()
    }

    @Test func contextRefusesMoreSocketsThanItsLimit() throws {
        let context = try Context(socketsMax: 2)
        let first = try Socket(context, .pair)
        let second = try Socket(context, .pair)
        let error = #expect(throws: ZeroMQError.self) {
            _ = try Socket(context, .pair).kind
        }
        #expect(error?.name == "EMFILE")
        _ = (first.kind, second.kind)
    }

    @Test func wakeupFromAnotherThreadEndsTheWait() throws {
        let wakeup = try Wakeup()
        var poller = Poller(capacity: 1, wakeup: wakeup)
        let other = OtherThread { wakeup.wake() }
        #expect(try poller.wait(atMost: patience) == true)
        #expect(poller.wasWoken == true)
        other.join()
    }

    @Test func manyWakeupsAreOne() throws {
        let wakeup = try Wakeup()
        var poller = Poller(capacity: 1, wakeup: wakeup)
        for _ in 0..<1000 { wakeup.wake() }
        #expect(try poller.wait(atMost: .zero) == true)
        #expect(poller.wasWoken == true)
        #expect(try poller.wait(atMost: .zero) == false)
        #expect(poller.wasWoken == false)
    }

    @Test func readinessStandsUntilTheSocketIsDrained() throws {
        let context = try Context()
        let left = try Socket(context, .pair)
        let right = try Socket(context, .pair)
        try left.bind("inproc://ready")
        try right.connect("inproc://ready")
        var poller = Poller(capacity: 2, wakeup: try Wakeup())
        let slot = poller.add(right)
        try left.say("one")
        try left.say("two")
        #expect(try poller.wait(atMost: patience) == true)
        #expect(poller.isReadable(slot) == true)
        #expect(try right.hear() == "one")
        #expect(try poller.wait(atMost: patience) == true)
        #expect(poller.isReadable(slot) == true)
        #expect(try right.hear() == "two")
        #expect(try poller.wait(atMost: .zero) == false)
        #expect(poller.isReadable(slot) == false)
        poller.watch(slot, for: [.readable, .writable])
        #expect(try poller.wait(atMost: patience) == true)
        #expect(poller.isWritable(slot) == true)
        #expect(poller.isReadable(slot) == false)
    }

    @Test func messagesOfAnotherThreadWakeThePoller() throws {
        let context = try Context()
        let server = try Socket(context, .pull)
        let endpoint = try server.bind("tcp://127.0.0.1:*")
        var poller = Poller(capacity: 1, wakeup: try Wakeup())
        let slot = poller.add(server)
        let other = OtherThread {
            do {
                let client = try Socket(context, .push, options: [.linger(.seconds(60))])
                try client.connect(endpoint)
                for number in 0..<1000 { try client.say("\(number)") }
            } catch {
                Issue.record(error)
            }
        }
        var message = Message()
        var received: [String] = []
        let deadline = ContinuousClock.now + patience
        while received.count < 1000, ContinuousClock.now < deadline {
            _ = try poller.wait(atMost: .seconds(1))
            guard poller.isReadable(slot) else { continue }
            // Bounded, as every drain is.
            for _ in 0..<64 where try server.receive(into: &message) {
                received.append(String(decoding: message.copy, as: UTF8.self))
            }
        }
        other.join()
        #expect(received == (0..<1000).map(String.init))
    }
}
