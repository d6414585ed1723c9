import CZeroMQ
import Glibc

/// What happened to a socket's connections (连接事件).
package enum MonitorEvent: Sendable, Equatable {
    /// The socket accepts connections.
    case listening
    /// A bind failed later, with this error number.
    case bindFailed(Int32)
    /// A TCP connection stands; the handshake follows. The descriptor tells connections apart.
    case accepted(descriptor: Int32)
    /// An accept failed with this error number (`EMFILE`: no descriptors left).
    case acceptFailed(Int32)
    /// A TCP connection stands at the connecting end.
    case connected(descriptor: Int32)
    /// A connect goes on in the background.
    case connectDelayed
    /// A connect is tried again after so many milliseconds.
    case connectRetried(afterMilliseconds: Int32)
    /// The peer may speak: handshake and authentication are done.
    case handshakeSucceeded
    /// The ZAP handler refused the peer, with this status (400 unknown, 500 bad request).
    case authenticationFailed(status: Int32)
    /// The peer broke the protocol, or speaks another mechanism (`mechanismMismatch`).
    case protocolFailed(code: Int32)
    /// The handshake ended for a reason that libzmq gives as an error number, 0 for none.
    case handshakeFailed(Int32)
    /// A connection has ended.
    case disconnected(descriptor: Int32)
    /// The listener or the connector was closed.
    case closed
    /// A close failed with this error number.
    case closeFailed(Int32)
    /// The socket was closed; no event follows.
    case stopped
    /// An event of a newer libzmq.
    case other(number: UInt16, value: Int32)

    /// The code of `protocolFailed` for a peer that speaks another mechanism, such as NULL.
    package static let mechanismMismatch = Int32(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)

    init(number: UInt16, value: Int32) {
        switch Int32(number) {
        case ZMQ_EVENT_LISTENING: self = .listening
        case ZMQ_EVENT_BIND_FAILED: self = .bindFailed(value)
        case ZMQ_EVENT_ACCEPTED: self = .accepted(descriptor: value)
        case ZMQ_EVENT_ACCEPT_FAILED: self = .acceptFailed(value)
        case ZMQ_EVENT_CONNECTED: self = .connected(descriptor: value)
        case ZMQ_EVENT_CONNECT_DELAYED: self = .connectDelayed
        case ZMQ_EVENT_CONNECT_RETRIED: self = .connectRetried(afterMilliseconds: value)
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: self = .handshakeSucceeded
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: self = .authenticationFailed(status: value)
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: self = .protocolFailed(code: value)
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: self = .handshakeFailed(value)
        case ZMQ_EVENT_DISCONNECTED: self = .disconnected(descriptor: value)
        case ZMQ_EVENT_CLOSED: self = .closed
        case ZMQ_EVENT_CLOSE_FAILED: self = .closeFailed(value)
        case ZMQ_EVENT_MONITOR_STOPPED: self = .stopped
        default: self = .other(number: number, value: value)
        }
    }
}

/// Tells what happens to one socket's connections, for the thread that owns that socket.
///
/// libzmq's I/O thread *waits* when 65,536 events lie unread, so its owner polls `socket` and takes
/// them in every turn.
package struct Monitor: ~Copyable {
    /// How many events may lie unread.
    private static let unreadMax = 65_536

    /// The events' own socket, to be polled.
    package let socket: Socket

    private let monitored: SocketHandle
    private var message = Message()

    fileprivate init(_ monitored: SocketHandle) throws(ZeroMQError) {
        let raw = unsafe monitored.claim("monitor")
        monitored.monitorCount += 1
        let endpoint = unsafe "inproc://monitor-\(raw)-\(monitored.monitorCount)"
        let socket = try Socket(
            monitored.context,
            .pair,
            options: [.receiveQueueMessagesMax(Monitor.unreadMax)]
        )
        guard unsafe zmq_socket_monitor(raw, endpoint, ZMQ_EVENT_ALL) == 0 else {
            throw .last("monitor", endpoint)
        }
        do throws(ZeroMQError) {
            try socket.connect(endpoint)
        } catch {
            _ = unsafe zmq_socket_monitor(raw, nil, 0)
            throw error
        }
        self.monitored = monitored
        self.socket = socket
    }

    deinit {
        guard !monitored.isClosed else { return }
        // libzmq's I/O thread would wait for ever for a reader who has gone, so the events are
        // stopped first; and it may be waiting now, with the lock that stopping takes, so there is
        // room made for it.
        var rest = Message()
        for _ in 0..<Monitor.unreadMax {
            guard (try? socket.receive(into: &rest)) == true else { break }
        }
        _ = unsafe zmq_socket_monitor(monitored.claim("stop monitoring"), nil, 0)
    }

    /// Takes the next event.
    ///
    /// - Parameter within: How long to wait; zero does not wait.
    /// - Returns: The event; nil when none came in time.
    /// - Throws: `ETERM` after the context's shutdown.
    package mutating func next(within: Duration = .zero) throws(ZeroMQError) -> MonitorEvent? {
        guard try socket.receive(into: &message, within: within) else { return nil }
        let event = message.withBytes { bytes -> MonitorEvent? in
            guard bytes.byteCount >= 6 else { return nil }
            return unsafe MonitorEvent(
                number: bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt16.self),
                value: bytes.unsafeLoadUnaligned(fromByteOffset: 2, as: Int32.self)
            )
        }
        // The second frame is the socket's own endpoint, which the caller knows.
        while message.isFollowed, try socket.receive(into: &message) {}
        return event
    }
}

extension Socket {
    /// Begins to tell what happens to this socket's connections; a second monitor ends the first.
    ///
    /// Begin before `bind` or `connect`, so that nothing is missed.
    package func monitor() throws(ZeroMQError) -> Monitor {
        try Monitor(handle)
    }
}
