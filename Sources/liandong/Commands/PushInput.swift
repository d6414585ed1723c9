import Foundation
import Hub
import LiandongClient
import Settings
import ZeroMQ

/// The rows of a file or of standard input, read on a thread of their own and checked, masked and
/// mapped there.
final class PushInput: Sendable {
    private let rows = Mailbox<RowOutcome>(lettersMax: 1024)

    /// Begins to read; `wakeup` is called whenever there are rows to take.
    init(
        settings: AgencySettings,
        file: String?,
        isHistory: Bool,
        wakeup: Wakeup
    ) throws(CommandFailure) {
        let gate = DepartureGate(settings, isHistory: isHistory)
        guard let file else {
            rows.close()
            return
        }
        // Opening /dev/stdin anew would ask for rights to a pipe that another user made.
        let handle =
            file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
        guard let handle else {
            throw CommandFailure(.wrongUse, "\(file) cannot be read")
        }
        let rows = rows
        if let mapping = settings.mappingFile, !file.hasSuffix(".jsonl"), file != "-" {
            let mapper = try PushInput.mapper(mapping, gate, settings)
            _ = OwnThread(name: "rows") {
                let bytes = [UInt8]((try? handle.readToEnd()) ?? Data())
                do throws(Mistake) {
                    try mapper.map(bytes, file: file) { _, outcome in
                        PushInput.hand(outcome, to: rows, wakeup)
                        return true
                    }
                } catch {
                    PushInput.hand(.setAside([error]), to: rows, wakeup)
                }
                rows.close()
                wakeup.wake()
            }
        } else {
            _ = OwnThread(name: "rows") {
                PushInput.readLines(handle, name: file, gate: gate) { outcome in
                    PushInput.hand(outcome, to: rows, wakeup)
                }
                rows.close()
                wakeup.wake()
            }
        }
    }

    /// One event that is at hand already.
    init(settings: AgencySettings, line: [UInt8], name: String) {
        _ = rows.offer(DepartureGate(settings).pass(line: line, file: name, row: 1))
        rows.close()
    }

    /// Rows that have been read; `nil` when there will be no more.
    func take(waitingMilliseconds milliseconds: Int = 0) -> [RowOutcome]? {
        rows.take(waitingMilliseconds: milliseconds)
    }

    private static func hand(
        _ outcome: RowOutcome,
        to rows: Mailbox<RowOutcome>,
        _ wakeup: Wakeup
    ) {
        while !rows.offer(outcome) { rows.waitForRoom(milliseconds: 2) }
        wakeup.wake()
    }

    private static func mapper(
        _ path: String,
        _ gate: DepartureGate,
        _ settings: AgencySettings
    ) throws(CommandFailure) -> RowMapper {
        do {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let mapping = try Mapping(json: bytes, file: path)
            let keys = try CountyKeys(of: settings, at: SystemClock().now())
            return RowMapper(mapping: mapping, gate: gate, keys: keys)
        } catch {
            throw CommandFailure(.wrongUse, "\(error)")
        }
    }

    /// Lines as they come, so that a program can write into a running push.
    private static func readLines(
        _ handle: FileHandle,
        name: String,
        gate: DepartureGate,
        _ each: (RowOutcome) -> Void
    ) {
        var rest: [UInt8] = []
        var row = 0
        func pass(_ line: [UInt8]) {
            row += 1
            guard line.contains(where: { $0 > 32 }) else { return }
            each(gate.pass(line: line, file: name, row: row))
        }
        while true {
            let data = handle.availableData
            if data.isEmpty { break }
            rest.append(contentsOf: data)
            var start = 0
            while let end = rest[start...].firstIndex(of: 10) {
                pass(Array(rest[start..<end]))
                start = end + 1
            }
            rest.removeFirst(start)
        }
        if !rest.isEmpty { pass(rest) }
    }
}

extension DepartureGate {
    /// The gate that an agency's file asks for.
    init(_ settings: AgencySettings, isHistory: Bool = false) {
        self.init(
            agency: settings.agency,
            defaultPurpose: settings.defaultPurpose,
            screensWording: settings.screensWording,
            isHistory: isHistory
        )
    }
}
