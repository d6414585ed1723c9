package import Hashing
package import Storage

/// What a file with a state says of itself: whose it is and up to where it goes (快照头).
///
/// `docs/snapshot.md` has the bytes. The check finds accidents; the seal, an HMAC under a key that comes
/// from the journal's key table, finds intent.
package struct StateHeader: Hashable, Sendable {
    /// What a state is for.
    package enum Purpose: UInt32, Sendable {
        /// The whole state after an entry, for a quick start (快照).
        case snapshot = 1
        /// What an epoch begins with (立账状态).
        case founding = 2
    }

    /// What it is for.
    package var purpose: Purpose
    /// The journal that it belongs to.
    package var journal: LogID
    /// The epoch of the entry, or the one that it founds.
    package var epoch: UInt64
    /// The version of the engine that wrote it.
    package var engineVersion: UInt32
    /// The last entry that went in.
    package var entry: UInt64
    /// The chain of the inputs after it.
    package var chain: Digest32
    /// Decisions up to and including that entry's.
    package var decisions: UInt64
    /// The chain of the decisions after them.
    package var decisionChain: Digest32
    /// SHA-256 of the state's bytes.
    package var digest = Digest32.zero
    /// How many they are.
    package var byteCount = 0

    /// A header before its state is written.
    package init(
        purpose: Purpose,
        journal: LogID,
        epoch: UInt64,
        engineVersion: UInt32,
        entry: UInt64,
        chain: Digest32,
        decisions: UInt64,
        decisionChain: Digest32
    ) {
        self.purpose = purpose
        self.journal = journal
        self.epoch = epoch
        self.engineVersion = engineVersion
        self.entry = entry
        self.chain = chain
        self.decisions = decisions
        self.decisionChain = decisionChain
    }

    /// The bytes of the first block; the state's pieces follow.
    static let blockBytes = 4096
    static let headBytes = 228
    private static let magic: UInt64 = 0x3145_5441_5453_444c
    private static let layout: UInt32 = 1

    /// The entry whose key the file's key comes from; a founding state's own founding entry, which
    /// is never destroyed.
    var keyEntry: UInt64 { purpose == .founding ? entry + 1 : entry }

    func encoded(salt: StateSalt, key: Digest32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.blockBytes)
        unsafe bytes.withUnsafeMutableBytes { all in
            unsafe all.put(Self.magic, at: 0)
            unsafe all.put(Self.layout, at: 8)
            unsafe all.put(purpose.rawValue, at: 12)
            unsafe all.put(journal.first, at: 16)
            unsafe all.put(journal.last, at: 24)
            unsafe all.put(epoch, at: 32)
            unsafe all.put(engineVersion, at: 40)
            unsafe all.put(UInt32(StatePieces.pieceBytes), at: 44)
            unsafe all.put(entry, at: 48)
            unsafe chain.withUnsafeBytes { unsafe all.put($0, at: 64) }
            unsafe all.put(decisions, at: 96)
            unsafe decisionChain.withUnsafeBytes { unsafe all.put($0, at: 104) }
            unsafe digest.withUnsafeBytes { unsafe all.put($0, at: 136) }
            unsafe all.put(UInt64(byteCount), at: 168)
            unsafe all.put(salt.first, at: 176)
            unsafe all.put(salt.last, at: 184)
            let seal = unsafe Self.seal(UnsafeRawBufferPointer(all), key: key)
            unsafe seal.withUnsafeBytes { unsafe all.put($0, at: 192) }
            unsafe all.put(CRC32C.of(UnsafeRawBufferPointer(all).part(0, 224)), at: 224)
        }
        return bytes
    }

    /// Reads a header and checks its form; `seal` is to be compared once the key is known.
    static func decode(
        _ all: UnsafeRawBufferPointer
    ) throws(StateFault) -> (header: StateHeader, salt: StateSalt, seal: Digest32) {
        guard all.count >= headBytes, unsafe all.number(at: 0) == magic,
            unsafe all.number(at: 224) == CRC32C.of(all.part(0, 224))
        else { throw .headDamaged }
        let layout: UInt32 = unsafe all.number(at: 8)
        guard layout == Self.layout,
            unsafe all.number(at: 44, as: UInt32.self) == UInt32(StatePieces.pieceBytes)
        else { throw .unknownLayout(layout) }
        let size: UInt64 = unsafe all.number(at: 168)
        guard let purpose = Purpose(rawValue: unsafe all.number(at: 12)),
            let byteCount = Int(exactly: size)
        else { throw .headDamaged }
        var header = StateHeader(
            purpose: purpose,
            journal: LogID(first: unsafe all.number(at: 16), last: unsafe all.number(at: 24)),
            epoch: unsafe all.number(at: 32),
            engineVersion: unsafe all.number(at: 40),
            entry: unsafe all.number(at: 48),
            chain: unsafe Digest32(bytes: all.part(64, 32)),
            decisions: unsafe all.number(at: 96),
            decisionChain: unsafe Digest32(bytes: all.part(104, 32))
        )
        header.digest = unsafe Digest32(bytes: all.part(136, 32))
        header.byteCount = byteCount
        let salt = StateSalt(first: unsafe all.number(at: 176), last: unsafe all.number(at: 184))
        return (header, salt, unsafe Digest32(bytes: all.part(192, 32)))
    }

    static func seal(_ head: UnsafeRawBufferPointer, key: Digest32) -> Digest32 {
        var code = HMACSHA256(key: key.bytes)
        unsafe code.update(head.part(0, 192))
        return code.finalize()
    }
}

/// Sixteen random bytes that make each file's key another one.
struct StateSalt: Hashable {
    let first: UInt64
    let last: UInt64
}

/// Why a file with a state cannot be used.
package enum StateFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The head is damaged, or it is no such file.
    case headDamaged
    /// A layout that this version does not know.
    case unknownLayout(UInt32)
    /// It belongs to another journal, epoch or engine.
    case foreign
    /// The key that it was sealed under was destroyed.
    case keyDestroyed
    /// The head was not written by whoever holds the journal's keys.
    case sealBroken
    /// A piece was changed or is not there.
    case pieceDamaged(Int)
    /// The journal is another one at the entry that it names.
    case otherHistory(UInt64)
    /// The bytes are whole and no state of this engine.
    case unreadable(String)
    /// The disk failed.
    case disk(DiskError)

    /// What is wrong.
    package var description: String {
        switch self {
        case .headDamaged: "its head is damaged"
        case .unknownLayout(let layout): "its layout \(layout) is unknown to this version"
        case .foreign: "it belongs to another journal, epoch or engine"
        case .keyDestroyed: "the key that it was sealed under was destroyed"
        case .sealBroken: "its head was not written by this hub"
        case .pieceDamaged(let piece): "its piece \(piece) is damaged"
        case .otherHistory(let entry): "the journal is another one at entry \(entry)"
        case .unreadable(let why): why
        case .disk(let error): error.description
        }
    }
}
