internal import Domain
package import Hashing
internal import Storage

/// What every pass over the inputs checks: head, order, time, founding entries and the chain; and,
/// given the keys, every payload against its commitment.
struct InputCheck {
    private let keys: KeyTable?
    private let wants: ((UInt64, EntryKind) -> Bool)?
    private let lend: ((StoredEntry) -> Void)?
    private var path = KeyPath()
    private var epoch: UInt64 = 0
    private(set) var lastTime = Timestamp(milliseconds: .min)
    private(set) var count = 0
    private(set) var foundingCount = 0
    private(set) var erasedCount = 0

    /// A check; with `wants` the payloads of other entries stay closed and unchecked.
    init(
        keys: KeyTable?,
        wants: ((UInt64, EntryKind) -> Bool)? = nil,
        lend: ((StoredEntry) -> Void)? = nil
    ) {
        self.keys = keys
        self.wants = wants
        self.lend = lend
    }

    mutating func check(_ frame: LogFrame) throws(LogFault) {
        var chain = frame.previousChain
        unsafe try frame.forEachRecord { (number, record) throws(LogFault) in
            let head = unsafe try EntryRecord(decoding: record, number: number)
            let isOrdered = head.at >= lastTime
            // Behind damage it is not known whether the founding entry was lost.
            let isFirst = frame.epoch != epoch
            let isFounded = (head.kind == .founding) == isFirst || frame.previousChain == nil
            lastTime = head.at
            epoch = frame.epoch
            guard isOrdered, isFounded else { throw .recordMalformed(number) }
            count += 1
            if head.kind == .founding { foundingCount += 1 }
            if let before = chain { chain = unsafe EntryRecord.link(before, record) }
            let payload = unsafe try checkPayload(of: head, record)
            if let lend, let payload {
                lend(
                    StoredEntry(
                        number: number,
                        epoch: frame.epoch,
                        at: head.at,
                        kind: head.kind,
                        commitment: head.commitment,
                        payload: payload,
                        payloadByteCount: head.payloadBytes
                    )
                )
            }
        }
        guard chain == nil || chain == frame.header.chain else { throw .chainBroken }
    }

    private mutating func checkPayload(
        of head: EntryRecord,
        _ record: UnsafeRawBufferPointer
    ) throws(LogFault) -> StoredEntry.Payload? {
        guard let keys, wants?(head.number, head.kind) != false else { return nil }
        guard keys.reaches(head.number) else { throw .recordForged(head.number) }
        guard let node = keys.node(of: head.number) else {
            erasedCount += 1
            return .erased
        }
        let secrets = path.secrets(of: KeyTree.leaf(of: head.number), below: node)
        return .bytes(unsafe try head.open(record, key: secrets.key, salt: secrets.salt))
    }
}

/// What every pass over the decisions checks: the inputs they name, in order, and the chain.
struct DecisionLogCheck {
    /// The last durable input; decisions about later ones have lost their ground.
    private let lastInput: UInt64
    /// The last input that a decision names.
    private(set) var covered: UInt64 = 0
    private(set) var count = 0

    init(lastInput: UInt64) {
        self.lastInput = lastInput
    }

    mutating func check(_ frame: LogFrame) throws(LogFault) -> FrameVerdict {
        var chain = frame.previousChain
        var last = covered
        var counted = 0
        unsafe try frame.forEachRecord { (number, record) throws(LogFault) in
            guard record.count >= 8 else { throw .recordMalformed(number) }
            let input: UInt64 = unsafe record.number(at: 0)
            guard input >= last, input > 0 else { throw .recordMalformed(number) }
            last = input
            counted += 1
            if let before = chain { chain = unsafe DecisionChain.link(before, record) }
        }
        guard chain == nil || chain == frame.header.chain else { throw .chainBroken }
        guard last <= lastInput else { return .cut }
        covered = last
        count += counted
        return .keep
    }
}

/// The chain over decisions: SHA-256 of the value before, the input's number and the bytes.
package enum DecisionChain {
    /// The value after a decision.
    package static func link(_ chain: Digest32, input: UInt64, _ decision: [UInt8]) -> Digest32 {
        var hasher = SHA256Hasher()
        hasher.update(chain)
        hasher.update(number: input)
        hasher.update(decision)
        return hasher.finalize()
    }

    static func link(_ chain: Digest32, _ record: UnsafeRawBufferPointer) -> Digest32 {
        var hasher = SHA256Hasher()
        hasher.update(chain)
        unsafe hasher.update(record)
        return hasher.finalize()
    }
}
