import CZeroMQ
import Glibc

/// What libzmq refused, at which call and endpoint, and what to do about it.
package struct ZeroMQError: Error, Sendable, Equatable {
    /// The number that libzmq left in `errno`.
    package let number: Int32
    /// What was tried, as a verb: `bind`, `send`, `set linger`.
    package let operation: String
    /// The endpoint in question, when the call had one.
    package let endpoint: String?

    package init(number: Int32, operation: String, endpoint: String? = nil) {
        self.number = number
        self.operation = operation
        self.endpoint = endpoint
    }

    /// The error that the calling thread's last libzmq call left.
    static func last(_ operation: String, _ endpoint: String? = nil) -> ZeroMQError {
        ZeroMQError(number: zmq_errno(), operation: operation, endpoint: endpoint)
    }

    /// The name in `errno.h` or `zmq.h`: `EADDRINUSE`, `ETERM`; `E156384799` when it has none here.
    package var name: String {
        names[number] ?? "E\(number)"
    }
}

extension ZeroMQError: CustomStringConvertible {
    /// One sentence: what, where, what to do.
    package var description: String {
        let place = endpoint.map { " \($0)" } ?? ""
        return "cannot \(operation)\(place): \(name), \(advice)"
    }

    /// What the number means to whoever reads the log, and the next step.
    private var advice: String {
        switch number {
        case EADDRINUSE:
            "the address is in use; stop the program that holds it (ss -ltnp names it) "
                + "or configure another port"
        case EADDRNOTAVAIL, ENODEV:
            "this machine has no such address or interface; `ip addr` lists them, * takes all"
        case EACCES, EPERM:
            "not permitted; ports below 1024 and folders of other users need rights, "
                + "and a server that authenticates needs its ZapHandler bound first"
        case EINVAL where endpoint != nil:
            "not a valid endpoint; write tcp://HOST:PORT, ipc:///PATH or inproc://NAME"
        case EINVAL: "the value is outside what libzmq allows"
        case EPROTONOSUPPORT, ENOCOMPATPROTO:
            "libzmq has no such transport for this kind of socket; use tcp, ipc or inproc"
        case ENAMETOOLONG: "the path is too long for a Unix socket (107 bytes)"
        case ENOENT, ENOTDIR: "the folder does not exist; create it first"
        case ECONNREFUSED: "nobody is bound there"
        case EMFILE:
            "too many sockets or open files; raise socketsMax or the limit of open files"
        case ENOTSUP: "this build of libzmq cannot do that; install one with CURVE (libsodium)"
        case ETERM: "the context has been shut down; close the socket"
        case ENOTSOCK: "the socket is closed"
        case EFSM: "the socket must send and receive in turn"
        case EHOSTUNREACH: "the peer is gone"
        case EAGAIN: "it would have to wait"
        default: unsafe String(cString: zmq_strerror(number))
        }
    }
}

/// The numbers that libzmq 4.3 is documented to set, and those of the calls under it.
private let names: [Int32: String] = [
    EACCES: "EACCES", EADDRINUSE: "EADDRINUSE", EADDRNOTAVAIL: "EADDRNOTAVAIL",
    EAFNOSUPPORT: "EAFNOSUPPORT", EAGAIN: "EAGAIN", EBADF: "EBADF",
    ECONNABORTED: "ECONNABORTED", ECONNREFUSED: "ECONNREFUSED", ECONNRESET: "ECONNRESET",
    EFAULT: "EFAULT", EFSM: "EFSM", EHOSTUNREACH: "EHOSTUNREACH", EINTR: "EINTR",
    EINPROGRESS: "EINPROGRESS", EINVAL: "EINVAL", EMFILE: "EMFILE", EMSGSIZE: "EMSGSIZE",
    EMTHREAD: "EMTHREAD", ENAMETOOLONG: "ENAMETOOLONG", ENETDOWN: "ENETDOWN",
    ENETRESET: "ENETRESET", ENETUNREACH: "ENETUNREACH", ENFILE: "ENFILE", ENOBUFS: "ENOBUFS",
    ENOCOMPATPROTO: "ENOCOMPATPROTO", ENODEV: "ENODEV", ENOENT: "ENOENT", ENOMEM: "ENOMEM",
    ENOTCONN: "ENOTCONN", ENOTDIR: "ENOTDIR", ENOTSOCK: "ENOTSOCK", ENOTSUP: "ENOTSUP",
    EPERM: "EPERM", EPIPE: "EPIPE", EPROTO: "EPROTO", EPROTONOSUPPORT: "EPROTONOSUPPORT",
    EROFS: "EROFS", ETERM: "ETERM", ETIMEDOUT: "ETIMEDOUT",
]
