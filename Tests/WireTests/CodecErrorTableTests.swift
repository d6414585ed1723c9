import Domain
import Foundation
import Testing

@Suite struct CodecErrorTableTests {
    /// The rows of the table in `docs/errors.md`.
    private static let rows: [[String]] = {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let text = try? String(contentsOfFile: "/\(folder)/docs/errors.md", encoding: .utf8)
        return (text ?? "").split(separator: "\n").filter { $0.hasPrefix("| LD-") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }()

    @Test func everyCodeStandsInTheTableInOrder() {
        #expect(Self.rows.map { $0[0] } == ErrorCode.allCases.map(\.text))
        #expect(Self.rows.map { $0[1] } == ErrorCode.allCases.map { "\($0)" })
    }

    @Test func everyRowSaysWhatItMeansAndWhatToDo() {
        for row in Self.rows {
            #expect(row.count == 4, "\(row)")
            #expect(row.dropFirst(2).allSatisfy { $0.count > 10 && $0.hasSuffix(".") }, "\(row)")
        }
    }

    @Test func aCodeIsReadBackFromItsText() {
        for code in ErrorCode.allCases { #expect(ErrorCode(text: code.text) == code) }
        #expect(ErrorCode(text: "LD-9999") == nil)
    }
}
