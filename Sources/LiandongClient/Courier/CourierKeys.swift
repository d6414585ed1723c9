internal import Crypto
internal import Hashing

/// Somebody's public courier keys (信使公钥): with one his bundles are checked, with the other bundles are
/// sealed to him.
package struct CourierPublicKeys: Hashable, Sendable {
    /// Ed25519, 32 bytes.
    package let signing: [UInt8]
    /// X25519, 32 bytes.
    package let sealing: [UInt8]

    /// Keys from base64url, as a key file has them; `nil` for anything else.
    package init?(signing: String, sealing: String) {
        guard let signing = Base64URL.decode(signing), signing.count == 32,
            let sealing = Base64URL.decode(sealing), sealing.count == 32
        else { return nil }
        self.signing = signing
        self.sealing = sealing
    }

    init(signing: [UInt8], sealing: [UInt8]) {
        self.signing = signing
        self.sealing = sealing
    }

    /// The two keys in base64url.
    package var texts: (signing: String, sealing: String) {
        (Base64URL.encode(signing), Base64URL.encode(sealing))
    }
}

/// The own courier keys (信使密钥).
///
/// They are not the CURVE keys of the line: a key serves one purpose.
package struct CourierKeys: Sendable {
    let signing: Curve25519.Signing.PrivateKey
    let sealing: Curve25519.KeyAgreement.PrivateKey

    /// New keys from the system's randomness.
    package init() {
        signing = Curve25519.Signing.PrivateKey()
        sealing = Curve25519.KeyAgreement.PrivateKey()
    }

    /// Keys from base64url, as a key file has them; `nil` for anything else.
    package init?(signing: String, sealing: String) {
        guard let first = Base64URL.decode(signing), let second = Base64URL.decode(sealing),
            let signing = try? Curve25519.Signing.PrivateKey(rawRepresentation: first),
            let sealing = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: second)
        else { return nil }
        self.signing = signing
        self.sealing = sealing
    }

    /// The public halves.
    package var publicKeys: CourierPublicKeys {
        CourierPublicKeys(
            signing: [UInt8](signing.publicKey.rawRepresentation),
            sealing: [UInt8](sealing.publicKey.rawRepresentation)
        )
    }

    /// The two secrets in base64url, for the owner's file alone.
    package var texts: (signing: String, sealing: String) {
        (
            Base64URL.encode([UInt8](signing.rawRepresentation)),
            Base64URL.encode([UInt8](sealing.rawRepresentation))
        )
    }
}
