import Domain
import Wire

/// Numbers of bytes as settings write them: `4MiB`, `64KiB`, `1GiB`, or a plain number.
enum SizeText {
    private static let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)]

    static func read(_ node: ConfigurationNode, in range: ClosedRange<Int>) -> Int? {
        let number = node.value.int.flatMap { Int(exactly: $0) } ?? node.value.text.flatMap(parse)
        guard let number else {
            node.fault("is no number of bytes", "write for example 4MiB, 64KiB or 1GiB")
            return nil
        }
        guard range.contains(number) else {
            node.fault(
                "is out of range",
                "write \(text(range.lowerBound)) to \(text(range.upperBound))"
            )
            return nil
        }
        return number
    }

    private static func parse(_ text: String) -> Int? {
        for (suffix, shift) in units where text.hasSuffix(suffix) {
            guard let number = Int(text.dropLast(3)), (0...1_048_576).contains(number) else {
                return nil
            }
            return number << shift
        }
        return nil
    }

    static func text(_ bytes: Int) -> String {
        for (suffix, shift) in units.reversed() where bytes > 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(suffix)"
        }
        return "\(bytes)"
    }
}

/// Where a hub listens or is reached: `tcp://HOST:PORT`.
enum EndpointText {
    /// With `isBound` the host may be `*` and the port may be left to the system by `*`.
    static func read(_ node: ConfigurationNode, isBound: Bool) -> String? {
        node.parsed(
            "is no endpoint",
            isBound
                ? "write tcp://ADDRESS:PORT, for example tcp://127.0.0.1:5747"
                : "write the hub's tcp://HOST:PORT, for example tcp://10.0.0.8:5747"
        ) { isEndpoint($0, isBound: isBound) ? $0 : nil }
    }

    static func isEndpoint(_ text: String, isBound: Bool) -> Bool {
        guard text.hasPrefix("tcp://"), let colon = text.lastIndex(of: ":") else { return false }
        let start = text.index(text.startIndex, offsetBy: 6)
        guard start < colon else { return false }
        let host = text[start..<colon]
        let port = text[text.index(after: colon)...]
        let isHost =
            (isBound && host == "*")
            || host.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || [45, 46, 58, 91, 93, 95].contains($0)
            }
        if isBound, port == "*" { return isHost }
        guard port.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(port) else {
            return false
        }
        return isHost && (1...65_535).contains(number)
    }
}

/// Short names of officers, streams and agencies.
enum ShortName {
    static func read(_ node: ConfigurationNode) -> String? {
        node.parsed(
            "is no short name",
            "use 1 to 32 of a-z, 0-9 and -, beginning with a letter"
        ) { AgencyID(name: $0)?.name }
    }
}

/// The file that opens wrapped keys, a path or `credential:NAME`.
enum KeySecretText {
    static func read(_ node: ConfigurationNode, _ file: String) -> String? {
        guard let text = node.text(bytesMax: 4096) else { return nil }
        guard let path = KeySecret.path(text, besides: file) else {
            node.fault(
                "names a credential that systemd has not given",
                "add LoadCredential=NAME:FILE to the unit, or name a file"
            )
            return nil
        }
        return path
    }
}
