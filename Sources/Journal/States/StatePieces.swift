private import Crypto
internal import Hashing
package import Storage

/// The pieces of a state, each encrypted for itself under the file's key (密封分块).
enum StatePieces {
    static let pieceBytes = 1 << 20
    static let tagBytes = 16

    /// The file's key: the HMAC of its salt under the key of an entry.
    static func key(_ entryKey: Digest32, _ salt: StateSalt) -> Digest32 {
        var code = HMACSHA256(key: entryKey.bytes)
        code.update(Array("LDSTATE1".utf8))
        unsafe withUnsafeBytes(of: (salt.first.littleEndian, salt.last.littleEndian)) {
            unsafe code.update($0)
        }
        return code.finalize()
    }

    /// Where a piece begins in the file.
    static func offset(of piece: Int) -> Int {
        StateHeader.blockBytes + piece * (pieceBytes + tagBytes)
    }

    static func seal(_ bytes: [UInt8], piece: Int, key: Digest32) -> [UInt8]? {
        guard let nonce = nonce(piece),
            let box = try? AES.GCM.seal(bytes, using: symmetric(key), nonce: nonce)
        else { return nil }
        return [UInt8](box.ciphertext) + [UInt8](box.tag)
    }

    static func open(_ bytes: [UInt8], piece: Int, key: Digest32) -> [UInt8]? {
        guard bytes.count >= tagBytes, let nonce = nonce(piece),
            let box = try? AES.GCM.SealedBox(
                nonce: nonce,
                ciphertext: bytes.dropLast(tagBytes),
                tag: bytes.suffix(tagBytes)
            ), let plain = try? AES.GCM.open(box, using: symmetric(key))
        else { return nil }
        return [UInt8](plain)
    }

    /// The piece's number; a key serves one file, so no nonce comes twice.
    private static func nonce(_ piece: Int) -> AES.GCM.Nonce? {
        var bytes = [UInt8](repeating: 0, count: 12)
        for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: piece >> (8 * index)) }
        return try? AES.GCM.Nonce(data: bytes)
    }

    private static func symmetric(_ key: Digest32) -> SymmetricKey {
        unsafe key.withUnsafeBytes { unsafe SymmetricKey(data: $0) }
    }
}

/// Where files with states take their keys from: the journal's key table (状态密钥).
package struct StateKeys: Sendable {
    /// The journal that the keys belong to.
    package let journal: LogID
    private let find: @Sendable (UInt64) -> Digest32?

    init(journal: LogID, _ find: @escaping @Sendable (UInt64) -> Digest32?) {
        self.journal = journal
        self.find = find
    }

    /// The key of an entry; `nil` when it was destroyed or never made.
    func key(of entry: UInt64) -> Digest32? { find(entry) }

    /// The keys of a stopped journal; reads only.
    package static func of<D: Disk>(
        _ disk: D,
        folder: String
    ) throws(JournalError) -> StateKeys? {
        let copies: [Result<KeyTable, KeyFault>]
        do throws(DiskError) {
            copies = try KeyRing<D>.copies(disk, folder)
        } catch {
            throw JournalError(error)
        }
        guard let table = KeyRing<D>.newest(copies.map { try? $0.get() }) else { return nil }
        return StateKeys(journal: table.id) { number in
            guard table.reaches(number), let node = table.node(of: number) else { return nil }
            var path = KeyPath()
            return path.secrets(of: KeyTree.leaf(of: number), below: node).key
        }
    }
}
