import Domain
import Journal
import Storage
import Testing

/// 990 bit flips and truncations on crash images: the end is kept aside, or the start stops and
/// `verify` names the place, or the byte is unused and everything reads back equal.
struct JournalRotTests {
    /// Files to spoil and what is read of them when nothing is spoiled.
    private struct Base {
        let image: DiskImage
        let contents: Contents
        let count: Int
    }

    private struct Tally {
        var tails = 0
        var stops = 0
        var healed = 0
        var unused = 0
    }

    /// A crash in the middle of a journal's life, with an entry destroyed where there is one.
    private func base(_ group: Int) throws -> Base {
        let disk = MemoryDisk()
        var synced: UInt64 = 0
        disk.fail(at: 60 + group * 7, by: .powerLoss)
        do throws(JournalError) { try fill(disk, synced: &synced) } catch {}
        let found = MemoryDisk(image: disk.crashImage(seed: UInt64(group)))
        let opened = try openTrial(found)
        var inputs = opened.inputs
        if inputs.lastNumber > 2 { try inputs.destroy([2]) }
        // What opening healed and cut is part of the picture; the log is spoiled as it lies now.
        let image = found.crashImage(seed: 0)
        let again = try openTrial(MemoryDisk(image: image))
        let contents = try Contents(again)
        return Base(image: image, contents: contents, count: contents.inputs.count)
    }

    @Test(arguments: 0..<10)
    func everySpoiledByteIsFoundOrHarmless(_ group: Int) throws {
        let base = try base(group)
        #expect(base.count > 5)
        var tally = Tally()
        for index in 0..<99 {
            let seed = UInt64(group * 99 + index)
            try spoil(base, seed: seed, &tally)
        }
        #expect(tally.tails > 0 && tally.stops > 0 && tally.healed > 0 && tally.unused > 0)
        #expect(tally.tails + tally.stops + tally.healed + tally.unused == 99)
        print(
            "rot {\"tail\": \(tally.tails), \"stopped\": \(tally.stops), "
                + "\"key_copy\": \(tally.healed), \"unused\": \(tally.unused)}"
        )
    }

    private func spoil(_ base: Base, seed: UInt64, _ tally: inout Tally) throws {
        var random = SplitMix64(seed: seed)
        let paths = base.image.paths.filter { $0.hasSuffix(".segment") || $0.contains("keys.") }
        let path = random.pick(paths)
        var image = base.image
        let change = Self.change(&image, path, &random)
        let note: Comment = "seed \(seed): \(path) \(change)"
        let report = try JournalReport.of(MemoryDisk(image: image), folder: "hub")
        let disk = MemoryDisk(image: image)
        do {
            let opened = try openTrial(disk)
            #expect(report.isSound, note)
            let contents = try Contents(opened)
            let recovery = opened.recovery
            #expect(base.contents.inputs.starts(with: contents.inputs), note)
            #expect(base.contents.decisions.starts(with: contents.decisions), note)
            let lost =
                base.count - contents.inputs.count
                + base.contents.decisions.count - contents.decisions.count
            let tail = recovery.inputTail ?? recovery.decisionTail
            if let tail {
                tally.tails += 1
                #expect(report.findings.contains { $0.path == path }, note)
                #expect(recovery.inputTail != nil || contents.inputs.count == base.count, note)
                #expect(!tail.keptAside.isEmpty || change.hasPrefix("cut"), note)
            } else {
                #expect(lost == 0, note)
                if recovery.healedKeys != nil {
                    tally.healed += 1
                    #expect(report.findings.map(\.path) == [path], note)
                } else {
                    tally.unused += 1
                }
            }
        } catch {
            tally.stops += 1
            let places = report.findings.filter { $0.weight == .damage }
            #expect(places.contains { $0.path == path }, "\(note) \(places) \(error)")
            #expect(places.allSatisfy { !$0.remedy.isEmpty && !$0.what.isEmpty }, note)
            #expect(disk.liveImage().files == image.files, note)
        }
    }

    /// Flips a bit, mostly of a byte that is used, or cuts the file.
    private static func change(
        _ image: inout DiskImage,
        _ path: String,
        _ random: inout SplitMix64
    ) -> String {
        let bytes = image.files[path] ?? []
        let used = (bytes.lastIndex { $0 != 0 } ?? 0) + 1
        let isAnywhere = random.below(4) == 0
        let offset = random.below(isAnywhere ? bytes.count : used)
        if random.below(6) == 0 {
            image.files[path] = Array(bytes[..<offset])
            return "cut at \(offset)"
        }
        let bit = UInt8(random.below(8))
        image.files[path]?[offset] ^= 1 << bit
        return "bit \(bit) of byte \(offset)"
    }
}
