internal import Crypto
internal import Domain
internal import Foundation
internal import Glibc

/// The county's keys for pseudonyms (县级假名密钥): one, or two during an overlap of 90 days.
///
/// The hub never holds them. The file has one line a key, `k1` and 32 bytes in base64url; `#` begins
/// a comment. With two lines every pseudonym is made under both, so that persons stay the same
/// across a change of key; the older line is taken out when the overlap ends. The file must belong
/// to the user who runs the daemon and be readable by nobody else (mode 0600).
public struct CountyKeys: Sendable {
    /// Why a key file cannot be used.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong, with path and line, and what to do.
        public var description: String
    }

    /// The epochs of the keys, ascending.
    public var epochs: [Int] { keys.map(\.epoch) }

    private let keys: [(epoch: Int, key: SymmetricKey)]

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
        var keys: [(epoch: Int, key: SymmetricKey)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            if words.isEmpty { continue }
            let place = "\(name), line \(index + 1)"
            guard words.count == 2, words[0].hasPrefix("k"), let epoch = Int(words[0].dropFirst()),
                (1...99_999).contains(epoch), let key = Base64URL.decode(words[1]), key.count == 32
            else {
                throw Failure(
                    description:
                        "\(place): is no key. A line is “k1” and 43 characters of base64url"
                )
            }
            if let last = keys.last, last.epoch >= epoch {
                throw Failure(description: "\(place): epochs must ascend from line to line")
            }
            keys.append((epoch, SymmetricKey(data: key)))
        }
        guard (1...2).contains(keys.count) else {
            throw Failure(
                description:
                    "\(name): holds \(keys.count) keys. One is needed, two during an overlap"
            )
        }
        self.keys = keys
    }

    /// The line of a new random key, for the file of a county.
    ///
    /// - Parameter epoch: The number of the key, one more than that of the key before.
    /// - Returns: The line with its line end.
    public static func newLine(epoch: Int) -> String {
        let key = SymmetricKey(size: .bits256)
        return "k\(epoch) \(key.withUnsafeBytes { Base64URL.encode(Array($0)) })\n"
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
