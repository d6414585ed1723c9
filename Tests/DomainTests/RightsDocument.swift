import Domain
import Foundation
import Testing

private let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

@Suite struct RightsDocument {
    private var rows: [[String]] {
        get throws {
            let text = try String(contentsOfFile: root + "/docs/rights.md", encoding: .utf8)
            return text.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
                line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                    .map { $0.trimmingCharacters(in: .whitespaces) }
            }
        }
    }

    @Test func theWrittenPolicyIsWhatRolesMay() throws {
        let rows = try rows
        let head = try #require(rows.first { $0.first == "right" })
        let roles = try head.dropFirst().map { try #require(Role(rawValue: $0), "\($0)") }
        #expect(roles == Role.allCases)
        var seen: [Right] = []
        for row in rows {
            guard let word = row.first?.split(separator: "`").first.map(String.init),
                row.first?.hasPrefix("`") == true, let right = Right(rawValue: word),
                row.count == roles.count + 1
            else { continue }
            seen.append(right)
            for (role, cell) in zip(roles, row.dropFirst()) {
                #expect(
                    (cell == "x") == role.rights.contains(right),
                    "\(right.rawValue) of \(role.rawValue)"
                )
            }
        }
        #expect(seen == Right.allCases)
    }
}
