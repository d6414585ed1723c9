import Domain
import Journal
import Storage
import Testing

/// Loss of power and errors at every single operation of a journal's life.
struct JournalCrashTests {
    @Test(arguments: 0..<4)
    func powerLossAtEveryOperationLosesNothingSynced(_ part: Int) throws {
        var operation = 1 + part
        var isComplete = false
        var recovered = 0
        while !isComplete {
            let disk = MemoryDisk()
            var synced: UInt64 = 0
            disk.fail(at: operation, by: .powerLoss)
            do throws(JournalError) {
                try fill(disk, synced: &synced, entriesPerEpoch: 8)
                isComplete = true
            } catch {}
            for seed in UInt64(0)..<2 {
                let note: Comment = "operation \(operation), seed \(seed)"
                let found = MemoryDisk(image: disk.crashImage(seed: seed))
                let opened = try openTrial(found)
                let contents = try Contents(opened)
                check(contents, synced: synced, note)
                if opened.recovery.inputTail != nil { recovered += 1 }
                // It goes on: the engine derives again what is missing, agencies send again.
                var inputs = opened.inputs
                var log = opened.decisions
                if inputs.foundingNumber == nil {
                    let next = Int(inputs.lastNumber) + 1
                    try inputs.found(at: entry(next).at, payload: [9])
                }
                try log.begin(epoch: inputs.epoch)
                let next = Int(inputs.lastNumber) + 1
                try inputs.append([entry(next)])
                try inputs.sync()
                try log.append(decisions(UInt64(next)), input: UInt64(next))
                try log.sync()
                let report = try JournalReport.of(
                    MemoryDisk(image: found.crashImage(seed: seed)),
                    folder: "hub"
                )
                #expect(report.findings.isEmpty && report.lastInput == UInt64(next), note)
            }
            operation += 4
        }
        #expect(operation > 60)
        #expect(recovered > 0, "some of the crashes leave an unfinished end")
    }

    /// The entries are those that were appended, in order, at least all that were synced.
    private func check(_ contents: Contents, synced: UInt64, _ note: Comment) {
        #expect(contents.inputs.count >= Int(synced), note)
        for (offset, reading) in contents.inputs.enumerated() {
            #expect(reading.number == UInt64(offset + 1), note)
            if reading.kind != .founding {
                #expect(reading.bytes == payload(offset + 1), note)
            }
        }
        let last = UInt64(contents.inputs.count)
        for decision in contents.decisions {
            #expect(decision.input <= last, note)
            #expect(decisions(decision.input).contains(decision.bytes), note)
        }
    }

    @Test func errorAtEveryOperationGivesNoFalseReceipt() throws {
        var operation = 1
        var isComplete = false
        while !isComplete {
            let disk = MemoryDisk()
            var synced: UInt64 = 0
            disk.fail(at: operation, by: .error)
            do throws(JournalError) {
                try fill(disk, synced: &synced, entriesPerEpoch: 6)
                isComplete = true
            } catch {}
            disk.fail(at: nil, by: .error)
            let note: Comment = "operation \(operation)"
            let opened = try openTrial(disk)
            let contents = try Contents(opened)
            check(contents, synced: synced, note)
            let after = try openTrial(MemoryDisk(image: disk.crashImage(seed: UInt64(operation))))
            #expect(try Contents(after).inputs == contents.inputs, note)
            operation += 1
        }
    }

    /// An unfinished end leaves a number behind that another entry takes, under the same key: both
    /// must stay sealed, so the cipher's stream must not be the same.
    @Test func numberThatIsUsedTwiceIsSealedDifferently() throws {
        func sealed(_ byte: UInt8) throws -> [UInt8] {
            let disk = MemoryDisk()
            var inputs = try openTrial(disk).inputs
            try inputs.found(at: entry(1).at, payload: [UInt8](repeating: byte, count: 64))
            let file = try #require(disk.liveImage().files["hub/inputs/0000000001.segment"])
            // Header block, frame head, length, entry head.
            let start = 4096 + 64 + 4 + 56
            return Array(file[start..<(start + 64)])
        }
        let first = try sealed(0)
        let second = try sealed(1)
        let difference = zip(first, second).map { $0 ^ $1 }
        #expect(difference.contains { $0 != 1 }, "equal streams would differ by the texts alone")
        #expect(try sealed(0) == first)
    }
}
