import Domain
import Hashing
import Journal
import Storage
import Wire

/// Segments of a log, and the records in them.
///
/// The first byte says what the rest is: a log by itself, one whose checks are made right, the decisions or
/// the inputs of a journal, an entry's payload, a decision. Of a segment's first block only the 128 bytes
/// that are used stand in an input.
enum SegmentLook {
    /// What the lower bits of the first byte choose; the next bit numbers frames in order.
    enum Part: UInt8, CaseIterable {
        case log, sealedLog, decisions, inputs, payload, decision
    }

    static let numbersFrames: UInt8 = 8
    /// A segment is as long as its content, and an empty rest; longer ones would only cost time.
    static let segmentBytesMax = 65_536

    nonisolated(unsafe) private static let events = EventDecoder()

    static func look(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 2, let part = Part(rawValue: bytes[0] & 7) else { return false }
        let rest = Array(bytes[2...])
        switch part {
        case .payload: return lookAtPayload(kind: UInt16(bytes[1]), rest)
        case .decision: return lookAtDecision(rest)
        case .log, .sealedLog, .decisions, .inputs:
            let shape = SegmentShape(
                isSealed: part != .log,
                numbersFrames: bytes[0] & numbersFrames != 0,
                part: part
            )
            // The second byte tells where another segment begins, in units of 64 bytes.
            let split = min(Int(bytes[1]) * 64, rest.count)
            let first = shape.file(split == 0 ? rest : Array(rest[..<split]), index: 1)
            let second = split == 0 ? nil : shape.file(Array(rest[split...]), index: 2)
            return lookAtFiles([first, second].compactMap { $0 }, part)
        }
    }

    private static func lookAtPayload(kind: UInt16, _ payload: [UInt8]) -> Bool {
        do throws(RecordError) {
            let record = try EntryCodec.decode(kind: kind, payload: payload)
            hold(EntryCodec.encode(record) == payload, "a record has one form")
            hold(record.kind.rawValue == kind, "a record is of its kind")
            _ = record.receipt
            _ = try record.entryContent(events)
            return true
        } catch {
            hold(!error.description.isEmpty, "a refusal says why")
            return false
        }
    }

    private static func lookAtDecision(_ bytes: [UInt8]) -> Bool {
        do throws(RecordError) {
            let decision = try DecisionCodec.decode(bytes)
            hold(DecisionCodec.encode(decision) == bytes, "a decision has one form")
            hold(DecisionCodec.time(of: bytes) == decision.at, "its time is read alone")
            let line = decision.json.bytes
            hold((try? JSONValue(parsing: line)) != nil, "its JSON is JSON")
            for subject in decision.subjects { hold(!subject.text.isEmpty, "a subject has words") }
            return true
        } catch {
            hold(!error.description.isEmpty, "a refusal says why")
            return false
        }
    }

    private static func lookAtFiles(_ files: [[UInt8]], _ part: Part) -> Bool {
        switch part {
        case .decisions: return lookAtDecisions(disk(with: files, in: "hub/decisions"))
        case .inputs: return lookAtInputs(disk(with: files, in: "hub/inputs"))
        default: return lookAtLog(disk(with: files, in: "log"))
        }
    }

    /// A journal of the first entry alone, one of whose logs is replaced.
    private static func disk(with files: [[UInt8]], in folder: String) -> MemoryDisk {
        var image = folder == "log" ? DiskImage() : SegmentSeeds.founded
        image.folders.insert(folder)
        for path in image.paths where path.hasPrefix(folder) && path.hasSuffix(".segment") {
            image.files[path] = nil
        }
        for (index, bytes) in files.enumerated() {
            image.files["\(folder)/000000000\(index + 1).segment"] = bytes
        }
        return MemoryDisk(image: image)
    }

    /// Checked, recovered, and checked again: recovery leaves nothing that a start would cut or refuse.
    private static func lookAtLog(_ disk: MemoryDisk) -> Bool {
        let before = report(disk)
        var isTaken = before.lastNumber > 0
        do throws(LogError) {
            let opened = try SegmentLog.open(
                disk,
                folder: "log",
                identity: SegmentSeeds.trial,
                options: LogOptions(segmentBytes: 8192, unsyncedBytesMax: 8192),
                cutsDamage: true,
                visit: { (frame) throws(LogFault) in try count(frame) }
            )
            let last = opened.take().lastNumber
            let after = report(disk)
            hold(after.lastNumber == last, "what recovery kept is there")
            let left = after.findings.first { $0.weight != .unused }
            hold(left == nil, "a recovered log is sound: \(left.map { "\($0)" } ?? "")")
        } catch {
            hold(!error.description.isEmpty, "a refusal says why")
            isTaken = false
        }
        return isTaken
    }

    private static func report(_ disk: MemoryDisk) -> LogReport {
        do throws(LogError) {
            let report = try LogReport.of(disk, folder: "log", identity: nil) {
                (frame) throws(LogFault) in _ = try count(frame)
            }
            for finding in report.findings { hold(!finding.description.isEmpty, "it has words") }
            return report
        } catch {
            fatalError("a disk that works cannot be read: \(error)")
        }
    }

