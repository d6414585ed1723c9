import CZeroMQ
import Synchronization

/// Owns one libzmq context: its I/O threads and the room in which `inproc` names live.
///
/// Any thread may use it. Every socket holds its context, because optimised builds end lifetimes
/// at the last use: a context released under an open socket would wait for that socket for ever.
@safe package final class Context: Sendable {
    /// The context itself; libzmq documents it as safe for all threads.
    nonisolated(unsafe) let raw: UnsafeMutableRawPointer
    /// Whether a `ZapHandler` is bound here at present.
    let hasZapHandler = Atomic<Bool>(false)

    /// Opens a context.
    ///
    /// - Parameters:
    ///   - ioThreads: Threads that move bytes and encrypt, 1...16. One suffices below 1 GB/s.
    ///   - socketsMax: How many sockets may be open at a time, monitors included.
    /// - Throws: `EINVAL` for numbers out of range, `EMFILE` when the system has no descriptors.
    package init(ioThreads: Int = 1, socketsMax: Int = 256) throws(ZeroMQError) {
        guard (1...16).contains(ioThreads), (1...65_535).contains(socketsMax) else {
            throw ZeroMQError(number: EINVAL, operation: "open a context")
        }
        guard let context = unsafe zmq_ctx_new() else { throw .last("open a context") }
        unsafe raw = context
        for (option, value) in [
            (ZMQ_IO_THREADS, ioThreads), (ZMQ_MAX_SOCKETS, socketsMax),
            // Sockets then start with a linger of 0, and a close never waits for a dead peer.
            (ZMQ_BLOCKY, 0),
        ] {
            guard unsafe zmq_ctx_set(context, option, Int32(value)) == 0 else {
                throw .last("set up a context")
            }
        }
    }

    deinit {
        // All sockets are closed, since each held this object. A signal may interrupt the wait.
        while unsafe zmq_ctx_term(raw) != 0 && zmq_errno() == EINTR {}
    }

    /// Makes every waiting and later call on this context's sockets throw `ETERM`.
    package func shutDown() {
        _ = unsafe zmq_ctx_shutdown(raw)
    }
}
