import CZeroMQ
import Glibc

/// What became of a message that was to be sent.
package enum SendOutcome: Sendable {
    /// libzmq has taken it; the message is empty now.
    case sent
    /// The peer's queue is full (`EAGAIN`); the message is unchanged and may be sent again.
    case wouldBlock
    /// The router's peer is gone (`EHOSTUNREACH`), or the only peer went in the middle of the
    /// message; what was sent of it is gone too.
    case unreachable
}

extension Socket {
    /// Sends a message of one frame.
    ///
    /// - Parameters:
    ///   - message: Its content; empty after `.sent`.
    ///   - within: How long to wait for room; zero does not wait.
    /// - Returns: What became of it.
    /// - Throws: `ETERM` after the context's shutdown, `EFSM` out of turn.
    package func send(
        _ message: inout Message,
        within: Duration = .zero
    ) throws(ZeroMQError) -> SendOutcome {
        try unsafe handle.send(message.storage, more: false, within: within)
    }

    /// Sends a message of one frame with a copy of the bytes.
    package func send(
        copying bytes: [UInt8],
        within: Duration = .zero
    ) throws(ZeroMQError) -> SendOutcome {
        var message = Message(bytes)
        return try send(&message, within: within)
    }

    /// Sends a message of several frames, all or none.
    ///
    /// - Parameters:
    ///   - frames: At least one; for a router the first is the peer's routing id. Empty after
    ///     `.sent` and `.unreachable`, unchanged after `.wouldBlock`.
    ///   - within: How long to wait for room; zero does not wait.
    /// - Returns: What became of it.
    /// - Throws: `EINVAL` for no frames, `ETERM` after the context's shutdown, `EFSM` out of turn.
    package func send(
        _ frames: inout Frames,
        within: Duration = .zero
    ) throws(ZeroMQError) -> SendOutcome {
        let last = frames.count - 1
        guard last >= 0 else { throw ZeroMQError(number: EINVAL, operation: "send no frames") }
        var outcome = try unsafe handle.send(frames.storage, more: last > 0, within: within)
        guard outcome == .sent else {
            if outcome == .unreachable { frames.removeAll() }
            return outcome
        }
        // When the peer goes in the middle, libzmq rolls the message back, refuses one frame and
        // swallows the rest. The rest must be sent all the same: left out, the next message's
        // frames would be swallowed in its place.
        for index in stride(from: 1, through: last, by: 1) {
            let frame = unsafe frames.storage + index
            if try unsafe handle.send(frame, more: index < last, within: .zero) != .sent {
                outcome = .unreachable
            }
        }
        frames.removeAll()
        return outcome
    }

    /// Receives one frame into a message that is reused.
    ///
    /// - Parameters:
    ///   - message: Takes the frame; `isFollowed` says whether the same message goes on.
    ///   - within: How long to wait for it; zero does not wait.
    /// - Returns: Whether a frame came.
    /// - Throws: `ETERM` after the context's shutdown, `EFSM` out of turn.
    package func receive(
        into message: inout Message,
        within: Duration = .zero
    ) throws(ZeroMQError) -> Bool {
        try unsafe handle.receive(message.storage, within: within)
    }

    /// Receives one whole message into frames that are reused.
    ///
    /// - Parameters:
    ///   - frames: Takes the message; `surplus` says how many frames had no room.
    ///   - within: How long to wait for it; zero does not wait.
    /// - Returns: Whether a message came.
    /// - Throws: `ETERM` after the context's shutdown, `EFSM` out of turn.
    package func receive(
        into frames: inout Frames,
        within: Duration = .zero
    ) throws(ZeroMQError) -> Bool {
        frames.removeAll()
        guard try unsafe handle.receive(frames.storage, within: within) else { return false }
        frames.count = 1
        var last = unsafe frames.storage
        // libzmq hands out whole messages only, so the other frames are there already.
        while unsafe zmq_msg_more(last) != 0 {
            unsafe last = frames.storage + frames.count
            guard try unsafe handle.receive(last, within: .zero) else { break }
            if frames.count < frames.capacity { frames.count += 1 } else { frames.surplus += 1 }
        }
        if frames.surplus > 0 { unsafe (frames.storage + frames.capacity).clear() }
        return true
    }
}

extension SocketHandle {
    fileprivate func send(
        _ message: UnsafeMutablePointer<zmq_msg_t>,
        more: Bool,
        within: Duration
    ) throws(ZeroMQError) -> SendOutcome {
        let raw = unsafe claim("send")
        let flags = more ? ZMQ_SNDMORE : 0
        let arrived = try attempt("send", within: within) { (wait) throws(ZeroMQError) in
            try allow(sending: wait)
            return unsafe zmq_msg_send(message, raw, wait == 0 ? flags | ZMQ_DONTWAIT : flags)
        }
        switch arrived {
        case nil: return .unreachable
        case true?: return .sent
        case false?: return .wouldBlock
        }
    }

    fileprivate func receive(
        _ message: UnsafeMutablePointer<zmq_msg_t>,
        within: Duration
    ) throws(ZeroMQError) -> Bool {
        let raw = unsafe claim("receive")
        let arrived = try attempt("receive", within: within) { (wait) throws(ZeroMQError) in
            try allow(receiving: wait)
            return unsafe zmq_msg_recv(message, raw, wait == 0 ? ZMQ_DONTWAIT : 0)
        }
        return arrived == true
    }

    /// Calls libzmq until it is done, the time is over or it fails; a signal only interrupts.
    ///
    /// - Returns: Done, or not yet; nil when the peer is gone.
    private func attempt(
        _ operation: String,
        within: Duration,
        _ call: (_ waitMilliseconds: Int32) throws(ZeroMQError) -> Int32
    ) throws(ZeroMQError) -> Bool? {
        var wait = within.milliseconds
        let deadline = wait > 0 ? ContinuousClock.now + within : nil
        while true {
            if try call(wait) >= 0 { return true }
            switch zmq_errno() {
            case EAGAIN: return false
            case EHOSTUNREACH: return nil
            case EINTR:
                if let deadline { wait = (deadline - .now).milliseconds }
            default: throw .last(operation)
            }
        }
    }

    private func allow(sending wait: Int32) throws(ZeroMQError) {
        guard wait > 0, wait != sendMilliseconds else { return }
        try set(ZMQ_SNDTIMEO, wait, "set the send timeout")
        sendMilliseconds = wait
    }

    private func allow(receiving wait: Int32) throws(ZeroMQError) {
        guard wait > 0, wait != receiveMilliseconds else { return }
        try set(ZMQ_RCVTIMEO, wait, "set the receive timeout")
        receiveMilliseconds = wait
    }
}
