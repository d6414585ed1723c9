import Domain
import Glibc

/// A CURVE key pair in Z85 (密钥对).
///
/// Printing it shows the public half alone.
package struct KeyPair: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The public key, 40 characters of Z85.
    package let publicKey: String
    /// The secret key, 40 characters of Z85.
    package let secretKey: String

    /// A pair from its texts; `nil` unless both are of the form.
    package init?(publicKey: String, secretKey: String) {
        guard Z85Text.isKey(publicKey), Z85Text.isKey(secretKey) else { return nil }
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// The public key.
    package var description: String { "key pair \(publicKey)" }
    /// The public key.
    package var debugDescription: String { description }
    /// The public key.
    package var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}

/// Key files (密钥文件): the lines `public = "…"` and, in secret ones, `secret = "…"`.
package enum KeyFile {
    /// Reads both halves; refuses a file that others may read.
    ///
    /// - Parameters:
    ///   - path: The file, plain or wrapped.
    ///   - secret: The file that opens a wrapped one.
    /// - Returns: The pair.
    /// - Throws: What is wrong with the file, or that it cannot be opened.
    package static func readPair(
        _ path: String,
        secret: String? = nil
    ) throws(SettingsError) -> KeyPair {
        let lines = try parse(try WrappedSecret.read(path, secret: secret).text, path)
        guard let publicKey = lines["public"], let secretKey = lines["secret"],
            let pair = KeyPair(publicKey: publicKey, secretKey: secretKey)
        else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "has no line \(lines["public"] == nil ? "public" : "secret") = \"…\"",
                    remedy: "make a pair with liandong keys new"
                )
            )
        }
        return pair
    }

    /// Reads the public half of a file; one that holds a secret as well must be its owner's alone.
    package static func readPublic(_ path: String) throws(SettingsError) -> String {
        let text = try FileText.read(path)
        // The public half of a wrapped file lies open in it.
        let isWrapped = WrappedSecret.isWrapped(text)
        let open = isWrapped ? text.split(separator: "\n").first { $0.hasPrefix("public = ") } : nil
        let lines = try parse(open.map(String.init) ?? text, path)
        if lines["secret"] != nil, let mistake = FileText.looseness(of: path, modeMax: 0o600) {
            throw SettingsError(mistake)
        }
        guard let key = lines["public"] else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "has no line public = \"…\"",
                    remedy: "ask for the public key file again"
                )
            )
        }
        return key
    }

    /// Writes a secret file, mode 0600, plain or wrapped; one that is there is never overwritten.
    package static func write(
        _ pair: KeyPair,
        to path: String,
        wrapping: (kind: WrappedSecret.Kind, path: String)? = nil
    ) throws(SettingsError) {
        var content = text(pair)
        if let wrapping {
            let secret = try KeySecret(path: wrapping.path)
            content = try WrappedSecret.wrap(content, wrapping.kind, with: secret)
        }
        try FileText.create(path, content, mode: 0o600)
    }

    /// Writes a public file, mode 0644; one that is there is never overwritten.
    package static func write(publicKey: String, to path: String) throws(SettingsError) {
        try FileText.create(path, text(publicKey: publicKey), mode: 0o644)
    }

    package static func text(_ pair: KeyPair) -> String {
        "public = \"\(pair.publicKey)\"\nsecret = \"\(pair.secretKey)\"\n"
    }

    static func text(publicKey: String) -> String {
        "public = \"\(publicKey)\"\n"
    }

    private static func parse(
        _ text: String,
        _ path: String
    ) throws(SettingsError) -> [String: String] {
        var keys: [String: String] = [:]
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })
            // A Z85 key may hold #, so only a line that begins with it is a comment.
            guard let word = words.first, !word.hasPrefix("#") else { continue }
            let name = String(word)
            guard words.count == 3, words[1] == "=", name == "public" || name == "secret",
                keys[name] == nil, words[2].hasPrefix("\""), words[2].hasSuffix("\""),
                words[2].count == 42, Z85Text.isKey(String(words[2].dropFirst().dropLast()))
            else {
                throw SettingsError(
                    SettingsMistake(
                        file: path,
                        line: index + 1,
                        problem: "is no line of a key file",
                        remedy:
                            "a line is public = \"…\" or secret = \"…\" with 40 characters of Z85"
                    )
                )
            }
            keys[name] = String(words[2].dropFirst().dropLast())
        }
        return keys
    }
}

/// The form of CURVE keys as texts (ZeroMQ RFC 32, Z85).
package enum Z85Text {
    private static let alphabet = Array(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8
    )

    /// 40 characters of the alphabet, each five of them within 32 bits.
    package static func isKey(_ text: String) -> Bool {
        let characters = Array(text.utf8)
        guard characters.count == 40 else { return false }
        for start in stride(from: 0, to: 40, by: 5) {
            var word: UInt64 = 0
            for character in characters[start..<start + 5] {
                guard let digit = alphabet.firstIndex(of: character) else { return false }
                word = word * 85 + UInt64(digit)
            }
            if word > UInt64(UInt32.max) { return false }
        }
        return true
    }
}
