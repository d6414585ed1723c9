import CZeroMQ

/// One whole message of several frames, with room for a fixed number; made once and reused.
///
/// A received message with more frames than there is room for keeps the first ones; the others are
/// dropped and counted in `surplus`.
@safe package struct Frames: ~Copyable, @unchecked Sendable {
    /// How many frames there is room for.
    package let capacity: Int
    /// How many frames the message has here.
    package internal(set) var count = 0
    /// How many further frames the message received last had.
    package internal(set) var surplus = 0

    /// One more than `capacity`: the last is where surplus frames are received and dropped.
    let storage: UnsafeMutablePointer<zmq_msg_t>

    /// Room for so many frames, 1...64.
    package init(capacity: Int) {
        guard (1...64).contains(capacity) else {
            fatalError("frames for a capacity of \(capacity), which is not within 1...64")
        }
        self.capacity = capacity
        unsafe storage = .allocate(capacity: capacity + 1)
        unsafe storage.initialize(repeating: zmq_msg_t(), count: capacity + 1)
        for index in 0...capacity { _ = unsafe zmq_msg_init(storage + index) }
    }

    deinit {
        for index in 0...capacity { _ = unsafe zmq_msg_close(storage + index) }
        unsafe storage.deallocate()
    }

    /// The length of a frame in bytes.
    package func byteCount(at index: Int) -> Int {
        unsafe zmq_msg_size(frame(index))
    }

    /// Lends the bytes of a frame.
    @inlinable
    package func withBytes<R: ~Copyable, E>(
        at index: Int,
        _ body: (RawSpan) throws(E) -> R
    ) throws(E) -> R {
        try body(unsafe bytes(at: index).bytes)
    }

    /// What libzmq vouches for about the connection that the frames came by.
    package func property(_ name: MessageProperty) -> String? {
        guard count > 0 else { return nil }
        // Not the first: a router's poll prefetches the routing id and leaves that frame without.
        return unsafe frame(count - 1).property(name)
    }

    /// Drops all frames.
    package mutating func removeAll() {
        for index in 0..<count { unsafe (storage + index).clear() }
        count = 0
        surplus = 0
    }

    /// Appends a frame with a copy of the bytes.
    package mutating func append(copying bytes: RawSpan) {
        unsafe next().replace(bytes)
    }

    /// Appends a frame with a copy of the bytes.
    package mutating func append(_ bytes: [UInt8]) {
        unsafe append(copying: bytes.span.bytes)
    }

    /// Appends the message's content without copying it, and leaves the message empty.
    package mutating func append(moving message: inout Message) {
        _ = unsafe zmq_msg_move(next(), message.storage)
    }

    /// Appends another message's frame without copying its bytes: both then share them.
    package mutating func append(sharing frame: Int, of other: borrowing Frames) {
        _ = unsafe zmq_msg_copy(next(), other.frame(frame))
    }

    @usableFromInline
    @unsafe func bytes(at index: Int) -> UnsafeRawBufferPointer {
        unsafe frame(index).bytes
    }

    private func frame(_ index: Int) -> UnsafeMutablePointer<zmq_msg_t> {
        guard (0..<count).contains(index) else {
            fatalError("frame \(index) of a message of \(count) frames")
        }
        return unsafe storage + index
    }

    private mutating func next() -> UnsafeMutablePointer<zmq_msg_t> {
        guard count < capacity else {
            fatalError("a message of \(capacity) frames has no room for another")
        }
        count += 1
        return unsafe storage + (count - 1)
    }
}
