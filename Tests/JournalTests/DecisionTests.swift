import Domain
import Journal
import Storage
import Testing

/// The log of decisions: compared where it reaches, written behind that.
struct DecisionTests {
    private func image() throws -> DiskImage {
        let disk = MemoryDisk()
        var synced: UInt64 = 0
        try fill(disk, synced: &synced)
        return disk.liveImage()
    }

    @Test func decisionsReadBackInOrder() throws {
        let opened = try openTrial(MemoryDisk(image: try image()))
        let all = try Contents(opened).decisions
        #expect(all.map(\.number) == Array(1...UInt64(all.count)))
        for input in 2...opened.inputs.lastNumber where opened.inputs.foundingNumber != input {
            #expect(all.filter { $0.input == input }.map(\.bytes) == decisions(input))
        }
    }

    @Test func sameDecisionsDerivedAgainChangeNothing() throws {
        let opened = try openTrial(MemoryDisk(image: try image()))
        let founding = opened.inputs.foundingNumber
        let last = opened.inputs.lastNumber
        let before = try Contents(opened)
        var log = opened.decisions
        let digest = log.digest
        for input in 1...last {
            let isFounding = input == 1 || input == founding
            try log.append(isFounding ? [] : decisions(input), input: input)
        }
        try log.sync()
        #expect(log.digest == digest && log.lastNumber == UInt64(before.decisions.count))
    }

    @Test(arguments: ["changed", "missing", "more", "missing last"] as [String])
    func anotherDecisionIsRefused(_ difference: String) throws {
        let opened = try openTrial(MemoryDisk(image: try image()))
        let founded = opened.inputs.foundingNumber
        let founding = try #require(founded)
        let covered = opened.decisions.coveredInput
        var log = opened.decisions
        var error: JournalError?
        do throws(JournalError) {
            // The present epoch alone is derived again.
            for input in founding...(covered + 2) {
                var derived = input == founding ? [] : decisions(input)
                switch difference {
                case "changed" where input == founding + 2: derived[0][0] ^= 1
                case "missing" where input == founding + 2: derived.removeLast()
                case "more" where input == founding + 2: derived.append([1])
                case "missing last" where input == covered: derived.removeLast()
                default: break
                }
                try log.append(derived, input: input)
            }
        } catch let found {
            error = found
        }
        guard case .decisionDiffers(let input, let number) = error else {
            Issue.record("\(difference): \(String(describing: error))")
            return
        }
        #expect(input == (difference == "missing last" ? covered : founding + 2) && number > 0)
    }

    @Test func unsyncedDecisionsAreDerivedAgainAfterACrash() throws {
        for seed in UInt64(0)..<30 {
            let disk = MemoryDisk()
            let opened = try openTrial(disk)
            var inputs = opened.inputs
            var log = opened.decisions
            try inputs.found(at: entry(1).at, payload: [])
            for first in [2, 9, 16, 23] { try inputs.append((first..<(first + 7)).map(entry)) }
            try inputs.sync()
            for input in UInt64(2)...29 {
                try log.append(decisions(input), input: input)
                if input % 3 == 0 { try log.flush() }
                if input == 9 { try log.sync() }
            }
            try log.flush()
            let again = try openTrial(MemoryDisk(image: disk.crashImage(seed: seed)))
            #expect(again.inputs.lastNumber == 29, "seed \(seed)")
            let covered = again.decisions.coveredInput
            #expect(covered >= 9 && covered <= 29, "seed \(seed)")
            var rest = again.decisions
            for input in UInt64(1)...29 {
                try rest.append(input == 1 ? [] : decisions(input), input: input)
            }
            try rest.sync()
            #expect(rest.digest == log.digest, "seed \(seed)")
        }
    }

    @Test func decisionsAboutLostInputsAreKeptAside() throws {
        var image = try image()
        let last = try #require(image.paths.last { $0.hasPrefix("hub/inputs/0") })
        let used = try #require(image.files[last]?.lastIndex { $0 != 0 })
        image.files[last]?[used] ^= 1
        let disk = MemoryDisk(image: image)
        let report = try JournalReport.of(disk, folder: "hub")
        #expect(report.isSound && report.coveredInput > report.lastInput)
        let opened = try openTrial(disk)
        #expect(opened.recovery.inputTail != nil)
        let tail = try #require(opened.recovery.decisionTail)
        #expect(tail.finding.fault == .recordsUncovered && !tail.keptAside.isEmpty)
        #expect(opened.decisions.coveredInput <= opened.inputs.lastNumber)
        let after = try JournalReport.of(MemoryDisk(image: disk.liveImage()), folder: "hub")
        #expect(after.findings.isEmpty)
    }

    @Test func missingDecisionLogStopsTheStart() throws {
        var image = try image()
        for path in image.paths where path.hasPrefix("hub/decisions/0") { image.files[path] = nil }
        do {
            _ = try openTrial(MemoryDisk(image: image))
            Issue.record("a journal without its decisions was opened")
        } catch {
            #expect(error == .partMissing(path: "hub/decisions"))
        }
        let report = try JournalReport.of(MemoryDisk(image: image), folder: "hub")
        #expect(!report.isSound)
    }

    @Test func missingInputsStopTheStart() throws {
        var image = try image()
        for path in image.paths where path.hasPrefix("hub/inputs/0") { image.files[path] = nil }
        do {
            _ = try openTrial(MemoryDisk(image: image))
            Issue.record("a journal without its inputs was opened")
        } catch {
            #expect(error == .partMissing(path: "hub/inputs"))
        }
        let report = try JournalReport.of(MemoryDisk(image: image), folder: "hub")
        #expect(!report.isSound)
    }
}
