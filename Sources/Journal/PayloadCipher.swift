private import CSodium
private import Crypto
internal import Hashing
internal import Storage

/// AES-256-GCM over a record that lies in a buffer: head, payload, tag.
///
/// libsodium's on processors with instructions for it: in place and without an allocation; else
/// swift-crypto's. The bytes are the same.
enum PayloadCipher {
    private static let isInPlace =
        sodium_init() >= 0 && crypto_aead_aes256gcm_is_available() == 1

    /// The record was changed, or the key is another one.
    struct Mismatch: Error {}

    /// Twelve bytes that no key may see twice with different content.
    struct Nonce {
        let first: UInt64
        let last: UInt32

        fileprivate func withBytes<Result, Failure: Error>(
            _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            let words = (
                UInt32(truncatingIfNeeded: first).littleEndian,
                UInt32(truncatingIfNeeded: first >> 32).littleEndian, last.littleEndian
            )
            return unsafe try withUnsafeBytes(of: words, body)
        }
    }

    /// Encrypts the payload of a record where it lies and puts the tag behind it.
    static func seal(
        _ record: UnsafeMutableRawBufferPointer,
        payloadBytes: Int,
        key: Digest32,
        nonce: Nonce
    ) throws(Mismatch) {
        let head = unsafe UnsafeRawBufferPointer(record).part(0, EntryRecord.headBytes)
        let payload = unsafe record.part(EntryRecord.headBytes, payloadBytes)
        let tag = unsafe record.part(EntryRecord.headBytes + payloadBytes, EntryRecord.tagBytes)
        guard isInPlace else {
            unsafe try sealByCopy(head, payload, tag, key, nonce)
            return
        }
        let result = unsafe withState(key) { state in
            unsafe nonce.withBytes { nonce in
                unsafe crypto_aead_aes256gcm_encrypt_detached_afternm(
                    bytes(payload),
                    bytes(tag),
                    nil,
                    bytes(payload),
                    UInt64(payload.count),
                    bytes(head),
                    UInt64(head.count),
                    nil,
                    bytes(nonce),
                    state
                )
            }
        }
        guard result == 0 else { throw Mismatch() }
    }

    /// The decrypted payload of a record.
    static func open(
        _ record: UnsafeRawBufferPointer,
        payloadBytes: Int,
        key: Digest32,
        nonce: Nonce
    ) throws(Mismatch) -> [UInt8] {
        let head = unsafe record.part(0, EntryRecord.headBytes)
        let sealed = unsafe record.part(EntryRecord.headBytes, payloadBytes)
        let tag = unsafe record.part(EntryRecord.headBytes + payloadBytes, EntryRecord.tagBytes)
        guard isInPlace else { return unsafe try openByCopy(head, sealed, tag, key, nonce) }
        var result: Int32 = -1
        let payload = unsafe [UInt8](unsafeUninitializedCapacity: payloadBytes) { buffer, count in
            unsafe result = withState(key) { state in
                unsafe nonce.withBytes { nonce in
                    unsafe crypto_aead_aes256gcm_decrypt_detached_afternm(
                        buffer.baseAddress,
                        nil,
                        bytes(sealed),
                        UInt64(sealed.count),
                        bytes(tag),
                        bytes(head),
                        UInt64(head.count),
                        bytes(nonce),
                        state
                    )
                }
            }
            count = result == 0 ? payloadBytes : 0
        }
        guard result == 0 else { throw Mismatch() }
        return payload
    }

    /// Lends the expanded key and wipes it.
    private static func withState(
        _ key: Digest32,
        _ body: (UnsafeMutablePointer<crypto_aead_aes256gcm_state>) -> Int32
    ) -> Int32 {
        unsafe withUnsafeTemporaryAllocation(
            of: crypto_aead_aes256gcm_state.self,
            capacity: 1
        ) { room in
            guard let state = room.baseAddress else { return -1 }
            unsafe key.withUnsafeBytes { key in
                _ = unsafe crypto_aead_aes256gcm_beforenm(state, bytes(key))
            }
            defer { unsafe sodium_memzero(state, MemoryLayout<crypto_aead_aes256gcm_state>.size) }
            return unsafe body(state)
        }
    }

    private static func bytes(_ buffer: UnsafeRawBufferPointer) -> UnsafePointer<UInt8> {
        guard let base = buffer.baseAddress else { preconditionFailure("a record has bytes") }
        return unsafe base.assumingMemoryBound(to: UInt8.self)
    }

    private static func bytes(
        _ buffer: UnsafeMutableRawBufferPointer
    ) -> UnsafeMutablePointer<UInt8> {
        guard let base = buffer.baseAddress else { preconditionFailure("a record has bytes") }
        return unsafe base.assumingMemoryBound(to: UInt8.self)
    }

    // MARK: Without the processor's help

    private static func sealByCopy(
        _ head: UnsafeRawBufferPointer,
        _ payload: UnsafeMutableRawBufferPointer,
        _ tag: UnsafeMutableRawBufferPointer,
        _ key: Digest32,
        _ nonce: Nonce
    ) throws(Mismatch) {
        do {
            let sealed = unsafe try AES.GCM.seal(
                UnsafeRawBufferPointer(payload),
                using: symmetric(key),
                nonce: nonce.withBytes { unsafe try AES.GCM.Nonce(data: $0) },
                authenticating: head
            )
            unsafe payload.copyBytes(from: sealed.ciphertext)
            unsafe tag.copyBytes(from: sealed.tag)
        } catch {
            throw Mismatch()
        }
    }

    private static func openByCopy(
        _ head: UnsafeRawBufferPointer,
        _ sealed: UnsafeRawBufferPointer,
        _ tag: UnsafeRawBufferPointer,
        _ key: Digest32,
        _ nonce: Nonce
    ) throws(Mismatch) -> [UInt8] {
        do {
            let box = unsafe try AES.GCM.SealedBox(
                nonce: nonce.withBytes { unsafe try AES.GCM.Nonce(data: $0) },
                ciphertext: sealed,
                tag: tag
            )
            return unsafe [UInt8](
                try AES.GCM.open(box, using: symmetric(key), authenticating: head)
            )
        } catch {
            throw Mismatch()
        }
    }

    private static func symmetric(_ key: Digest32) -> SymmetricKey {
        unsafe key.withUnsafeBytes { unsafe SymmetricKey(data: $0) }
    }
}
