import Glibc

/// Tells systemd how the service is: one datagram each, without its library (sd_notify).
package struct SystemdNotifier: Sendable {
    private let path: [UInt8]

    /// The notifier of the socket that systemd names in `NOTIFY_SOCKET`; `nil` when it does not run us.
    package init?(socket: String?) {
        guard let socket, !socket.isEmpty else { return nil }
        var bytes = Array(socket.utf8)
        // A name that begins with @ lies in no folder: the kernel knows it by a zero byte.
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
        path = bytes
    }

    /// Sends one line, `READY=1`; what nobody takes is lost.
    package func tell(_ line: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let bytes = Array(line.utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
