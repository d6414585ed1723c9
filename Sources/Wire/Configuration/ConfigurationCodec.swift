package import Domain
import Hashing

/// The county's configuration between JSON and types (配置编解码).
///
/// A file of any spelling is decoded to its type, and the type is encoded to one sequence of bytes
/// (RFC 8785) that says everything, defaults included. Those bytes enter the journal; their digest is
/// the file's version. So comments, order of keys and `24h` against `1440m` change no version.
package enum ConfigurationCodec {
    /// The typed content of a file; throws all its mistakes.
    package static func decode(
        _ name: ConfigurationFile.Name,
        _ value: JSONValue
    ) throws(ConfigurationError) -> ConfigurationFile.Content {
        let list = MistakeList()
        let node = ConfigurationNode(value, list: list)
        let content: ConfigurationFile.Content? =
            switch name {
            case .rules: RulesCodec.decode(node).map { .rules($0) }
            case .linkage: LinkageCodec.decode(node).map { .linkage($0) }
            case .agencies: RegisterCodec.agencies(node).map { .agencies($0) }
            case .categories: RegisterCodec.categories(node).map { .categories($0) }
            case .divisions: RegisterCodec.divisions(node).map { .divisions($0) }
            case .grants: GrantCodec.decode(node).map { .grants($0) }
            }
        try list.finish()
        guard let content else {
            list.add(.top, "cannot be read", "compare it with the shipped file")
            throw ConfigurationError(mistakes: list.mistakes)
        }
        return content
    }

    /// The content as a JSON value, every key written out.
    package static func value(of content: ConfigurationFile.Content) -> JSONValue {
        switch content {
        case .rules(let rules): RulesCodec.encode(rules)
        case .linkage(let settings): LinkageCodec.encode(settings)
        case .agencies(let register): RegisterCodec.encode(register)
        case .categories(let register): RegisterCodec.encode(register)
        case .divisions(let register): RegisterCodec.encode(register)
        case .grants(let register): GrantCodec.encode(register)
        }
    }

    /// The bytes of a content that stand in the journal.
    package static func canonicalBytes(of content: ConfigurationFile.Content) -> [UInt8] {
        value(of: content).canonicalBytes
    }

    /// The file of a value and the bytes of it that stand in the journal; throws all mistakes.
    package static func file(
        _ name: ConfigurationFile.Name,
        _ value: JSONValue
    ) throws(ConfigurationError) -> (canonical: [UInt8], file: ConfigurationFile) {
        let content = try decode(name, value)
        let canonical = canonicalBytes(of: content)
        return (
            canonical,
            ConfigurationFile(name: name, version: version(of: canonical), content: content)
        )
    }

    /// The first 8 bytes of SHA-256 of the canonical bytes, most significant byte first.
    package static func version(of canonical: [UInt8]) -> UInt64 {
        Digest32.sha256(canonical).word0
    }
}

extension ConfigurationFile {
    /// A file from its bytes as they stand in the journal; the version is that of these bytes.
    ///
    /// Throws the mistakes of a file that is not JSON or not of its type.
    package init(name: Name, canonical bytes: [UInt8]) throws(ConfigurationError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw ConfigurationError(mistakes: [
                ConfigurationMistake(
                    path: .top,
                    problem: error.description,
                    remedy: "the entry's bytes are not those that the hub wrote"
                )
            ])
        }
        self.init(
            name: name,
            version: ConfigurationCodec.version(of: bytes),
            content: try ConfigurationCodec.decode(name, value)
        )
    }

    /// The bytes of the content that stand in the journal (RFC 8785).
    package var canonicalBytes: [UInt8] { ConfigurationCodec.canonicalBytes(of: content) }
}

extension ConfigurationFile.Content {
    /// Which file it is the content of.
    package var name: ConfigurationFile.Name {
        switch self {
        case .rules: .rules
        case .linkage: .linkage
        case .agencies: .agencies
        case .categories: .categories
        case .divisions: .divisions
        case .grants: .grants
        }
    }
}
