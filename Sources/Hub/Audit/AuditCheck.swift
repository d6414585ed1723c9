import Domain
import Hashing
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

    /// What a walk found.
    package struct Report: Sendable {
        /// What is wrong, in the order of the files.
        package var findings: [Finding] = []
        /// The first and the last number; 0 for an empty log.
        package var first: UInt64 = 0
        package var last: UInt64 = 0
        /// Heads that were held against it.
        package var heads = 0
    }

    /// The most findings that are told.
    package static let findingsMax = 1000

    /// Walks along the files of a data folder.
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
        var report = Report()
        var chain = Digest32.zero
        var told: [UInt64: String] = [:]
        for head in heads { told[head.number] = head.chain }
        let folder = "\(dataFolder)/\(AuditLog<D>.folderName)"
        for name in try disk.list(folder) where AuditLine.month(of: name) != nil {
            func tell(_ line: Int, _ problem: String) {
                guard report.findings.count < findingsMax else { return }
                let file = "\(AuditLog<D>.folderName)/\(name)"
                report.findings.append(Finding(file: file, line: line, problem: problem))
            }
            let isWhole = try eachLine(of: try disk.open("\(folder)/\(name)", .read)) {
                number,
                text in
                guard let line = AuditLine(text) else {
                    tell(number, "is no line of an audit log")
                    return
                }
                // Months past their span are gone; the log begins where they ended.
                let isFirst = report.first == 0
                if number == 1, line.record?.act != .began {
                    tell(1, "is not the line that a month begins with")
                }
                if isFirst { report.first = line.number }
                if !isFirst, line.number != report.last + 1 {
                    tell(number, "has number \(line.number) behind \(report.last)")
                }
                if !isFirst || line.number == 1, line.chain != line.chain(after: chain) {
                    tell(number, "number \(line.number) does not follow from the line before")
                }
                if let said = told.removeValue(forKey: line.number) {
                    report.heads += 1
                    if said != line.chain.hex {
                        tell(number, "number \(line.number) is not what the second place noted")
                    }
                }
                report.last = line.number
                chain = line.chain
                visit(line)
            }
            if !isWhole { tell(0, "ends within a line") }
        }
        let beyond = told.keys.filter { $0 > report.last }
        if let most = beyond.max() {
            report.findings.append(
                Finding(
                    file: AuditLog<D>.folderName,
                    line: 0,
                    problem: "ends at \(report.last), the second place noted \(most)"
                )
            )
        }
        return report
    }

    /// The most bytes that are read at once; a city's month is larger than a machine's memory.
    private static let chunkBytes = 1 << 20

    /// Goes along the lines of a file, numbered from 1; what never ends is told as lines of a chunk each.
    ///
    /// - Returns: Whether the file ends with the end of a line.
    private static func eachLine(
        of file: some DiskFile,
        _ visit: (Int, ArraySlice<UInt8>) -> Void
    ) throws(DiskError) -> Bool {
        let size = try file.size()
        var (offset, number) = (0, 0)
        var rest: [UInt8] = []
        while offset < size {
            let start = rest.count
            rest.append(contentsOf: repeatElement(0, count: min(chunkBytes, size - offset)))
            var outcome: Result<Int, DiskError> = .success(0)
            rest.withUnsafeMutableBytes { buffer in
                let place = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
                do throws(DiskError) {
                    outcome = .success(try file.read(into: place, at: offset))
                } catch {
                    outcome = .failure(error)
                }
            }
            let count = try outcome.get()
            // It was cut while it was read.
            guard count > 0 else { break }
            rest.removeLast(rest.count - start - count)
            offset += count
            var begin = 0
            while let end = rest[begin...].firstIndex(of: 0x0A) {
                number += 1
                visit(number, rest[begin..<end])
                begin = end + 1
            }
            rest.removeFirst(begin)
            if rest.count > chunkBytes {
                number += 1
                visit(number, rest[...])
                rest = []
            }
        }
        return rest.isEmpty
    }
}
