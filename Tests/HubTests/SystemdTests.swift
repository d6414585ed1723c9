import Foundation
import Glibc
import Hub
import Testing

@Suite struct SystemdTests {
    @Test(arguments: [false, true]) func lineArrivesAtTheSocketThatSystemdNames(
        isAbstract: Bool
    ) throws {
        let name = "liandong-\(UUID().uuidString.prefix(12))"
        let path = isAbstract ? "@" + name : NSTemporaryDirectory() + name
        defer { unlink(path) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        if isAbstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length)
            }
        }
        try #require(bound == 0)
        let notifier = try #require(SystemdNotifier(socket: path))
        notifier.tell("READY=1")
        var received = [UInt8](repeating: 0, count: 64)
        let count = recv(descriptor, &received, received.count, Int32(MSG_DONTWAIT))
        #expect(String(decoding: received.prefix(max(0, count)), as: UTF8.self) == "READY=1")
    }

    @Test func withoutSystemdNothingIsTold() {
        #expect(SystemdNotifier(socket: nil) == nil)
        #expect(SystemdNotifier(socket: "") == nil)
        #expect(SystemdNotifier(socket: String(repeating: "x", count: 200)) == nil)
    }
}