    private static func count(_ frame: LogFrame) throws(LogFault) -> FrameVerdict {
        var count = 0
        try frame.forEachRecord { number, _ in
            hold(
                number == frame.header.firstNumber + UInt64(count),
                "records are numbered in order"
            )
            count += 1
        }
        hold(count == frame.header.count, "a frame has as many records as it says")
        return .keep
    }

    private static func lookAtDecisions(_ disk: MemoryDisk) -> Bool {
        var last: UInt64 = 0
        do throws(JournalError) {
            let end = try DecisionPass.run(disk, folder: "hub") { stored, decision in
                hold(stored.number == last + 1, "decisions come in order")
                last = stored.number
                hold(DecisionCodec.encode(decision) == stored.bytes, "a decision has one form")
                return true
            }
            hold(end.lastNumber == last, "a pass ends with the last decision")
        } catch {
            hold(!error.description.isEmpty, "a refusal says why")
        }
        return last > 0
    }

    private static func lookAtInputs(_ disk: MemoryDisk) -> Bool {
        var opened = 0
        do throws(JournalError) {
            // Heads alone: a payload opens only under its key.
            let end = try InputPass.run(
                disk,
                folder: "hub",
                wants: { _, _ in false },
                visit: { _ in true }
            )
            _ = try InputPass.run(disk, folder: "hub") { entry in
                hold(entry.number <= end.lastNumber, "what opens had a sound head")
                opened += 1
                return true
            }
        } catch {
            hold(!error.description.isEmpty, "a refusal says why")
        }
        do throws(JournalError) {
            let report = try JournalReport.of(disk, folder: "hub")
            for finding in report.findings { hold(!finding.what.isEmpty, "a finding has words") }
        } catch {
            hold(!error.description.isEmpty, "a refusal says why")
        }
        return opened > 0
    }
}

/// How the bytes of an input become the file of a segment (`docs/journal.md`).
struct SegmentShape {
    /// Marks, lengths, checks and chains are made right.
    let isSealed: Bool
    /// Frames get the numbers that they must have.
    let numbersFrames: Bool
    let part: SegmentLook.Part

    private static let block = 4096
    private static let used = 128

    func file(_ bytes: [UInt8], index: UInt64) -> [UInt8] {
        var file = [UInt8](repeating: 0, count: Self.block)
        file.replaceSubrange(0..<min(Self.used, bytes.count), with: bytes.prefix(Self.used))
        file += bytes.dropFirst(Self.used)
        boundLength(&file)
        guard isSealed else { return file }
        file.replaceSubrange(0..<8, with: Array("LDSEGMNT".utf8))
        file.put(UInt32(1), at: 8)
        if numbersFrames { file.put(index, at: 40) }
        file.put(CRC32C.of(Array(file[..<124])), at: 124)
        sealFrames(&file)
        return file
    }

    /// Recovery writes a segment's whole length, which a header may say to be 4 GiB.
    private func boundLength(_ file: inout [UInt8]) {
        let length = number(file, 48, as: UInt64.self)
        guard length > UInt64(SegmentLook.segmentBytesMax) else { return }
        file.put(UInt64(SegmentLook.segmentBytesMax), at: 48)
    }

    private func sealFrames(_ file: inout [UInt8]) {
        var at = Self.block
        var next = number(file, 56, as: UInt64.self)
        var chain = Array(file[64..<96])
        while at + 64 <= file.count, file[at..<at + 64].contains(where: { $0 != 0 }) {
            file.replaceSubrange(at..<at + 4, with: Array("LDFR".utf8))
            let room = file.count - at - 64
            let size = Int(number(file, at + 16, as: UInt32.self)) % (room + 1)
            file.put(UInt32(size), at: at + 16)
            if numbersFrames { file.put(next, at: at + 8) }
            let body = Array(file[(at + 64)..<(at + 64 + size)])
            extend(&chain, over: body)
            if part != .sealedLog { file.replaceSubrange(at + 24..<at + 56, with: chain) }
            file.put(CRC32C.of(body), at: at + 20)
            file.put(CRC32C.of(place(file, at) + file[at..<at + 60]), at: at + 60)
            next =
                number(file, at + 8, as: UInt64.self)
                &+ UInt64(number(file, at + 4, as: UInt32.self))
            at += (64 + size + 63) / 64 * 64
        }
    }

    /// The chain after a frame's records, by the rule of its log.
    private func extend(_ chain: inout [UInt8], over body: [UInt8]) {
        var offset = 0
        while offset + 4 <= body.count {
            let count = Int(number(body, offset, as: UInt32.self))
            offset += 4
            guard count <= body.count - offset else { return }
            let record = body[offset..<offset + count]
            chain = Digest32.sha256(chain + (part == .inputs ? record.prefix(56) : record)).bytes
            offset += count
        }
    }

    private func place(_ file: [UInt8], _ offset: Int) -> [UInt8] {
        var bytes = Array(file[16..<32])
        bytes += file[12..<16] + [0, 0, 0, 0] + file[40..<48]
        bytes += [UInt8](repeating: 0, count: 8)
        bytes.put(UInt64(offset), at: 32)
        return bytes
    }

    private func number<Number: FixedWidthInteger>(
        _ bytes: [UInt8],
        _ offset: Int,
        as type: Number.Type
    ) -> Number {
        bytes[offset..<offset + Number.bitWidth / 8].reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}
