import CZeroMQ
import Glibc
import Synchronization

/// The patterns that the product uses (套接字类型).
package enum SocketKind: Sendable, Hashable {
    case router, dealer, rep, req, pair, push, pull

    var number: Int32 {
        switch self {
        case .router: ZMQ_ROUTER
        case .dealer: ZMQ_DEALER
        case .rep: ZMQ_REP
        case .req: ZMQ_REQ
        case .pair: ZMQ_PAIR
        case .push: ZMQ_PUSH
        case .pull: ZMQ_PULL
        }
    }
}

/// One libzmq socket, closed when it goes out of scope.
///
/// **Threads.** The first thread that uses it owns it; `init` is not a use. Every call by another
/// thread ends the process with a message, until the owner has called `handOver()`. It is
/// `Sendable` because of that check.
///
/// **Defaults** beyond libzmq's: linger 0; a router is mandatory (it says when a peer is slow or
/// gone, instead of dropping) and never hands a routing id over to a newcomer.
package struct Socket: ~Copyable, Sendable {
    let handle: SocketHandle

    /// Opens a socket with its options, before it can be bound or connected.
    ///
    /// - Throws: `EMFILE` at the context's limit, `ETERM` after its shutdown, `EINVAL` for an option.
    package init(
        _ context: Context,
        _ kind: SocketKind,
        options: [SocketOption] = []
    ) throws(ZeroMQError) {
        let handle = try SocketHandle(context: context, kind: kind)
        if kind == .router {
            try handle.set(ZMQ_ROUTER_MANDATORY, 1, "set router mandatory")
            try handle.set(ZMQ_ROUTER_HANDOVER, 0, "set router handover")
        }
        for option in options { try option.apply(to: handle) }
        // Setting options is no use of the socket: whoever calls next may own it.
        handle.release()
        self.handle = handle
    }

    deinit {
        handle.close()
    }

    /// The context that this socket keeps alive.
    package var context: Context { handle.context }

    /// What kind of socket this is.
    package var kind: SocketKind { handle.kind }

    /// Gives the socket up, so that the next thread to use it owns it.
    package func handOver() {
        handle.release()
    }

    /// Changes an option; most have effect on later binds and connects only.
    package func set(_ option: SocketOption) throws(ZeroMQError) {
        try option.apply(to: handle)
    }

    /// Accepts connections at an endpoint.
    ///
    /// - Parameter endpoint: `tcp://127.0.0.1:5555`, `tcp://*:*` (a free port), `ipc:///run/x`.
    /// - Returns: The endpoint as bound, a free port filled in.
    /// - Throws: `EPERM` when the options ask for authentication and no `ZapHandler` is bound in the
    ///   context, since nobody could be let in; `EADDRINUSE`, `EACCES`, `EINVAL` …
    @discardableResult
    package func bind(_ endpoint: String) throws(ZeroMQError) -> String {
        let raw = unsafe handle.claim("bind")
        if handle.isAuthenticated && !handle.context.hasZapHandler.load(ordering: .acquiring) {
            throw ZeroMQError(number: EPERM, operation: "bind", endpoint: endpoint)
        }
        try checkPort(endpoint, "bind")
        guard unsafe zmq_bind(raw, endpoint) == 0 else { throw .last("bind", endpoint) }
        return try lastEndpoint()
    }

    /// Connects in the background, and again whenever the connection is lost.
    package func connect(_ endpoint: String) throws(ZeroMQError) {
        let raw = unsafe handle.claim("connect")
        try checkPort(endpoint, "connect")
        guard unsafe zmq_connect(raw, endpoint) == 0 else { throw .last("connect", endpoint) }
    }

    /// Stops accepting connections at an endpoint.
    ///
    /// The listener owns the connections that it accepted: those that stand end too (libzmq 4.3.4).
    package func unbind(_ endpoint: String) throws(ZeroMQError) {
        let raw = unsafe handle.claim("unbind")
        guard unsafe zmq_unbind(raw, endpoint) == 0 else { throw .last("unbind", endpoint) }
    }

    /// Leaves an endpoint that was connected to.
    package func disconnect(_ endpoint: String) throws(ZeroMQError) {
        let raw = unsafe handle.claim("disconnect")
        guard unsafe zmq_disconnect(raw, endpoint) == 0 else {
            throw .last("disconnect", endpoint)
        }
    }

    /// The endpoint last bound or connected, a free port filled in.
    package func lastEndpoint() throws(ZeroMQError) -> String {
        let raw = unsafe handle.claim("read the last endpoint")
        var text = [UInt8](repeating: 0, count: 512)
        var size = text.count
        guard unsafe zmq_getsockopt(raw, ZMQ_LAST_ENDPOINT, &text, &size) == 0 else {
            throw .last("read the last endpoint")
        }
        // The size counts the zero byte at the end.
        return String(decoding: text.prefix(size).prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// Refuses a port above 65535, which libzmq would cut to 16 bits: 99999 would be port 34463.
private func checkPort(_ endpoint: String, _ operation: String) throws(ZeroMQError) {
    guard
        endpoint.hasPrefix("tcp://"),
        let text = endpoint.split(separator: ":", omittingEmptySubsequences: false).last,
        let port = UInt64(text),
        port > UInt16.max
    else { return }
    throw ZeroMQError(number: EINVAL, operation: operation, endpoint: endpoint)
}
