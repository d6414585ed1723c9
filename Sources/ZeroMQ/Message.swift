import CZeroMQ
import Glibc

/// One frame's bytes, in libzmq's own memory; made once and reused for each receive.
///
/// Receiving into it frees what it held; sending takes its content and leaves it empty. Bytes are
/// lent for the length of a closure and never copied.
@safe package struct Message: ~Copyable, @unchecked Sendable {
    /// On the heap, since libzmq's message must not move; unique to this value, hence `Sendable`.
    let storage: UnsafeMutablePointer<zmq_msg_t>

    /// An empty message.
    package init() {
        unsafe storage = .allocate(capacity: 1)
        unsafe storage.initialize(to: zmq_msg_t())
        _ = unsafe zmq_msg_init(storage)
    }

    /// A message with a copy of the bytes.
    package init(copying bytes: RawSpan) {
        self.init()
        unsafe storage.replace(bytes)
    }

    /// A message with a copy of the bytes.
    package init(_ bytes: [UInt8]) {
        unsafe self.init(copying: bytes.span.bytes)
    }

    /// A message with a copy of the bytes.
    @unsafe package init(copying bytes: UnsafeRawBufferPointer) {
        self.init()
        unsafe storage.replace(bytes.bytes)
    }

    /// A message whose bytes are written in place.
    ///
    /// - Parameters:
    ///   - byteCount: The exact length.
    ///   - fill: Appends exactly `byteCount` bytes; fewer is a programmer's error.
    /// - Throws: What `fill` throws.
    package init<E>(
        byteCount: Int,
        filledBy fill: (inout OutputRawSpan) throws(E) -> Void
    ) throws(E) {
        self.init()
        let room = unsafe storage.resize(byteCount)
        var span = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
        try fill(&span)
        let count = unsafe span.finalize(for: room)
        guard count == byteCount else {
            fatalError("a message of \(byteCount) bytes was filled with \(count)")
        }
    }

    deinit {
        unsafe storage.destroy()
    }

    /// The length in bytes.
    package var byteCount: Int { unsafe zmq_msg_size(storage) }

    /// Whether the message on the wire goes on with another frame after this received one.
    package var isFollowed: Bool { unsafe zmq_msg_more(storage) != 0 }

    /// Lends the bytes.
    @inlinable
    package func withBytes<R: ~Copyable, E>(
        _ body: (RawSpan) throws(E) -> R
    ) throws(E) -> R {
        try body(unsafe bytes().bytes)
    }

    /// What libzmq vouches for about the connection that this frame came by.
    ///
    /// A router's routing id frame may have none, when it was polled for; ask the last frame.
    package func property(_ name: MessageProperty) -> String? {
        unsafe storage.property(name)
    }

    /// Drops the old content and takes a copy of the bytes.
    package mutating func replace(copying bytes: RawSpan) {
        unsafe storage.replace(bytes)
    }

    @usableFromInline
    @unsafe func bytes() -> UnsafeRawBufferPointer {
        unsafe storage.bytes
    }
}

/// A property of the connection that a frame came by.
package enum MessageProperty: Sendable {
    /// Who the ZAP handler said the peer is: the only proof of identity.
    case userID
    /// The peer's address as text, without port.
    case peerAddress
    /// The peer's socket type, by its own word.
    case socketType
    /// The number of the connection's descriptor, which libzmq owns.
    case descriptor

    fileprivate var name: String {
        switch self {
        case .userID: "User-Id"
        case .peerAddress: "Peer-Address"
        case .socketType: "Socket-Type"
        // What `ZMQ_SRCFD` reads.
        case .descriptor: "__fd"
        }
    }
}

extension UnsafeMutablePointer<zmq_msg_t> {
    /// The bytes, valid until the message is touched.
    var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: zmq_msg_data(self), count: zmq_msg_size(self))
    }

    /// Drops the content and makes room for so many bytes.
    func resize(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
        _ = unsafe zmq_msg_close(self)
        guard unsafe zmq_msg_init_size(self, byteCount) == 0 else {
            fatalError("no memory for a message of \(byteCount) bytes")
        }
        return unsafe UnsafeMutableRawBufferPointer(start: zmq_msg_data(self), count: byteCount)
    }

    /// Drops the content and takes a copy of the bytes.
    func replace(_ bytes: RawSpan) {
        let room = unsafe resize(bytes.byteCount)
        unsafe bytes.withUnsafeBytes { buffer in unsafe room.copyMemory(from: buffer) }
    }

    /// Drops the content.
    func clear() {
        _ = unsafe zmq_msg_close(self)
        _ = unsafe zmq_msg_init(self)
    }

    /// Drops the content and frees the one message itself.
    func destroy() {
        _ = unsafe zmq_msg_close(self)
        unsafe deallocate()
    }

    func property(_ name: MessageProperty) -> String? {
        guard let text = unsafe zmq_msg_gets(self, name.name) else { return nil }
        return unsafe String(cString: text)
    }
}
