private import Crypto
internal import Domain
internal import Hashing
internal import Storage

/// The head of an entry as it lies in the log; the sealed payload follows.
///
///     0   8  number
///     8   8  time, milliseconds since 1970, signed
///     16  2  kind
///     18  2  zero
///     20  4  length of the payload in bytes
///     24 32  commitment: SHA-256 of the salt (16 bytes) and the payload
///     56  n  payload under AES-256-GCM; bytes 0 to 55 are its associated data
///     56+n 16 tag
///
/// The chain value after an entry is the SHA-256 of the one before it and bytes 0 to 55.
struct EntryRecord {
    let number: UInt64
    let at: Timestamp
    let kind: EntryKind
    let payloadBytes: Int
    let commitment: Digest32

    static let headBytes = 56
    static let tagBytes = 16

    static func byteCount(payloadBytes: Int) -> Int { headBytes + payloadBytes + tagBytes }

    init(
        number: UInt64,
        at: Timestamp,
        kind: EntryKind,
        payloadBytes: Int,
        commitment: Digest32
    ) {
        self.number = number
        self.at = at
        self.kind = kind
        self.payloadBytes = payloadBytes
        self.commitment = commitment
    }

    /// Reads and checks the head of record `number`.
    init(decoding record: UnsafeRawBufferPointer, number: UInt64) throws(LogFault) {
        guard record.count >= Self.headBytes + Self.tagBytes else {
            throw .recordMalformed(number)
        }
        let length = unsafe Int(record.number(at: 20, as: UInt32.self))
        let reserved = unsafe record.number(at: 18, as: UInt16.self)
        guard unsafe record.number(at: 0, as: UInt64.self) == number, reserved == 0,
            length == record.count - Self.headBytes - Self.tagBytes
        else { throw .recordMalformed(number) }
        self.init(
            number: number,
            at: Timestamp(milliseconds: unsafe record.number(at: 8)),
            kind: EntryKind(rawValue: unsafe record.number(at: 16)),
            payloadBytes: length,
            commitment: unsafe Digest32(bytes: record.part(24, 32))
        )
    }

    func encodeHead(into record: UnsafeMutableRawBufferPointer) {
        unsafe record.put(number, at: 0)
        unsafe record.put(at.milliseconds, at: 8)
        unsafe record.put(kind.rawValue, at: 16)
        unsafe record.put(UInt16(0), at: 18)
        unsafe record.put(UInt32(payloadBytes), at: 20)
        unsafe commitment.withUnsafeBytes { unsafe record.put($0, at: 24) }
    }

    /// The chain value after the record whose head these bytes begin with.
    static func link(_ chain: Digest32, _ record: UnsafeRawBufferPointer) -> Digest32 {
        var hasher = SHA256Hasher()
        hasher.update(chain)
        unsafe hasher.update(record.part(0, headBytes))
        return hasher.finalize()
    }

    /// The chain value after this entry.
    func link(_ chain: Digest32) -> Digest32 {
        var head = [UInt8](repeating: 0, count: Self.headBytes)
        unsafe head.withUnsafeMutableBytes { unsafe encodeHead(into: $0) }
        return unsafe head.withUnsafeBytes { unsafe Self.link(chain, $0) }
    }

    static func commitment(salt: EntrySalt, payload: UnsafeRawBufferPointer) -> Digest32 {
        var hasher = SHA256Hasher()
        hasher.update(number: salt.first)
        hasher.update(number: salt.last)
        unsafe hasher.update(payload)
        return hasher.finalize()
    }

    /// The nonce: the first twelve bytes of the commitment, mixed with the time and the kind.
    ///
    /// When an unfinished end was cut, another entry takes its number and with it its key. Nonces
    /// from the content keep that safe: the same one comes out only for the same entry.
    private var nonce: [UInt8] {
        var bytes = Array(commitment.bytes.prefix(12))
        for index in 0..<8 {
            bytes[index] ^= UInt8(truncatingIfNeeded: at.milliseconds >> (8 * index))
        }
        bytes[8] ^= UInt8(truncatingIfNeeded: kind.rawValue)
        bytes[9] ^= UInt8(truncatingIfNeeded: kind.rawValue >> 8)
        return bytes
    }

    /// Encrypts the payload into a record whose head has been written.
    func seal(
        _ payload: UnsafeRawBufferPointer,
        key: Digest32,
        into record: UnsafeMutableRawBufferPointer
    ) throws(JournalError) {
        do {
            let head = unsafe UnsafeRawBufferPointer(record).part(0, Self.headBytes)
            let sealed = unsafe try AES.GCM.seal(
                payload,
                using: Self.symmetric(key),
                nonce: AES.GCM.Nonce(data: nonce),
                authenticating: head
            )
            unsafe record.part(Self.headBytes, payloadBytes).copyBytes(from: sealed.ciphertext)
            unsafe record.part(Self.headBytes + payloadBytes, Self.tagBytes)
                .copyBytes(from: sealed.tag)
        } catch {
            throw .sealing(number: number)
        }
    }

    /// Decrypts the payload of a record and checks it against the commitment.
    func open(
        _ record: UnsafeRawBufferPointer,
        key: Digest32,
        salt: EntrySalt
    ) throws(LogFault) -> [UInt8] {
        let payload: [UInt8]
        do {
            let box = unsafe try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: nonce),
                ciphertext: record.part(Self.headBytes, payloadBytes),
                tag: record.part(Self.headBytes + payloadBytes, Self.tagBytes)
            )
            payload = unsafe [UInt8](
                try AES.GCM.open(
                    box,
                    using: Self.symmetric(key),
                    authenticating: record.part(0, Self.headBytes)
                )
            )
        } catch {
            throw .recordForged(number)
        }
        let actual = unsafe payload.withUnsafeBytes {
            unsafe Self.commitment(salt: salt, payload: $0)
        }
        guard actual == commitment else { throw .recordForged(number) }
        return payload
    }

    private static func symmetric(_ key: Digest32) -> SymmetricKey {
        unsafe key.withUnsafeBytes { unsafe SymmetricKey(data: $0) }
    }
}

/// Sixteen secret bytes that keep a commitment from being guessed.
struct EntrySalt {
    let first: UInt64
    let last: UInt64
}
