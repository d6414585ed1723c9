import CSodium
import Domain
import Foundation
import Glibc
import Hashing

/// Secret files under a passphrase or key file (密钥封装).
///
/// The lines `wrapped`, `salt`, `nonce` and `sealed`, and before them those of the plain file that are public.
/// From a passphrase the key is made by Argon2id, from a key file by HMAC-SHA-256 under its content; the file is
/// sealed with XChaCha20-Poly1305, and what stands above `sealed` is authenticated with it.
package enum WrappedSecret {
    /// How the key is made.
    package enum Kind: Sendable {
        /// From a passphrase that a person can type.
        case passphrase
        /// From random bytes.
        case keyFile
    }

    /// Passes and KiB of memory of Argon2id: a sixth of a second on a county's machine.
    private static let work = (passes: 3, kibibytes: 65_536)
    private static let passesMax = 16
    private static let kibibytesMax = 1 << 20
    private static let saltBytes = Int(crypto_pwhash_SALTBYTES)
    private static let nonceBytes = Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    private static let tagBytes = Int(crypto_aead_xchacha20poly1305_ietf_ABYTES)
    private static let keyBytes = Int(crypto_aead_xchacha20poly1305_ietf_KEYBYTES)

    /// Whether the text of a file is a wrapped one.
    package static func isWrapped(_ text: String) -> Bool {
        text.split(separator: "\n").contains { $0.hasPrefix("wrapped = ") }
    }

    /// Reads a secret file, and opens it where it is wrapped.
    ///
    /// - Parameters:
    ///   - path: The file, mode 0600.
    ///   - secret: The file that opens it; `nil` where none is named.
    /// - Returns: The text of the plain file, and whether it lay there wrapped.
    /// - Throws: That others may use it, that nothing is named that opens it, or that this does not.
    package static func read(
        _ path: String,
        secret: String?
    ) throws(SettingsError) -> (text: String, wasWrapped: Bool) {
        let text = try FileText.read(path, isSecret: true)
        guard isWrapped(text) else { return (text, false) }
        guard let secret else {
            throw mistake(
                path,
                "is wrapped, and nothing says what opens it",
                "name the passphrase file or key file in key_secret of the settings file",
                .keySecretMissing
            )
        }
        return (try unwrap(text, path: path, with: try KeySecret(path: secret)), true)
    }

    /// Wraps the text of a secret file.
    ///
    /// - Parameters:
    ///   - text: The plain file.
    ///   - kind: How the key is made.
    ///   - secret: From what.
    /// - Returns: The text of the wrapped file.
    /// - Throws: A secret that is too short to protect anything.
    package static func wrap(
        _ text: String,
        _ kind: Kind,
        with secret: KeySecret
    ) throws(SettingsError) -> String {
        try requireStrength(kind, secret)
        let salt = random(saltBytes)
        let nonce = random(nonceBytes)
        let how =
            switch kind {
            case .passphrase: "argon2id \(work.passes) \(work.kibibytes)"
            case .keyFile: "keyfile"
            }
        let open = text.split(separator: "\n").filter { line in
            ["public = ", "sign = ", "seal = "].contains { line.hasPrefix($0) }
        }
        let head =
            (["# A wrapped secret key file: docs/configuration.md, key_secret."]
            + open.map(String.init)
            + [
                "wrapped = \"\(how)\"", "salt = \"\(Base64URL.encode(salt))\"",
                "nonce = \"\(Base64URL.encode(nonce))\"", "",
            ]).joined(separator: "\n")
        var key = try derive(how, salt, secret, path: secret.path)
        defer { key.withUnsafeMutableBytes { KeySecret.erase($0) } }
        var plain = Array(text.utf8)
        defer { plain.withUnsafeMutableBytes { KeySecret.erase($0) } }
        var sealed = [UInt8](repeating: 0, count: plain.count + tagBytes)
        let over = Array(head.utf8)
        crypto_aead_xchacha20poly1305_ietf_encrypt(
            &sealed,
            nil,
            plain,
            UInt64(plain.count),
            over,
            UInt64(over.count),
            nil,
            nonce,
            key
        )
        return head + "sealed = \"\(Base64URL.encode(sealed))\"\n"
    }

    /// Opens a wrapped text.
    ///
    /// - Parameters:
    ///   - text: The wrapped file.
    ///   - path: Its name, for messages.
    ///   - secret: What opens it.
    /// - Returns: The text of the plain file.
    /// - Throws: That the file is damaged, or that this does not open it.
    package static func unwrap(
        _ text: String,
        path: String,
        with secret: KeySecret
    ) throws(SettingsError) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        func value(_ name: String) -> String? {
            let prefix = "\(name) = \""
            guard let line = lines.first(where: { $0.hasPrefix(prefix) && $0.hasSuffix("\"") })
            else { return nil }
            return String(line.dropFirst(prefix.count).dropLast())
        }
        guard let how = value("wrapped"),
            let salt = value("salt").flatMap({ Base64URL.decode($0) }), salt.count == saltBytes,
            let nonce = value("nonce").flatMap({ Base64URL.decode($0) }), nonce.count == nonceBytes,
            let sealed = value("sealed").flatMap({ Base64URL.decode($0) }), sealed.count > tagBytes,
            let end = text.range(of: "sealed = ")
        else {
            throw mistake(
                path,
                "is a damaged wrapped key file",
                "bring it back from a backup, or make a new key",
                .wrongKeySecret
            )
        }
        var key = try derive(how, salt, secret, path: path)
        defer { key.withUnsafeMutableBytes { KeySecret.erase($0) } }
        let over = Array(text[..<end.lowerBound].utf8)
        var plain = [UInt8](repeating: 0, count: sealed.count - tagBytes)
        defer { plain.withUnsafeMutableBytes { KeySecret.erase($0) } }
        let result = crypto_aead_xchacha20poly1305_ietf_decrypt(
            &plain,
            nil,
            nil,
            sealed,
            UInt64(sealed.count),
            over,
            UInt64(over.count),
            nonce,
            key
        )
        guard result == 0, let found = String(validating: plain, as: UTF8.self) else {
            throw mistake(
                path,
                "is not opened by \(secret.path)",
                "name the passphrase file or key file that it was wrapped with",
                .wrongKeySecret
            )
        }
        return found
    }

    private static func requireStrength(
        _ kind: Kind,
        _ secret: KeySecret
    ) throws(SettingsError) {
        let isStrong =
            switch kind {
            case .passphrase:
                secret.withPassphrase { bytes in
                    String(validating: bytes, as: UTF8.self).map {
                        $0.unicodeScalars.count >= KeySecret.passphraseMin
                    } ?? false
                }
            case .keyFile: secret.withBytes { $0.count >= KeySecret.keyFileMin }
            }
        guard isStrong else {
            throw mistake(
                secret.path,
                kind == .passphrase
                    ? "is no passphrase of \(KeySecret.passphraseMin) characters or more in UTF-8"
                    : "has fewer than \(KeySecret.keyFileMin) bytes",
                kind == .passphrase
                    ? "write a longer one on one line"
                    : "make one: head -c 32 /dev/urandom > FILE; chmod 600 FILE",
                .weakKeySecret
            )
        }
    }

    private static func derive(
        _ how: String,
        _ salt: [UInt8],
        _ secret: KeySecret,
        path: String
    ) throws(SettingsError) -> [UInt8] {
        let words = how.split(separator: " ")
        if words == ["keyfile"] {
            return secret.withBytes { bytes in
                var content = Array(bytes)
                defer { content.withUnsafeMutableBytes { KeySecret.erase($0) } }
                return Digest32.hmac(key: content, message: salt).bytes
            }
        }
        // Bounds: a file that somebody else wrote must not take the machine's memory.
        guard words.count == 3, words[0] == "argon2id", let passes = UInt64(words[1]),
            let kibibytes = Int(words[2]), (1...UInt64(passesMax)).contains(passes),
            (8...kibibytesMax).contains(kibibytes)
        else {
            throw mistake(
                path,
                "is wrapped in a way that this version does not know",
                "unwrap it with the version that wrote it",
                .wrongKeySecret
            )
        }
        var key = [UInt8](repeating: 0, count: keyBytes)
        let result = secret.withPassphrase { bytes -> Int32 in
            guard let start = bytes.baseAddress else { return -1 }
            return crypto_pwhash(
                &key,
                UInt64(keyBytes),
                start.assumingMemoryBound(to: CChar.self),
                UInt64(bytes.count),
                salt,
                passes,
                kibibytes << 10,
                crypto_pwhash_ALG_ARGON2ID13
            )
        }
        guard result == 0 else {
            throw mistake(
                path,
                "cannot be opened: \(kibibytes >> 10) MiB of memory are not to be had",
                "give the process more memory",
                .wrongKeySecret
            )
        }
        return key
    }

    private static func random(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }

    private static func mistake(
        _ path: String,
        _ problem: String,
        _ remedy: String,
        _ code: ErrorCode
    ) -> SettingsError {
        SettingsError(SettingsMistake(file: path, problem: problem, remedy: remedy, code: code))
    }
}

