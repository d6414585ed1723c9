import CZeroMQ
import Glibc

/// One setting of a socket, with its unit in its type.
///
/// A list of these configures the public sockets and the start-up proof alike, so that the proof
/// is about the same server.
package enum SocketOption: Sendable {
    /// How long a close may go on sending what is queued; the default is zero.
    case linger(Duration)
    /// How many messages to one peer may wait here, at least 1.
    case sendQueueMessagesMax(Int)
    /// How many messages of one peer may wait here, at least 1.
    case receiveQueueMessagesMax(Int)
    /// The largest frame taken, in bytes; a peer that sends a larger one is disconnected.
    case frameBytesMax(Int)
    /// A socket that listens already, for the next `bind`, whose address is then unused; libzmq closes it.
    case listener(descriptor: Int32)
    /// How many connections the system queues before they are accepted.
    case backlog(Int)
    /// How long a peer may take to shake hands before it is disconnected; at least 1 ms.
    case handshakeInterval(Duration)
    /// ZMTP heartbeats: how often, how long to wait for the answer, how long the peer may wait.
    case heartbeat(every: Duration, timeout: Duration, timeToLive: Duration)
    /// TCP keep-alive in whole seconds: when idle so long, probe so often, so many times.
    case tcpKeepalive(idle: Duration, every: Duration, probes: Int)
    /// Whether names may resolve to IPv6 addresses.
    case ipv6(Bool)
    /// Whether messages wait for a finished connection instead of piling up for an absent peer.
    case immediate(Bool)
    /// The first and the longest pause between attempts to connect.
    case reconnect(first: Duration, longest: Duration)
    /// How long the system may take to open a TCP connection.
    case connectTimeout(Duration)
    /// The routing id that this end asks for, 1...255 bytes, the first not 0. No proof of identity.
    case routingID([UInt8])
    /// Serves with CURVE and asks the ZAP handler about every client's key.
    ///
    /// One option sets key, domain and `ZMQ_ZAP_ENFORCE_DOMAIN` together: without the last, libzmq
    /// lets everybody in when no handler is bound.
    case curveServer(CurveKeyPair, domain: String)
    /// Connects with CURVE, and only to the holder of the server's secret key.
    case curveClient(CurveKeyPair, server: CurvePublicKey)
    /// Serves without encryption, but asks the ZAP handler about every client.
    case zapDomain(String)

    /// Sets the option on the libzmq socket.
    func apply(to socket: SocketHandle) throws(ZeroMQError) {
        switch self {
        case .linger(let span): try socket.set(ZMQ_LINGER, span, "set linger")
        case .sendQueueMessagesMax(let count):
            try socket.set(ZMQ_SNDHWM, count, 1..., "set sendQueueMessagesMax")
        case .receiveQueueMessagesMax(let count):
            try socket.set(ZMQ_RCVHWM, count, 1..., "set receiveQueueMessagesMax")
        case .frameBytesMax(let count): try socket.setFrameBytesMax(count)
        case .listener(let descriptor):
            try socket.set(ZMQ_USE_FD, descriptor, "set listener")
        case .backlog(let count): try socket.set(ZMQ_BACKLOG, count, 1..., "set backlog")
        case .handshakeInterval(let span):
            try socket.set(ZMQ_HANDSHAKE_IVL, span, 1...Int32.max, "set handshakeInterval")
        case .heartbeat(let every, let timeout, let timeToLive):
            try socket.set(ZMQ_HEARTBEAT_IVL, every, "set heartbeat interval")
            try socket.set(ZMQ_HEARTBEAT_TIMEOUT, timeout, "set heartbeat timeout")
            try socket.set(ZMQ_HEARTBEAT_TTL, timeToLive, 0...6_553_599, "set heartbeat time")
        case .tcpKeepalive(let idle, let every, let probes):
            let (idle, every) = (Int(idle.components.seconds), Int(every.components.seconds))
            try socket.set(ZMQ_TCP_KEEPALIVE, 1, "set tcpKeepalive")
            try socket.set(ZMQ_TCP_KEEPALIVE_IDLE, idle, 1..., "set tcpKeepalive idle")
            try socket.set(ZMQ_TCP_KEEPALIVE_INTVL, every, 1..., "set tcpKeepalive interval")
            try socket.set(ZMQ_TCP_KEEPALIVE_CNT, probes, 1..., "set tcpKeepalive probes")
        case .ipv6(let isOn): try socket.set(ZMQ_IPV6, isOn ? 1 : 0, "set ipv6")
        case .immediate(let isOn): try socket.set(ZMQ_IMMEDIATE, isOn ? 1 : 0, "set immediate")
        case .reconnect(let first, let longest):
            try socket.set(ZMQ_RECONNECT_IVL, first, 1...Int32.max, "set reconnect first")
            try socket.set(ZMQ_RECONNECT_IVL_MAX, longest, "set reconnect longest")
        case .connectTimeout(let span):
            try socket.set(ZMQ_CONNECT_TIMEOUT, span, "set connectTimeout")
        case .routingID(let bytes): try socket.set(ZMQ_ROUTING_ID, bytes, "set routingID")
        case .curveServer(let keys, let domain):
            try socket.enforce(domain: domain)
            try socket.set(ZMQ_CURVE_SERVER, 1, "set curveServer")
            try socket.set(secret: keys.secret)
        case .curveClient(let keys, let server):
            try socket.set(ZMQ_CURVE_SERVERKEY, server.bytes, "set server key")
            try socket.set(ZMQ_CURVE_PUBLICKEY, keys.publicKey.bytes, "set public key")
            try socket.set(secret: keys.secret)
        case .zapDomain(let domain): try socket.enforce(domain: domain)
        }
    }
}

