import Domain
import Glibc
import Wire

/// The register beside the public keys (密钥登记簿), `keys/register.yaml`: whose each key is, from when until
/// when it opens, and whether it was revoked.
///
/// A key without an entry opens always, so that a folder without the file is a folder of old. An entry stays
/// when its key's file is taken away: a revoked key that comes back is revoked still. Mode 0600, replaced as a
/// whole.
package struct KeyBook: Equatable, Sendable {
    /// What is known of one key.
    package struct Entry: Equatable, Sendable {
        /// Which key.
        package var fingerprint: Fingerprint
        /// Whose it is, as its file says: `agency/xinfang`, `courier/xinfang`.
        package var holder: String
        /// Its times.
        package var life: KeyLife

        /// An entry from its parts.
        package init(fingerprint: Fingerprint, holder: String, life: KeyLife) {
            self.fingerprint = fingerprint
            self.holder = holder
            self.life = life
        }
    }

    /// The name of the file in the keys folder.
    package static let name = "register.yaml"
    /// The most entries; a county that changes every key each month needs decades to get there.
    package static let entriesMax = 10_000

    /// The entries in the order of the file, the oldest first.
    package private(set) var entries: [Entry]

    /// A register from its entries.
    package init(entries: [Entry] = []) {
        self.entries = entries
    }

    /// The register of a keys folder; an empty one where there is no file.
    ///
    /// - Parameter folder: The keys folder.
    /// - Throws: Every mistake of the file, with its line; that others may use it.
    package init(folder: String) throws(SettingsError) {
        let path = FileText.join(folder, KeyBook.name)
        guard FileText.exists(path) else {
            self.init()
            return
        }
        let text = try FileText.read(path, isSecret: true)
        let file = try YAMLFile(text: text, name: path)
        do throws(SettingsError) {
            self = try file.read { KeyBook($0) }
        } catch {
            throw SettingsError(
                error.mistakes.map { mistake in
                    var mistake = mistake
                    mistake.code = .badKeyRegister
                    return mistake
                }
            )
        }
    }

    init?(_ node: ConfigurationNode) {
        guard let list = node.table(keys: ["keys"])?.required("keys"),
            let elements = list.elements(count: 0...KeyBook.entriesMax)
        else { return nil }
        var entries: [Entry] = []
        for element in elements {
            guard let entry = KeyBook.entry(element) else { continue }
            if entries.contains(where: { $0.fingerprint == entry.fingerprint }) {
                element.fault("names a key that stands above already", "keep one entry a key")
            }
            entries.append(entry)
        }
        self.init(entries: entries)
    }

    private static func entry(_ node: ConfigurationNode) -> Entry? {
        let keys = ["fingerprint", "holder", "from", "until", "revoked", "reason"]
        guard let table = node.table(keys: keys) else { return nil }
        func time(_ key: String) -> Timestamp? {
            table.optional(key).flatMap { node in
                node.parsed("is no time", "write it as 2026-03-05T14:30:00+08:00") {
                    Timestamp(rfc3339: $0)
                }
            }
        }
        let fingerprint = table.required("fingerprint").flatMap { node in
            node.parsed("is no fingerprint", "copy the eight groups of five digits") {
                Fingerprint(text: $0)
            }
        }
        let holder = table.required("holder").flatMap { node in
            node.parsed("names no holder", "write agency/NAME, officer/NAME or operator/NAME") {
                KeyFolder.Role.holder($0)
            }
        }
        let life = KeyLife(
            from: time("from"),
            until: time("until"),
            revoked: time("revoked"),
            reason: table.optional("reason").flatMap { $0.text(bytesMax: 400) } ?? ""
        )
        if let from = life.from, let until = life.until, until <= from {
            table.optional("until")?.fault("is not after from", "a key must open for a while")
        }
        guard let fingerprint, let holder else { return nil }
        return Entry(fingerprint: fingerprint, holder: holder.text, life: life)
    }

    /// What is known of a key; `nil` where it has no entry.
    package subscript(_ fingerprint: Fingerprint) -> Entry? {
        entries.first { $0.fingerprint == fingerprint }
    }

    /// Puts an entry in, in the place of the one about the same key.
    package mutating func set(_ entry: Entry) {
        if let index = entries.firstIndex(where: { $0.fingerprint == entry.fingerprint }) {
            entries[index] = entry
        } else {
            entries.append(entry)
        }
    }

    /// The file's text.
    package var text: String {
        var lines = ["# 密钥登记簿: written by liandong keys; see docs/configuration.md.", "keys:"]
        if entries.isEmpty { lines[1] += " []" }
        for entry in entries {
            lines.append("  - fingerprint: \"\(entry.fingerprint)\"")
            lines.append("    holder: \(entry.holder)")
            for (key, time) in [
                ("from", entry.life.from), ("until", entry.life.until),
                ("revoked", entry.life.revoked),
            ] {
                if let time { lines.append("    \(key): \"\(time.rfc3339)\"") }
            }
            if !entry.life.reason.isEmpty {
                lines.append("    reason: \(JSONValue.string(entry.life.reason).line)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Changes the register of a folder, alone: another who changes it waits.
    ///
    /// - Parameters:
    ///   - folder: The keys folder.
    ///   - change: What to do with the register as it is now.
    /// - Returns: What `change` returned.
    /// - Throws: What `change` threw, or why the file cannot be read or written; it is as it was then.
    package static func update<Result>(
        folder: String,
        _ change: (inout KeyBook) throws(SettingsError) -> Result
    ) throws(SettingsError) -> Result {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
            if descriptor >= 0 { close(descriptor) }
            throw SettingsError(
                SettingsMistake(
                    file: folder,
                    problem: "cannot be locked (\(String(cString: strerror(errno))))",
                    remedy: "check that it is the folder of the keys and its rights"
                )
            )
        }
        defer { close(descriptor) }
        if let mistake = FileText.looseness(of: folder, modeMax: 0o700) {
            throw SettingsError(mistake)
        }
        let old = try KeyBook(folder: folder)
        var book = old
        let result = try change(&book)
        if book != old { try book.write(to: folder) }
        return result
    }

    func write(to folder: String) throws(SettingsError) {
        try FileText.replace(FileText.join(folder, KeyBook.name), text, mode: 0o600)
    }
}

extension KeyFolder.Role {
    /// A role and a short name from `agency/xinfang`; `nil` when the text is none.
    package static func holder(
        _ text: String
    ) -> (role: KeyFolder.Role, name: String, text: String)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let role = KeyFolder.Role(rawValue: String(parts[0])),
            let name = AgencyID(name: String(parts[1]))?.name
        else { return nil }
        return (role, name, text)
    }
}
