import CZeroMQ
import Glibc
import Synchronization

/// The open libzmq socket behind a `Socket`, and the check that one thread alone uses it.
///
/// A poller and a monitor hold it too, so its memory outlives the `Socket`; the libzmq socket is
/// closed exactly once, by the `Socket`. It crosses threads only between `release` and the next
/// `claim`, whose atomic owner is the memory barrier that libzmq asks for.
@safe final class SocketHandle: @unchecked Sendable {
    let context: Context
    let kind: SocketKind
    /// Whether the options ask for authentication, so that a bind needs the ZAP handler.
    var isAuthenticated = false
    /// What `ZMQ_RCVTIMEO` stands at, to spare the system call of setting it again.
    var receiveMilliseconds: Int32 = -1
    /// What `ZMQ_SNDTIMEO` stands at.
    var sendMilliseconds: Int32 = -1
    /// How many monitors this socket has had; part of their names.
    var monitorCount = 0

    private var raw: UnsafeMutableRawPointer?
    /// The thread that owns the socket; 0 = whoever comes next.
    private let owner = Atomic<pthread_t>(0)

    init(context: Context, kind: SocketKind) throws(ZeroMQError) {
        guard let raw = unsafe zmq_socket(context.raw, kind.number) else {
            throw .last("open a \(kind) socket")
        }
        self.context = context
        self.kind = kind
        unsafe self.raw = raw
    }

    deinit {
        close()
    }

    var isClosed: Bool { unsafe raw == nil }

    /// The socket, for the thread that owns it; the first to come owns it.
    ///
    /// Any other thread ends the process: libzmq sockets corrupt memory when two threads use one.
    /// (`fatalError`, not `precondition`, since only that prints its words in an optimised build.)
    func claim(_ operation: StaticString) -> UnsafeMutableRawPointer {
        guard isOwnedByCaller() else {
            fatalError(
                "\(operation) on a \(kind) socket that another thread owns: one thread owns a "
                    + "socket; let the owner call handOver() first"
            )
        }
        guard let raw = unsafe raw else {
            fatalError("\(operation) on a \(kind) socket that is closed")
        }
        return unsafe raw
    }

    /// Gives up ownership; the next thread to call owns the socket.
    func release() {
        _ = unsafe claim("handOver")
        owner.store(0, ordering: .releasing)
    }

    /// Closes the libzmq socket; later calls do nothing.
    func close() {
        guard let raw = unsafe raw else { return }
        guard isOwnedByCaller() else {
            fatalError(
                "close of a \(kind) socket that another thread owns: drop it in its thread, or let "
                    + "the owner call handOver() first"
            )
        }
        unsafe self.raw = nil
        _ = unsafe zmq_close(raw)
    }

    private func isOwnedByCaller() -> Bool {
        let caller = pthread_self()
        let holder = owner.load(ordering: .acquiring)
        if holder == caller { return true }
        guard holder == 0 else { return false }
        return owner.compareExchange(
            expected: 0,
            desired: caller,
            ordering: .acquiringAndReleasing
        ).exchanged
    }
}
