import Domain
import Foundation
import Testing
import Wire

/// `docs/protocol.md` and the code say the same.
@Suite struct ProtocolDocumentTests {
    private let document: String

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        document = try String(
            contentsOf: root.appendingPathComponent("docs/protocol.md"),
            encoding: .utf8
        )
    }

    @Test(arguments: [
        ("10.1", IntakeClientSession.table), ("10.2", IntakeHubSession.table),
        ("10.3", DeskClientSession.table), ("10.4", DeskHubSession.table),
    ])
    func stateTablesArePrintedFromTheSessions(_ section: String, _ table: String) {
        let isThere = document.contains(table)
        #expect(isThere, "the table of §\(section) is now:\n\(table)\n")
    }

    @Test(arguments: FrameKind.allCases)
    func workedExamplesAreWhatTheCodeSends(_ kind: FrameKind) {
        let picture = picture(of: Sample.frame(kind, intake: Self.isIntake(kind)))
        let isThere = document.contains(picture)
        #expect(isThere, "the example of \(kind.name) is now:\n\(picture)\n")
    }

    @Test(arguments: FrameKind.allCases)
    func everyKindIsInTheTableOfKinds(_ kind: FrameKind) {
        let code = String(kind.rawValue, radix: 16, uppercase: true)
        let cell = code.count == 1 ? "0" + code : code
        let isThere = document.contains("| \(kind.name) | \(cell) |")
        #expect(isThere)
    }

    /// Fatal or not is the text's; that the code has the name is checked.
    @Test func everyErrorOfTheTextIsOneOfTheCode() throws {
        let rows = document.split(separator: "\n").filter { $0.hasPrefix("| LD-") }
        #expect(rows.count > 15)
        for row in rows {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let codes = cells[0].split(separator: ",")
            let names = cells[1].split(separator: ",")
            #expect(codes.count == names.count)
            for (code, name) in zip(codes, names) {
                let text = code.trimmingCharacters(in: .whitespaces)
                let known = try #require(ErrorCode(text: text), "\(text) is not in the code")
                #expect("\(known)" == name.trimmingCharacters(in: .whitespaces))
            }
        }
    }

    @Test func limitsOfTheTextAreTheCodes() {
        for number in [
            ProtocolLimits.bodyBytesMax, ProtocolLimits.eventBytesMax, ProtocolLimits.batchMax,
            ProtocolLimits.openPutsMax, ProtocolLimits.smallBodyBytesMax,
            ProtocolLimits.answerBytesMax,
        ] {
            let text = Self.grouped(number)
            let isThere = document.contains("| \(text)") || document.contains(" \(text) ")
            #expect(isThere, "\(text)")
        }
    }

    private static func grouped(_ number: Int) -> String {
        var text = String(number)
        var place = text.count - 3
        while place > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return text
    }

    private static func isIntake(_ kind: FrameKind) -> Bool {
        switch kind {
        case .hello, .welcome, .ping, .pong, .bye, .error, .put, .receipts: true
        case .credit, .subscribe, .deliver, .snapshotEnd, .query, .answer, .command, .outcome,
            .fetch, .settle, .position, .replay, .replayChunk, .replayEnd, .pace:
            false
        }
    }

    /// The header in hex; then the body as JSON, or in hex, sixteen bytes a line.
    private func picture(of frame: Frame) -> String {
        var lines = [hex(frame.bytes.prefix(16))]
        if frame.body.first == UInt8(ascii: "{") {
            lines.append(String(decoding: frame.body, as: UTF8.self))
        } else {
            var rest = frame.body
            while !rest.isEmpty {
                lines.append(hex(rest.prefix(16)))
                rest = rest.dropFirst(16)
            }
        }
        return lines.joined(separator: "\n")
    }

    private func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
            .joined(separator: " ")
    }
}