/// Secret files as commands change them.
package enum SecretFile {
    /// Reads a plain secret file.
    ///
    /// - Parameter path: The file, mode 0600.
    /// - Returns: Its text; `nil` where there is no file.
    /// - Throws: That others may use it, or that it is wrapped.
    package static func plainText(_ path: String) throws(SettingsError) -> String? {
        guard FileText.exists(path) else { return nil }
        return try WrappedSecret.read(path, secret: nil).text
    }

    /// Puts a text in the place of a secret file, mode 0600: after a crash there is the old one or the new one.
    package static func replace(_ path: String, with text: String) throws(SettingsError) {
        try FileText.replace(path, text, mode: 0o600)
    }

    /// Wraps a plain secret file where it lies; what it was can be had back before it is replaced.
    package static func wrap(
        _ path: String,
        _ kind: WrappedSecret.Kind,
        secret: String
    ) throws(SettingsError) {
        let text = try FileText.read(path, isSecret: true)
        guard !WrappedSecret.isWrapped(text) else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "is wrapped already",
                    remedy: "unwrap it first to change what opens it"
                )
            )
        }
        guard text.contains("secret = \"") || text.hasPrefix("k") || text.contains("\nk") else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "holds no secret key",
                    remedy: "name a .key file or the county's key file"
                )
            )
        }
        let opener = try KeySecret(path: secret)
        let wrapped = try WrappedSecret.wrap(text, kind, with: opener)
        guard try WrappedSecret.unwrap(wrapped, path: path, with: opener) == text else {
            preconditionFailure("what was wrapped comes back")
        }
        try replace(path, with: wrapped)
    }

    /// Opens a wrapped file where it lies.
    package static func unwrap(_ path: String, secret: String) throws(SettingsError) {
        let (text, wasWrapped) = try WrappedSecret.read(path, secret: secret)
        guard wasWrapped else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "is not wrapped",
                    remedy: "there is nothing to do"
                )
            )
        }
        try replace(path, with: text)
    }
}
