package import Domain
import Glibc
import Storage
import Wire

/// What matters to whoever guards the hub (安全日志): handshakes refused, connections turned away,
/// steps of the clock, operators' commands.
///
/// One JSON object a line, in a file that is bounded: when it is full it becomes `FILE.1` and a new one
/// begins. It holds no text of an item. Any thread writes; a line that cannot be written is counted.
package final class SecurityLog: Sendable {
    /// The bytes after which a file is put aside.
    package static let bytesMax = 4 << 20

    private struct Place {
        var descriptor: Int32 = -1
        var bytes = 0
        var lost: UInt64 = 0
    }

    private let path: String
    private let bytesMax: Int
    private let place: Locked<Place>

    /// A log that goes on at the end of a file; made with mode 0600 where it is missing.
    package init(path: String, bytesMax: Int = SecurityLog.bytesMax) {
        self.path = path
        self.bytesMax = bytesMax
        place = Locked(Place())
    }

    deinit {
        place.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
    }

    /// Lines that could not be written.
    package var lost: UInt64 { place.withLock { $0.lost } }

    /// Writes one line: when, what, and its particulars.
    package func note(_ event: String, at time: Timestamp, _ members: [String: String] = [:]) {
        var object: [JSONValue.Member] = [
            .init("time", .string(time.rfc3339)), .init("event", .string(event)),
        ]
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            object.append(.init(key, .string(value)))
        }
        let line = JSONValue.object(object).bytes + [0x0A]
        place.withLock { write(line, to: &$0) }
    }

    private func write(_ line: [UInt8], to place: inout Place) {
        if place.bytes + line.count > bytesMax, place.descriptor >= 0 {
            close(place.descriptor)
            place.descriptor = -1
            rename(path, path + ".1")
        }
        if place.descriptor < 0 {
            place.descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            place.bytes = max(0, Int(lseek(place.descriptor, 0, SEEK_END)))
        }
        guard Glibc.write(place.descriptor, line, line.count) == line.count else {
            place.lost += 1
            return
        }
        place.bytes += line.count
    }
}
