internal import Domain
import Text

/// Reads comma-separated values (RFC 4180) from UTF-8, record by record.
///
/// Line ends are LF, CRLF or CR; a quoted field may hold line ends and doubled quotation marks. A
/// record that breaks the form is given back as a mistake with its line, and reading goes on with
/// the line after it. Bounds: 1 MiB a record, 512 columns.
struct CSVReader {
    /// A record, or the mistake that stands in its place.
    enum Outcome {
        case record(Record)
        case broken(Mistake)
    }

    /// One record.
    struct Record {
        /// The line on which it begins, from 1.
        var line: Int
        /// The fields as they stand in the file.
        var fields: [String]

        /// No field holds anything.
        var isEmpty: Bool { fields.allSatisfy { Folding.trimmed($0).isEmpty } }
    }

    static let recordBytesMax = 1 << 20
    static let columnsMax = 512

    private let bytes: [UInt8]
    private let delimiter: UInt8
    private let file: String
    private var index = 0
    private var line = 1

    init(_ bytes: [UInt8], delimiter: UInt8, file: String) {
        self.bytes = bytes
        self.delimiter = delimiter
        self.file = file
    }

    /// The delimiter that stands most often outside quotation marks in the first lines.
    static func likelyDelimiter(of bytes: [UInt8]) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in bytes.prefix(16_384) {
            if byte == 34 { isQuoted.toggle() }
            if !isQuoted { counts[byte, default: 0] += 1 }
        }
        let comma: UInt8 = 44
        return [comma, 9, 59].max {
            (counts[$0] ?? 0, $0 == comma ? 1 : 0) < (counts[$1] ?? 0, $1 == comma ? 1 : 0)
        }
            ?? comma
    }

    /// The next record; `nil` at the end.
    mutating func next() -> Outcome? {
        guard index < bytes.count else { return nil }
        let start = (index: index, line: line)
        var fields: [String] = []
        while true {
            let field: String
            do {
                field = try self.field(recordStart: start.index)
            } catch {
                return .broken(broken(error, at: start))
            }
            fields.append(field)
            if fields.count > CSVReader.columnsMax { return .broken(broken(.columns, at: start)) }
            guard index < bytes.count, bytes[index] == delimiter else { break }
            index += 1
        }
        endLine()
        return .record(Record(line: start.line, fields: fields))
    }

    private enum Breach: Error {
        case unclosedQuote
        case textAfterQuote
        case length
        case columns
    }

    private mutating func field(recordStart: Int) throws(Breach) -> String {
        guard index < bytes.count, bytes[index] == 34 else {
            let start = index
            while index < bytes.count, bytes[index] != delimiter, !isLineEnd(bytes[index]) {
                index += 1
            }
            guard index - recordStart <= CSVReader.recordBytesMax else { throw .length }
            return String(decoding: bytes[start..<index], as: UTF8.self)
        }
        index += 1
        var content: [UInt8] = []
        while true {
            guard index < bytes.count else { throw .unclosedQuote }
            guard index - recordStart <= CSVReader.recordBytesMax else { throw .unclosedQuote }
            let byte = bytes[index]
            index += 1
            if byte != 34 {
                if byte == 10 || (byte == 13 && !(index < bytes.count && bytes[index] == 10)) {
                    line += 1
                }
                content.append(byte)
            } else if index < bytes.count, bytes[index] == 34 {
                content.append(34)
                index += 1
            } else {
                break
            }
        }
        if index < bytes.count, bytes[index] != delimiter, !isLineEnd(bytes[index]) {
            throw .textAfterQuote
        }
        return String(decoding: content, as: UTF8.self)
    }

    /// Goes on behind the line on which the broken record begins.
    private mutating func broken(_ breach: Breach, at start: (index: Int, line: Int)) -> Mistake {
        (index, line) = start
        while index < bytes.count, !isLineEnd(bytes[index]) { index += 1 }
        endLine()
        let (what, remedy) =
            switch breach {
            case .unclosedQuote:
                (
                    "a quotation mark that opens a field is never closed",
                    "Close it, or double it (\"\") where it belongs to the text"
                )
            case .textAfterQuote:
                (
                    "text follows a closing quotation mark",
                    "Double quotation marks (\"\") that belong to the text"
                )
            case .length:
                ("the row is longer than 1 MiB", "Look for a missing line end")
            case .columns:
                ("the row has more than 512 columns", "Look for a missing line end")
            }
        return Mistake(.badValue, file: file, row: start.line, what: what, remedy: remedy)
    }

    private mutating func endLine() {
        guard index < bytes.count else { return }
        let isPair = bytes[index] == 13 && index + 1 < bytes.count && bytes[index + 1] == 10
        index += isPair ? 2 : 1
        line += 1
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }
}
