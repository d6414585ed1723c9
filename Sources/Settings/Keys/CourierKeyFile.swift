import Domain

/// Courier key files (信使密钥文件): the lines `sign = "…"` and `seal = "…"`, 43 characters of base64url each,
/// and in secret ones `sign_secret` and `seal_secret`.
///
/// `NAME.courier` is public, `NAME.courier.key` its owner's alone.
package enum CourierKeyFile {
    /// The two halves of one side's keys.
    package typealias Pair = (signing: String, sealing: String)

    /// The public file that belongs to a stem, `agency` or `keys/hub`.
    package static func publicPath(_ stem: String) -> String { stem + ".courier" }
    /// The secret file that belongs to a stem.
    package static func secretPath(_ stem: String) -> String { stem + ".courier.key" }

    /// Reads the public keys of a file.
    package static func readPublic(_ path: String) throws(SettingsError) -> Pair {
        try pair(try parse(try FileText.read(path), path), "sign", "seal", path)
    }

    /// Reads the secret keys of a file; refuses one that others may read.
    ///
    /// - Parameters:
    ///   - path: The file, plain or wrapped.
    ///   - secret: The file that opens a wrapped one.
    /// - Returns: The keys.
    /// - Throws: What is wrong with the file, or that it cannot be opened.
    package static func readSecret(
        _ path: String,
        secret: String? = nil
    ) throws(SettingsError) -> Pair {
        let text = try WrappedSecret.read(path, secret: secret).text
        return try pair(try parse(text, path), "sign_secret", "seal_secret", path)
    }

    /// Writes both files; one that is there is never overwritten.
    package static func write(
        stem: String,
        publicKeys: Pair,
        secretKeys: Pair
    ) throws(SettingsError) {
        let open = "sign = \"\(publicKeys.signing)\"\nseal = \"\(publicKeys.sealing)\"\n"
        let secret =
            "sign_secret = \"\(secretKeys.signing)\"\nseal_secret = \"\(secretKeys.sealing)\"\n"
        try FileText.create(secretPath(stem), open + secret, mode: 0o600)
        try FileText.create(publicPath(stem), open, mode: 0o644)
    }

    private static func pair(
        _ lines: [String: String],
        _ first: String,
        _ second: String,
        _ path: String
    ) throws(SettingsError) -> Pair {
        guard let signing = lines[first], let sealing = lines[second] else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "has no lines \(first) = \"…\" and \(second) = \"…\"",
                    remedy: "make a pair with liandong keys new --courier",
                    code: .badCourierKey
                )
            )
        }
        return (signing, sealing)
    }

    private static func parse(
        _ text: String,
        _ path: String
    ) throws(SettingsError) -> [String: String] {
        var keys: [String: String] = [:]
        for (index, line) in text.split(separator: "\n").enumerated() {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })
            guard let word = words.first, !word.hasPrefix("#") else { continue }
            guard words.count == 3, words[1] == "=", words[2].count == 45,
                words[2].hasPrefix("\""), words[2].hasSuffix("\""), keys[String(word)] == nil
            else {
                throw SettingsError(
                    SettingsMistake(
                        file: path,
                        line: index + 1,
                        problem: "is no line of a courier key file",
                        remedy: "a line is sign = \"…\" with 43 characters of base64url",
                        code: .badCourierKey
                    )
                )
            }
            keys[String(word)] = String(words[2].dropFirst().dropLast())
        }
        return keys
    }
}
