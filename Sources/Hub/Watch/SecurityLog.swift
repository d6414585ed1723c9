package import Domain
import Glibc
import Storage
import Wire

/// What matters to whoever guards the hub (安全日志): handshakes refused, connections turned away,
/// steps of the clock, operators' commands.
///
/// One JSON object a line. A full file becomes `FILE.1`, the one before it `FILE.2`, and so on; the oldest
/// goes once its last line is older than the span that the log is kept. All files together are bounded:
/// where the bound takes one that is younger, the log says so by a line of its own. It holds no text of
/// an item. Any thread writes; a line that cannot be written is counted.
package final class SecurityLog: Sendable {
    /// The bytes after which a file is put aside.
    package static let bytesMax = 4 << 20
    /// Files that are kept beside the one being written.
    package static let filesMax = 64
    /// How long a line is kept at least: six months (网络安全法 §21(3)).
    package static let keptFor = TimeSpan.days(184)

    private struct Place {
        var descriptor: Int32 = -1
        var bytes = 0
        var lost: UInt64 = 0
        var shortened: UInt64 = 0
    }

    private let path: String
    private let bytesMax: Int
    private let filesMax: Int
    private let keptFor: TimeSpan
    private let place: Locked<Place>

    /// A log that goes on at the end of a file; made with mode 0600 where it is missing.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - bytesMax: The bytes after which a file is put aside.
    ///   - filesMax: Files that are kept beside it, from 1.
    ///   - keptFor: How long a line is kept at least, as long as there is room.
    package init(
        path: String,
        bytesMax: Int = SecurityLog.bytesMax,
        filesMax: Int = SecurityLog.filesMax,
        keptFor: TimeSpan = SecurityLog.keptFor
    ) {
        self.path = path
        self.bytesMax = bytesMax
        self.filesMax = max(1, filesMax)
        self.keptFor = keptFor
        place = Locked(Place())
    }

    deinit {
        place.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
    }

    /// Lines that could not be written.
    package var lost: UInt64 { place.withLock { $0.lost } }
    /// Files that went before their time, because the bound left them no room.
    package var shortened: UInt64 { place.withLock { $0.shortened } }

    /// Writes one line: when, what, and its particulars.
    package func note(_ event: String, at time: Timestamp, _ members: [String: String] = [:]) {
        let line = SecurityLog.line(event, at: time, members)
        place.withLock { write(line, at: time, to: &$0) }
    }

    private static func line(
        _ event: String,
        at time: Timestamp,
        _ members: [String: String]
    ) -> [UInt8] {
        var object: [JSONValue.Member] = [
            .init("time", .string(time.rfc3339)), .init("event", .string(event)),
        ]
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            object.append(.init(key, .string(value)))
        }
        return JSONValue.object(object).bytes + [0x0A]
    }

    private func write(_ line: [UInt8], at time: Timestamp, to place: inout Place) {
        open(&place)
        if place.bytes > 0, place.bytes + line.count > bytesMax {
            close(place.descriptor)
            place.descriptor = -1
            let cut = putAside(at: time)
            open(&place)
            if let cut {
                place.shortened += 1
                let members = ["lost_until": cut.rfc3339, "kept_files": String(filesMax)]
                append(SecurityLog.line("log-shortened", at: time, members), to: &place)
            }
        }
        append(line, to: &place)
    }

    private func open(_ place: inout Place) {
        guard place.descriptor < 0 else { return }
        place.descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        place.bytes = max(0, Int(lseek(place.descriptor, 0, SEEK_END)))
    }

    private func append(_ line: [UInt8], to place: inout Place) {
        guard Glibc.write(place.descriptor, line, line.count) == line.count else {
            place.lost += 1
            return
        }
        place.bytes += line.count
    }

    /// Gives each file the next number; what is past its time goes, and the last one where there is no
    /// number left.
    ///
    /// - Returns: The time of the last line that went before its time; `nil` when none did.
    private func putAside(at time: Timestamp) -> Timestamp? {
        var cut: Timestamp?
        var free = 1
        while free <= filesMax, access(file(free), F_OK) == 0 { free += 1 }
        // From the oldest on, as long as they are past their time.
        while free > 1, let last = lastWrite(file(free - 1)), time - last > keptFor {
            unlink(file(free - 1))
            free -= 1
        }
        if free > filesMax {
            free = filesMax
            cut = lastWrite(file(free))
            unlink(file(free))
        }
        for number in stride(from: free, to: 1, by: -1) {
            rename(file(number - 1), file(number))
        }
        rename(path, file(1))
        return cut
    }

    private func file(_ number: Int) -> String { "\(path).\(number)" }

    private func lastWrite(_ path: String) -> Timestamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Timestamp(milliseconds: Int64(status.st_mtim.tv_sec) * 1000)
    }
}
