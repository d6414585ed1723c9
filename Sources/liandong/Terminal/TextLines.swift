import Foundation
import Wire

/// Files of lines, read and written whole.
enum TextLines {
    /// The lines of a file without their ends; `-` is standard input.
    static func read(_ file: String) throws(CommandFailure) -> [[UInt8]] {
        let data: Data
        do {
            data =
                file == "-"
                ? try FileHandle.standardInput.readToEnd() ?? Data()
                : try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw CommandFailure(.wrongUse, "\(file) cannot be read: \(error.localizedDescription)")
        }
        return [UInt8](data).split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    }

    /// One JSON document a line.
    static func write(_ rows: [JSONValue], to file: String) throws(CommandFailure) {
        var bytes: [UInt8] = []
        for row in rows {
            bytes += row.bytes
            bytes.append(10)
        }
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: file))
        } catch {
            throw CommandFailure(
                .fellShort,
                "\(file) cannot be written: \(error.localizedDescription)"
            )
        }
    }
}