extension SocketHandle {
    func set(_ option: Int32, _ value: Int32, _ operation: String) throws(ZeroMQError) {
        let raw = unsafe claim("set an option")
        var value = value
        guard unsafe zmq_setsockopt(raw, option, &value, MemoryLayout<Int32>.size) == 0 else {
            throw .last(operation)
        }
    }

    func set(_ option: Int32, _ bytes: RawSpan, _ operation: String) throws(ZeroMQError) {
        let raw = unsafe claim("set an option")
        let result = unsafe bytes.withUnsafeBytes { buffer in
            unsafe zmq_setsockopt(raw, option, buffer.baseAddress, buffer.count)
        }
        guard result == 0 else { throw .last(operation) }
    }

    fileprivate func set(
        _ option: Int32,
        _ bytes: [UInt8],
        _ operation: String
    ) throws(ZeroMQError) {
        try unsafe set(option, bytes.span.bytes, operation)
    }

    fileprivate func set(
        _ option: Int32,
        _ value: Int,
        _ range: PartialRangeFrom<Int>,
        _ operation: String
    ) throws(ZeroMQError) {
        guard range.contains(value), let value = Int32(exactly: value) else {
            throw ZeroMQError(number: EINVAL, operation: operation)
        }
        try set(option, value, operation)
    }

    fileprivate func set(
        _ option: Int32,
        _ span: Duration,
        _ range: ClosedRange<Int32>,
        _ operation: String
    ) throws(ZeroMQError) {
        guard span >= .zero, range.contains(span.milliseconds) else {
            throw ZeroMQError(number: EINVAL, operation: operation)
        }
        try set(option, span.milliseconds, operation)
    }

    fileprivate func set(
        _ option: Int32,
        _ span: Duration,
        _ operation: String
    ) throws(ZeroMQError) {
        try set(option, span, 0...Int32.max, operation)
    }

    fileprivate func setFrameBytesMax(_ count: Int) throws(ZeroMQError) {
        guard count > 0 else { throw ZeroMQError(number: EINVAL, operation: "set frameBytesMax") }
        var value = Int64(count)
        let raw = unsafe claim("set an option")
        let size = MemoryLayout<Int64>.size
        guard unsafe zmq_setsockopt(raw, ZMQ_MAXMSGSIZE, &value, size) == 0 else {
            throw .last("set frameBytesMax")
        }
    }

    fileprivate func set(secret: CurveSecretKey) throws(ZeroMQError) {
        try secret.withBytes { bytes throws(ZeroMQError) in
            try set(ZMQ_CURVE_SECRETKEY, bytes, "set secret key")
        }
    }

    /// Names the ZAP domain and has connections refused while no handler is bound (option 93).
    fileprivate func enforce(domain: String) throws(ZeroMQError) {
        guard (1...255).contains(domain.utf8.count) else {
            throw ZeroMQError(number: EINVAL, operation: "set ZAP domain")
        }
        try set(ZMQ_ZAP_DOMAIN, Array(domain.utf8), "set ZAP domain")
        try set(ZMQ_ZAP_ENFORCE_DOMAIN, 1, "enforce ZAP domain")
        isAuthenticated = true
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, at most what libzmq takes (24 days).
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds < 2_000_000 else { return .max }
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
