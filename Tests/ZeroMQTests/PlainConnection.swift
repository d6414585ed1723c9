import Glibc
import Testing

/// A TCP connection that speaks no ZeroMQ unless told to, byte by byte.
final class PlainConnection {
    private let descriptor: Int32

    /// Connects to `tcp://127.0.0.1:PORT`.
    init(_ endpoint: String) throws {
        let port = try #require(endpoint.split(separator: ":").last.flatMap { UInt16($0) })
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let descriptor = descriptor
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    deinit {
        close(descriptor)
    }

    /// Sends all bytes; nobody may be there to read them.
    func send(_ bytes: [UInt8]) {
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Reads until the other end closes; returns whether it did within so many seconds.
    func isClosedByPeer(withinSeconds seconds: Int) -> Bool {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &limit,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var buffer = [UInt8](repeating: 0, count: 1024)
        var count = 1
        while count > 0 { count = recv(descriptor, &buffer, buffer.count, 0) }
        return count == 0 || errno == ECONNRESET
    }
}

/// What a peer without encryption says at the start (ZMTP 3.0, NULL): greeting and READY with
/// properties of its own choice.
func nullHandshake(claiming userID: String) -> [UInt8] {
    var bytes: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0]
    bytes += Array("NULL".utf8) + [UInt8](repeating: 0, count: 16 + 1 + 31)
    var ready: [UInt8] = [5] + Array("READY".utf8)
    for (name, value) in [("Socket-Type", "DEALER"), ("Identity", ""), ("User-Id", userID)] {
        ready += [UInt8(name.utf8.count)] + Array(name.utf8)
        ready += [0, 0, 0, UInt8(value.utf8.count)] + Array(value.utf8)
    }
    return bytes + [4, UInt8(ready.count)] + ready
}

/// A message of one short frame, once the handshake is done.
func plainMessage(_ text: String) -> [UInt8] {
    [0, UInt8(text.utf8.count)] + Array(text.utf8)
}
