internal import Crypto
public import Domain
internal import Foundation
internal import Glibc

/// The county's keys for pseudonyms (县级假名密钥): one, or two during an overlap of 90 days.
///
/// The hub never holds them. The file has one line a key: `k1`, 32 bytes in base64url, and where the key has
/// a start or an end, `from DAY` and `until DAY`, at the county's midnight; `#` begins a comment. While two are
/// in force every pseudonym is made under both, so that persons stay the same across a change of key; behind
/// the overlap the new one alone is used. The file must belong to the user who runs the daemon and be readable
/// by nobody else (mode 0600).
public struct CountyKeys: Sendable {
    /// Why a key file cannot be used.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong, with path and line, and what to do.
        public var description: String

        init(description: String) {
            self.description = description
        }

        init(_ place: String, _ problem: String) {
            description = "\(place): \(problem) [\(ErrorCode.badCountyKey.text)]"
        }
    }

    /// The epochs of the keys, ascending.
    public var epochs: [Int] { keys.map(\.epoch) }

    private struct Key: Sendable {
        var epoch: Int
        var key: SymmetricKey
        /// The first day on which it is used.
        var from: CountyDay?
        /// The first day on which it is used no more.
        var until: CountyDay?

        func isInForce(on day: CountyDay) -> Bool {
            from.map { day >= $0 } ?? true && until.map { day < $0 } ?? true
        }
    }

    private let keys: [Key]

    /// Keys of a file, so that old ones may stand there for a while.
    private static let linesMax = 8

    /// The keys of a file.
    ///
    /// - Parameter path: The file, mode 0600.
    /// - Throws: A failure that names the path, and the line where one is wrong.
    public init(path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(
                description: "\(path): cannot be opened (\(String(cString: strerror(errno)))). "
                    + "Copy the county's key file there"
            )
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(description: "\(path): is no regular file")
        }
        guard status.st_mode & 0o077 == 0, status.st_uid == geteuid() || status.st_uid == 0 else {
            throw Failure(
                description: "\(path): others may read it or own it "
                    + "(mode \(String(status.st_mode & 0o777, radix: 8))) "
                    + "[\(ErrorCode.loosePermissions.text)]. Run: chown $USER \(path); "
                    + "chmod 600 \(path), and ask for a new key if anybody may have read it"
            )
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0, count < bytes.count else {
            throw Failure(description: "\(path): is longer than a key file can be")
        }
        try self.init(text: String(decoding: bytes.prefix(count), as: UTF8.self), name: path)
    }

    /// The keys of a file's text.
    ///
    /// - Parameters:
    ///   - text: The lines.
    ///   - name: The file's name for messages.
    /// - Throws: A failure that names the line.
    public init(text: String, name: String) throws(Failure) {
        var keys: [Key] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            if words.isEmpty { continue }
            let place = "\(name), line \(index + 1)"
            let key = try CountyKeys.key(words, place)
            if let last = keys.last, last.epoch >= key.epoch {
                throw Failure(place, "epochs must ascend from line to line")
            }
            keys.append(key)
        }
        guard (1...CountyKeys.linesMax).contains(keys.count) else {
            throw Failure(name, "holds \(keys.count) keys. One is needed, two during an overlap")
        }
        for day in keys.compactMap(\.from) + [CountyDay(number: .max)]
        where keys.count(where: { $0.isInForce(on: day) }) > 2 {
            throw Failure(
                name,
                "more than two keys are in force at a time. Give the older ones an end: until DAY"
            )
        }
        self.keys = keys
    }

    private init(keys: [Key]) {
        self.keys = keys
    }

    private static func key(_ words: [Substring], _ place: String) throws(Failure) -> Key {
        guard words.count >= 2, words[0].hasPrefix("k"), let epoch = Int(words[0].dropFirst()),
            (1...99_999).contains(epoch), let bytes = Base64URL.decode(words[1]), bytes.count == 32
        else {
            throw Failure(place, "is no key. A line is “k1” and 43 characters of base64url")
        }
        var key = Key(epoch: epoch, key: SymmetricKey(data: bytes))
        var rest = words[2...]
        while let word = rest.popFirst() {
            guard word == "from" && key.from == nil || word == "until" && key.until == nil,
                let day = rest.popFirst().flatMap({ CountyDay(text: $0) })
            else {
                throw Failure(
                    place,
                    "has “\(word)” behind the key. Write from 2026-12-01 or until 2027-03-01"
                )
            }
            if word == "from" { key.from = day } else { key.until = day }
        }
        if let from = key.from, let until = key.until, until <= from {
            throw Failure(place, "ends before it begins")
        }
        return key
    }

    /// The keys that are used at a moment: one, or two during an overlap.
    ///
    /// - Parameter now: The moment at which pseudonyms are made, not the time of an item.
    /// - Returns: The keys, for `pseudonyms(of:)`.
    /// - Throws: A failure where none is in force, with what to do.
    public func inForce(at now: Timestamp) throws(Failure) -> CountyKeys {
        let used = keys.filter { $0.isInForce(on: now.countyDay) }
        guard !used.isEmpty else {
            throw Failure(
                "the county's key file",
                "no key is in force on \(now.countyDay.description). Ask the operator for the new file"
            )
        }
        return CountyKeys(keys: used)
    }

    /// A file with the next key (换钥): it begins on a day, and the one before it ends some days later.
    ///
    /// - Parameters:
    ///   - text: The file as it is; empty for a county's first key.
    ///   - name: The file's name for messages.
    ///   - now: Keys that have ended by then are left out.
    ///   - from: The new key's first day.
    ///   - overlapDays: How many days both are used.
    /// - Returns: The new file's text.
    /// - Throws: A failure that names what is wrong with the file, or that two overlap already.
    public static func next(
        _ text: String,
        name: String,
        now: Timestamp,
        from: CountyDay,
        overlapDays: Int
    ) throws(Failure) -> String {
        guard text.contains(where: { !$0.isWhitespace }) else { return newLine(epoch: 1) }
        var kept = try CountyKeys(text: text, name: name).keys
            .filter { $0.until.map { $0 > now.countyDay } ?? true }
        guard let last = kept.last else {
            throw Failure(name, "every key in it has ended. Begin with an empty file")
        }
        guard last.until == nil, kept.count == 1 else {
            throw Failure(name, "two keys overlap already. Wait until the older one has ended")
        }
        kept[0].until = from.adding(days: overlapDays)
        return kept.map(line).joined() + newLine(epoch: last.epoch + 1, " from \(from.description)")
    }

    private static func line(_ key: Key) -> String {
        let bytes = key.key.withUnsafeBytes { Base64URL.encode(Array($0)) }
        let from = key.from.map { " from \($0.description)" } ?? ""
        let until = key.until.map { " until \($0.description)" } ?? ""
        return "k\(key.epoch) \(bytes)\(from)\(until)\n"
    }

    /// The line of a new random key, for the file of a county.
    ///
    /// - Parameter epoch: The number of the key, one more than that of the key before.
    /// - Returns: The line with its line end.
    public static func newLine(epoch: Int) -> String { newLine(epoch: epoch, "") }

    private static func newLine(epoch: Int, _ times: String) -> String {
        let key = SymmetricKey(size: .bits256)
        return "k\(epoch) \(key.withUnsafeBytes { Base64URL.encode(Array($0)) })\(times)\n"
    }

    /// The pseudonyms of a value under every key, the oldest key first.
    ///
    /// HMAC-SHA-256 over the UTF-8 bytes of the value's normal form, base64url without padding.
    ///
    /// - Parameter number: An ID card, telephone or account in normal form.
    /// - Returns: One text a key, as `k1:p:…`.
    public func pseudonyms(of number: PersonNumber) -> [String] {
        keys.map { entry in
            let code = HMAC<SHA256>.authenticationCode(
                for: Data(number.normalForm.utf8),
                using: entry.key
            )
            return "k\(entry.epoch):\(number.kind.rawValue):\(Base64URL.encode(Array(code)))"
        }
    }
}

/// Base64 for URLs without padding (RFC 4648 §5).
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.contains("+"), !text.contains("/"), !text.contains("=") else { return nil }
        let plain = text.replacingOccurrences(of: "-", with: "+")
            .replacingOccurrences(of: "_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return Data(base64Encoded: plain + padding).map { Array($0) }
    }
}

extension CountyDay {
    /// A day from `2026-12-01`; `nil` when the text is none.
    package init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day so many days later.
    package func adding(days: Int) -> CountyDay {
        CountyDay(number: Int32(clamping: Int(number) + days))
    }
}
