import Hashing
import Storage

/// A small log of lines, with the chain that its owner would keep.
final class TrialLog<D: Disk> {
    static var identity: LogIdentity {
        LogIdentity(id: LogID(first: 7, last: 8), kind: .trial)
    }

    var log: SegmentLog<D>
    let tail: LogTail?

    init(
        _ disk: D,
        _ folder: String,
        options: LogOptions = LogOptions(segmentBytes: 8192),
        cutsDamage: Bool = false
    ) throws(LogError) {
        let opened = try SegmentLog.open(
            disk,
            folder: folder,
            identity: Self.identity,
            options: options,
            cutsDamage: cutsDamage,
            visit: checkChain
        )
        tail = opened.tail
        log = opened.take()
    }

    func append(_ lines: [[UInt8]]) throws(LogError) {
        log.begin()
        var chain = log.chain
        for line in lines {
            log.addRecord(line)
            chain = link(chain, line)
        }
        _ = try log.commit(chain: chain)
    }

    func lines() throws(LogError) -> [[UInt8]] {
        try readLines(log.reader(), from: 1)
    }
}

func link(_ chain: Digest32, _ line: [UInt8]) -> Digest32 {
    Digest32.sha256(chain.bytes + line)
}

func checkChain(_ frame: LogFrame) throws(LogFault) -> FrameVerdict {
    guard var chain = frame.previousChain else { return .keep }
    try frame.forEachRecord { _, bytes in chain = link(chain, Array(bytes)) }
    guard chain == frame.header.chain else { throw .chainBroken }
    return .keep
}

func readLines<D: Disk>(
    _ reader: LogReader<D>,
    from first: UInt64
) throws(LogError) -> [[UInt8]] {
    var reader = reader
    var lines: [[UInt8]] = []
    try reader.forEachFrame(from: first) { (frame) throws(LogFault) in
        try frame.forEachRecord { number, bytes in
            if number >= first { lines.append(Array(bytes)) }
        }
        return true
    }
    return lines
}

/// A line that tells its number and is of a length that depends on it.
func line(_ number: Int) -> [UInt8] {
    Array("line \(number) ".utf8)
        + [UInt8](repeating: UInt8(number & 0xff), count: number * 37 % 300)
}
