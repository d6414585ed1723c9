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

    /// Writes all of a head but the commitment, whose last 16 bytes hold the salt for as long as the
    /// payload behind it has not been hashed: salt and payload then lie in one row.
    static func begin(
        _ record: UnsafeMutableRawBufferPointer,
        number: UInt64,
        at: Timestamp,
        kind: EntryKind,
        payload: UnsafeRawBufferPointer,
        salt: EntrySalt
    ) {
        unsafe record.put(number, at: 0)
        unsafe record.put(at.milliseconds, at: 8)
        unsafe record.put(kind.rawValue, at: 16)
        unsafe record.put(UInt16(0), at: 18)
        unsafe record.put(UInt32(payload.count), at: 20)
        unsafe record.put(salt.first, at: saltOffset)
        unsafe record.put(salt.last, at: saltOffset + 8)
        unsafe record.put(payload, at: headBytes)
    }

    /// Where the salt lies in a record that `begin` has written.
    static let saltOffset = headBytes - 16

    /// The chain value after the record whose head these bytes begin with.
    static func link(_ chain: Digest32, _ record: UnsafeRawBufferPointer) -> Digest32 {
        var hasher = SHA256Hasher()
        hasher.update(chain)
        unsafe hasher.update(record.part(0, headBytes))
        return hasher.finalize()
    }

    private func encodeHead(into record: UnsafeMutableRawBufferPointer) {
        unsafe record.put(number, at: 0)
        unsafe record.put(at.milliseconds, at: 8)
        unsafe record.put(kind.rawValue, at: 16)
        unsafe record.put(UInt16(0), at: 18)
        unsafe record.put(UInt32(payloadBytes), at: 20)
        unsafe commitment.withUnsafeBytes { unsafe record.put($0, at: 24) }
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
    private var nonce: PayloadCipher.Nonce {
        PayloadCipher.Nonce(
            first: commitment.word0.byteSwapped ^ UInt64(bitPattern: at.milliseconds),
            last: UInt32(truncatingIfNeeded: commitment.word1.byteSwapped) ^ UInt32(kind.rawValue)
        )
    }

    /// Completes a record that `begin` has written: puts the commitment in its place and encrypts the
    /// payload.
    func finish(_ record: UnsafeMutableRawBufferPointer, key: Digest32) throws(JournalError) {
        unsafe commitment.withUnsafeBytes { unsafe record.put($0, at: 24) }
        do throws(PayloadCipher.Mismatch) {
            unsafe try PayloadCipher.seal(
                record,
                payloadBytes: payloadBytes,
                key: key,
                nonce: nonce
            )
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
        do throws(PayloadCipher.Mismatch) {
            payload = unsafe try PayloadCipher.open(
                record,
                payloadBytes: payloadBytes,
                key: key,
                nonce: nonce
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
}

/// Sixteen secret bytes that keep a commitment from being guessed.
struct EntrySalt {
    let first: UInt64
    let last: UInt64
}
