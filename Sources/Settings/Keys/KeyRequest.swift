import Domain

/// What an agency sends to be let in (入网申请): who it is and its public key.
///
/// The file has the lines `holder = "agency/xinfang"`, `public = "…"` and `fingerprint = "…"`. It proves
/// nothing: whoever lets the agency in compares the fingerprint by another way.
package struct KeyRequest: Equatable, Sendable {
    /// What the key shall open.
    package var role: KeyFolder.Role
    /// The short name.
    package var name: String
    /// The public key, 40 characters of Z85.
    package var publicKey: String

    /// The holder as the register names it.
    package var holder: String { "\(role.rawValue)/\(name)" }
    /// The fingerprint of the key.
    package var fingerprint: Fingerprint { Fingerprint(publicKey: publicKey) }

    /// A request from its parts; `nil` when the name or the key is not of the form.
    package init?(role: KeyFolder.Role, name: String, publicKey: String) {
        guard AgencyID(name: name) != nil, Z85Text.isKey(publicKey) else { return nil }
        self.role = role
        self.name = name
        self.publicKey = publicKey
    }

    /// Reads a request.
    ///
    /// - Parameter file: The file.
    /// - Throws: What is no line of a request, with its line; a fingerprint that is not the key's; a secret
    ///   key, which must never be sent.
    package init(file: String) throws(SettingsError) {
        let text = try FileText.read(file)
        var values: [Substring: Substring] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = line.hasSuffix("\r") ? line.dropLast() : line
            guard let first = line.first(where: { $0 != " " && $0 != "\t" }), first != "#" else {
                continue
            }
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count == 3, words[1] == "=", words[2].hasPrefix("\""),
                words[2].hasSuffix("\""),
                words[2].utf8.count >= 2, values[words[0]] == nil,
                ["holder", "public", "fingerprint"].contains(words[0])
            else {
                let isSecret = line.contains("secret")
                throw KeyRequest.mistake(
                    file,
                    index + 1,
                    isSecret ? "holds a secret key" : "is no line of a joining request",
                    isSecret
                        ? "a secret key never leaves its machine; make a new pair with liandong keys request"
                        : "have it made with liandong keys request"
                )
            }
            values[words[0]] = words[2].dropFirst().dropLast()
        }
        guard let holder = values["holder"].flatMap({ KeyFolder.Role.holder(String($0)) }),
            let key = values["public"],
            let request = KeyRequest(role: holder.role, name: holder.name, publicKey: String(key))
        else {
            throw KeyRequest.mistake(
                file,
                nil,
                "has no lines holder = \"ROLE/NAME\" and public = \"…\" with a key",
                "have it made with liandong keys request"
            )
        }
        if let told = values["fingerprint"],
            Fingerprint(text: String(told)) != Fingerprint(publicKey: request.publicKey)
        {
            throw KeyRequest.mistake(
                file,
                nil,
                "names a fingerprint that is not its key's",
                "it was altered on its way; have it sent again by another way"
            )
        }
        self = request
    }

    /// The file's text.
    package var text: String {
        """
        # 联动枢纽 入网申请: only the public key; compare the fingerprint by telephone or face to face.
        holder = "\(holder)"
        public = "\(publicKey)"
        fingerprint = "\(fingerprint)"

        """
    }

    /// Writes the request and the sheet beside it; one that is there is never overwritten.
    ///
    /// - Parameters:
    ///   - path: The file of the request.
    ///   - sheet: The file of the sheet to print.
    ///   - sheetText: What it says.
    /// - Throws: Why one cannot be written.
    package func write(
        to path: String,
        sheet: String,
        _ sheetText: String
    ) throws(SettingsError) {
        try FileText.create(path, text, mode: 0o644)
        try FileText.create(sheet, sheetText, mode: 0o644)
    }

    private static func mistake(
        _ file: String,
        _ line: Int?,
        _ problem: String,
        _ remedy: String
    ) -> SettingsError {
        SettingsError(
            SettingsMistake(
                file: file,
                line: line,
                problem: problem,
                remedy: remedy,
                code: .badKeyRequest
            )
        )
    }
}
