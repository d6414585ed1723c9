import CZeroMQ
import Glibc

/// Waits until one of several sockets is ready or somebody calls the wake-up (轮询).
///
/// It uses `zmq_poll`, because a socket's own descriptor (`ZMQ_FD`) tells of internal commands and
/// only at their edge; no other poll may be built on it. Readiness stands until the socket is
/// drained: the caller takes a bounded number of messages without waiting, and polls again.
/// One thread owns it, the one that owns its sockets.
@safe package struct Poller: ~Copyable {
    /// A socket's place in the poller.
    package struct Slot: Hashable, Sendable {
        fileprivate let index: Int
    }

    /// What to wait for.
    package struct Interest: OptionSet, Sendable {
        package let rawValue: Int16

        package init(rawValue: Int16) { self.rawValue = rawValue }

        /// A message can be received.
        package static let readable = Interest(rawValue: Int16(ZMQ_POLLIN))
        /// A message can be sent; for a router, to one of its peers.
        package static let writable = Interest(rawValue: Int16(ZMQ_POLLOUT))
    }

    /// Whether the last wait found a wake-up.
    package var wasWoken: Bool { unsafe items[0].revents != 0 }

    private let capacity: Int
    private let wakeup: Wakeup
    private var sockets: [SocketHandle] = []
    /// The wake-up's descriptor first, then the sockets in order.
    private var items: [zmq_pollitem_t]

    /// A poller without sockets.
    ///
    /// - Parameters:
    ///   - capacity: How many sockets there is room for.
    ///   - wakeup: What other threads call.
    package init(capacity: Int, wakeup: Wakeup) {
        self.capacity = capacity
        self.wakeup = wakeup
        unsafe items = [
            zmq_pollitem_t(
                socket: nil,
                fd: wakeup.descriptor,
                events: Int16(ZMQ_POLLIN),
                revents: 0
            )
        ]
    }

    /// Adds a socket, which must stay open as long as the poller waits.
    package mutating func add(
        _ socket: borrowing Socket,
        for interest: Interest = .readable
    ) -> Slot {
        guard sockets.count < capacity else {
            fatalError("a poller for \(capacity) sockets has no room for another")
        }
        sockets.append(socket.handle)
        unsafe items.append(
            zmq_pollitem_t(
                socket: socket.handle.claim("poll"),
                fd: 0,
                events: interest.rawValue,
                revents: 0
            )
        )
        return Slot(index: sockets.count)
    }

    /// Changes what to wait for; an empty interest rests the socket.
    package mutating func watch(_ slot: Slot, for interest: Interest) {
        unsafe items[slot.index].events = interest.rawValue
        unsafe items[slot.index].revents &= interest.rawValue
    }

    /// Waits until something is ready.
    ///
    /// - Parameter atMost: How long; nil = until something happens.
    /// - Returns: Whether a socket is ready or the poller was woken. A signal ends the wait early.
    /// - Throws: `ETERM` after the context's shutdown.
    package mutating func wait(atMost: Duration?) throws(ZeroMQError) -> Bool {
        for socket in sockets { _ = unsafe socket.claim("poll") }
        let milliseconds = atMost.map { Int($0.milliseconds) } ?? -1
        let ready = unsafe zmq_poll(&items, Int32(items.count), milliseconds)
        guard ready >= 0 else {
            for index in 0...sockets.count { unsafe items[index].revents = 0 }
            guard zmq_errno() == EINTR else { throw .last("poll") }
            return false
        }
        if wasWoken { wakeup.reset() }
        return ready > 0
    }

    /// Whether the last wait found a message to receive.
    package func isReadable(_ slot: Slot) -> Bool {
        unsafe items[slot.index].revents & Int16(ZMQ_POLLIN) != 0
    }

    /// Whether the last wait found room to send.
    package func isWritable(_ slot: Slot) -> Bool {
        unsafe items[slot.index].revents & Int16(ZMQ_POLLOUT) != 0
    }
}
