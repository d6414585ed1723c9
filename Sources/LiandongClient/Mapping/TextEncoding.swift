internal import Domain
internal import Foundation

/// The encoding of an export (字符编码) and how it is found: a mark, valid UTF-8, else GB18030.
public enum TextEncoding: String, CaseIterable, Hashable, Sendable {
    /// UTF-8, with or without its mark.
    case utf8 = "utf-8"
    /// GB18030, which holds GBK and GB2312.
    case gb18030
    /// UTF-16 with a mark, as Excel's “Unicode text”.
    case utf16 = "utf-16"

    /// The bytes of an export as UTF-8, and the encoding that they had.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - declared: The encoding that the mapping names; `nil` finds it.
    ///   - file: The name for the message.
    /// - Returns: The text without a mark, and the encoding that was found.
    /// - Throws: A mistake with the byte offset, where two encodings are mixed or a byte belongs to
    ///   neither.
    static func decode(
        _ bytes: [UInt8],
        declared: TextEncoding?,
        file: String
    ) throws(Mistake) -> (utf8: [UInt8], encoding: TextEncoding) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            let rest = Array(bytes.dropFirst(3))
            if let offset = firstInvalidUTF8(rest[...]) {
                throw undecodable(
                    bytes,
                    at: offset + 3,
                    "is not UTF-8 though the file's mark is",
                    file
                )
            }
            return (rest, .utf8)
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            guard bytes.count % 2 == 0, let text = String(data: Data(bytes), encoding: .utf16)
            else {
                throw undecodable(bytes, at: bytes.count - 1, "breaks off UTF-16", file)
            }
            let plain = text.unicodeScalars.first?.value == 0xFEFF ? text.dropFirst() : text[...]
            return (Array(plain.utf8), .utf16)
        }
        let invalid = firstInvalidUTF8(bytes[...])
        if declared != .gb18030 {
            guard let invalid else { return (bytes, .utf8) }
            if declared == .utf8 { throw undecodable(bytes, at: invalid, "is not UTF-8", file) }
        }
        if let invalid, let offset = mixture(bytes, firstInvalid: invalid) {
            throw undecodable(
                bytes,
                at: offset,
                "begins another encoding: UTF-8 and GB18030 are mixed",
                file
            )
        }
        return (try decodeGB18030(bytes, file: file), .gb18030)
    }

    /// Foundation's number of GB18030.
    static let foundationGB18030 = String.Encoding(rawValue: 0x8000_0632)

    private static func decodeGB18030(_ bytes: [UInt8], file: String) throws(Mistake) -> [UInt8] {
        if let offset = firstInvalidGB18030(bytes) {
            throw undecodable(bytes, at: offset, "is neither UTF-8 nor GB18030", file)
        }
        guard let text = String(data: Data(bytes), encoding: foundationGB18030) else {
            throw undecodable(bytes, at: 0, "begins a text that is neither UTF-8 nor GB18030", file)
        }
        return Array(text.utf8)
    }

    /// Where the encoding changes, when some lines are surely UTF-8 and another cannot be.
    ///
    /// Short GB18030 words can be valid UTF-8 by chance (联通), so a line counts as UTF-8 only with
    /// four Chinese characters of three bytes and nothing else beyond ASCII.
    private static func mixture(_ bytes: [UInt8], firstInvalid: Int) -> Int? {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
            let line = bytes[start..<end]
            if isSurelyUTF8(line) {
                let firstHigh = line.firstIndex { $0 >= 0x80 } ?? start
                return max(firstHigh, firstInvalid)
            }
            start = end + 1
        }
        return nil
    }

    private static func isSurelyUTF8(_ line: ArraySlice<UInt8>) -> Bool {
        guard firstInvalidUTF8(line) == nil else { return false }
        var chinese = 0
        for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0..<0x80: break
            case 0x2000...0x206F, 0x3000...0x303F, 0x4E00...0x9FFF, 0xFF00...0xFFEF: chinese += 1
            default: return false
            }
        }
        return chinese >= 4
    }

    /// The offset of the first byte that is no UTF-8; `nil` when all is.
    static func firstInvalidUTF8(_ bytes: ArraySlice<UInt8>) -> Int? {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let lead = bytes[index]
            let length: Int
            var second: ClosedRange<UInt8> = 0x80...0xBF
            switch lead {
            case 0..<0x80: length = 1
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xED: (length, second) = (3, 0x80...0x9F)
            case 0xE1...0xEF: length = 3
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: length = 4
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: return index
            }
            guard index + length <= bytes.endIndex else { return index }
            for place in 1..<max(length, 1) {
                let range = place == 1 ? second : 0x80...0xBF
                if !range.contains(bytes[index + place]) { return index }
            }
            index += length
        }
        return nil
    }

    private static func firstInvalidGB18030(_ bytes: [UInt8]) -> Int? {
        var index = 0
        while index < bytes.count {
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            guard (0x81...0xFE).contains(bytes[index]), index + 1 < bytes.count else {
                return index
            }
            switch bytes[index + 1] {
            case 0x40...0x7E, 0x80...0xFE: index += 2
            case 0x30...0x39:
                guard index + 3 < bytes.count, (0x81...0xFE).contains(bytes[index + 2]),
                    (0x30...0x39).contains(bytes[index + 3])
                else { return index }
                index += 4
            default: return index
            }
        }
        return nil
    }

    private static func undecodable(
        _ bytes: [UInt8],
        at offset: Int,
        _ what: String,
        _ file: String
    ) -> Mistake {
        let line = 1 + bytes.prefix(offset).count { $0 == 10 }
        let byte = offset < bytes.count ? "0x" + String(bytes[offset], radix: 16) : "at the end"
        return Mistake(
            .badValue,
            file: file,
            row: line,
            what: "byte \(byte) at offset \(offset) \(what)",
            remedy: "Export the whole file once more in one encoding, UTF-8 or GB18030"
        )
    }
}
