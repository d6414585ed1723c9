package import Domain
package import Journal
package import Storage

/// Walks along an audit log and says where it is not what was written (审计核验).
package enum AuditCheck {
    /// Something that is wrong.
    package struct Finding: Equatable, Sendable, CustomStringConvertible {
        /// The file.
        package var file: String
        /// The line, from 1; 0 for the whole file.
        package var line: Int
        /// What is wrong.
        package var problem: String

        /// A finding.
        package init(file: String, line: Int, problem: String) {
            self.file = file
            self.line = line
            self.problem = problem
        }

        /// Place and problem, `audit/2026-07.jsonl:12: …`.
        package var description: String { "\(file):\(line): \(problem)" }
    }

    /// A head that was written to a second place.
    package struct Head: Equatable, Sendable {
        /// The number of the last line then.
        package var number: UInt64
        /// The chain of it, in hexadecimal digits.
        package var chain: String
        /// When.
        package var at: String

        /// A head from its line `NUMBER CHAIN TIME`; `nil` when it is none.
        package init?(line: some StringProtocol) {
            let words = line.split(separator: " ")
            guard words.count == 3, let number = UInt64(words[0]), words[1].utf8.count == 64 else {
                return nil
            }
            self.number = number
            chain = String(words[1])
            at = String(words[2])
        }

        /// A head from its parts.
        package init(number: UInt64, chain: String, at: String) {
            self.number = number
            self.chain = chain
            self.at = at
        }

        /// The line.
        package var text: String { "\(number) \(chain) \(at)" }
    }

    /// A month that was removed when its span was over, as a line of the log says (期满移除).
    package struct Removal: Equatable, Sendable {
        /// The number of the line.
        package var line: UInt64
        /// When it was removed.
        package var at: Timestamp
        /// What was removed.
        package var what: AuditRemoval

        /// A removal from its line; `nil` when the line says none.
        init?(_ line: AuditLine) {
            guard let what = AuditRemoval(line.object), let record = line.record else { return nil }
            self.line = line.number
            at = record.at
            self.what = what
        }
    }

    /// A month that is there.
    package struct Month: Equatable, Sendable {
        /// `2026-07`.
        package var name: String
        /// Its last line; `nil` while it has none.
        package var last: AuditLine?

        init(name: String) { self.name = name }
    }

    /// What a walk found.
    package struct Report: Sendable {
        /// What is wrong, in the order of the files.
        package var findings: [Finding] = []
        /// The first and the last number; 0 for an empty log.
        package var first: UInt64 = 0
        package var last: UInt64 = 0
        /// Heads that were held against it.
        package var heads = 0
        /// The months that are there, the oldest first.
        package var months: [Month] = []
        /// What was removed, as far as the lines that are there say so.
        package var removals: [Removal] = []
    }

    /// The folder of the log within a data folder.
    static let folderName = AuditCopies.folderName

    /// The most findings that are told.
    package static let findingsMax = 1000

    /// Walks along the files of a data folder.
    ///
    /// The log begins with number 1, or where a line of it says that the months before were removed.
    ///
    /// - Parameters:
    ///   - disk: Where they lie.
    ///   - dataFolder: The hub's data folder.
    ///   - heads: What a second place says of the log.
    ///   - visit: Gets every whole line in order.
    /// - Returns: What was found.
    /// - Throws: What the disk refused.
    package static func run<D: Disk>(
        _ disk: D,
        dataFolder: String,
        heads: [Head] = [],
        _ visit: (AuditLine) -> Void = { _ in }
    ) throws(DiskError) -> Report {
        var walk = AuditWalk(heads: heads)
        let folder = "\(dataFolder)/\(folderName)"
        for name in try disk.list(folder) {
            guard let month = AuditLine.month(of: name) else { continue }
            walk.begin(file: "\(folderName)/\(name)", month: month)
            let isWhole = try LineWalk.run(try disk.open("\(folder)/\(name)", .read)) {
                place,
                text in
                if let line = walk.take(text, at: place) { visit(line) }
            }
            if !isWhole { walk.tell(0, "ends within a line") }
        }
        return walk.finish()
    }
}
