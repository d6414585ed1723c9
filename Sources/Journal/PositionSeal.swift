private import Crypto
internal import Hashing
package import Storage
private import Synchronization

/// Seals places in the hub's logs into tokens that say nothing and that nobody can make (位置凭据).
///
/// A number that counts everything would leak, through its gaps, what its holder may not see. So would a
/// token that is the same for the same place: two of them that differ, with nothing seen between, tell that
/// something is there which may not be seen. The nonce is a keyed digest of the place and of a number that
/// no other token has: each is new, and no nonce serves two. Any thread may use it.
package struct PositionSeal: Sendable {
    private let sealing: SymmetricKey
    private let noncing: [UInt8]
    /// Of this run of the hub alone.
    private let salt: [UInt8]
    private let tokens = Tokens()

    /// How many tokens were made.
    private final class Tokens: Sendable {
        let made = Atomic<UInt64>(0)
    }

    private static var keyBytes: Int { 32 }
    static var fileName: String { "positions.key" }
    /// The folder of a data folder in which the places of durable subscriptions lie.
    package static var subscriptions: String { "subscriptions" }

    /// A seal from its secret of 32 bytes, and bytes that no other run of the hub has.
    package init(secret: [UInt8], salt: [UInt8]) {
        sealing = SymmetricKey(data: Digest32.hmac(key: secret, message: Array("seal".utf8)).bytes)
        noncing = Digest32.hmac(key: secret, message: Array("nonce".utf8)).bytes
        self.salt = salt
    }

    /// The seal of a data folder; its secret is made when there is none.
    ///
    /// Tokens of a lost secret are refused, and their holders go on from what the hub knows.
    package static func open(
        _ disk: some Disk,
        folder: String,
        random: () -> UInt64
    ) throws(JournalError) -> PositionSeal {
        let path = "\(folder)/\(fileName)"
        let salt = Digest32(words: random(), random(), random(), random()).bytes
        do throws(DiskError) {
            if let secret = try SmallFile.read(disk, path, bytesMax: keyBytes),
                secret.count == keyBytes
            {
                return PositionSeal(secret: secret, salt: salt)
            }
            let made = Digest32(words: random(), random(), random(), random()).bytes
            try SmallFile.replace(disk, folder: folder, name: fileName, with: made)
            return PositionSeal(secret: made, salt: salt)
        } catch {
            throw JournalError(error)
        }
    }

    /// The token of a place for one holder.
    package func seal(_ place: [UInt8], for holder: String) -> String {
        let bound = Array(holder.utf8)
        let number = tokens.made.add(1, ordering: .relaxed).newValue
        let fresh = salt + (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
        let digest = Digest32.hmac(key: noncing, message: fresh + bound + [0] + place).bytes
        let nonceBytes = Array(digest.prefix(12))
        guard let nonce = try? ChaChaPoly.Nonce(data: nonceBytes),
            let box = try? ChaChaPoly.seal(
                place,
                using: sealing,
                nonce: nonce,
                authenticating: bound
            )
        else { preconditionFailure("a nonce of twelve bytes and a small message are sealed") }
        return Base64URL.encode(Array(box.combined))
    }

    /// The place of a token; `nil` for one of another hub or holder, or that was changed.
    package func open(_ token: String, for holder: String) -> [UInt8]? {
        guard let bytes = Base64URL.decode(token),
            let box = try? ChaChaPoly.SealedBox(combined: bytes),
            let place = try? ChaChaPoly.open(
                box,
                using: sealing,
                authenticating: Array(holder.utf8)
            )
        else { return nil }
        return Array(place)
    }
}
