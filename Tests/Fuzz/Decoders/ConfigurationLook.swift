import Domain
import Settings
import Wire

/// Configuration files: YAML, the typed content, and the canonical bytes of the journal.
///
/// The first byte says which file it is, the rest is the file.
enum ConfigurationLook {
    private static let files: [(mark: UInt8, name: ConfigurationFile.Name)] = [
        (UInt8(ascii: "r"), .rules), (UInt8(ascii: "l"), .linkage), (UInt8(ascii: "a"), .agencies),
        (UInt8(ascii: "c"), .categories), (UInt8(ascii: "d"), .divisions),
        (UInt8(ascii: "g"), .grants),
    ]
    private static let hub = UInt8(ascii: "h")
    private static let retention = UInt8(ascii: "t")

    static func look(_ bytes: [UInt8]) -> Bool {
        guard let mark = bytes.first else { return false }
        let rest = Array(bytes.dropFirst())
        let name = files.first { $0.mark == mark }?.name
        let isJournalled = name.map { lookAtCanonical($0, rest) } ?? false
        guard let text = String(validating: rest, as: UTF8.self) else { return isJournalled }
        let yaml: YAMLFile
        do throws(SettingsError) {
            yaml = try YAMLFile(text: text, name: "file.yaml")
        } catch {
            hold(!error.mistakes.isEmpty, "a refusal names a mistake")
            return isJournalled
        }
        if mark == hub { return isTaken(yaml) { HubSettings($0, file: "/county/hub.yaml") } }
        if mark == retention { return isTaken(yaml) { RetentionSettings($0) } }
        guard let name else { return false }
        do throws(ConfigurationError) {
            let (canonical, file) = try ConfigurationCodec.file(name, yaml.value)
            check(name, canonical, file)
            return true
        } catch {
            let mistakes = yaml.mistakes(of: error)
            hold(!mistakes.isEmpty, "a refusal names a mistake")
            for mistake in mistakes { hold(!mistake.description.isEmpty, "a mistake has words") }
            return isJournalled
        }
    }

    private static func isTaken<Result>(
        _ yaml: YAMLFile,
        _ read: (ConfigurationNode) -> Result?
    ) -> Bool {
        do throws(SettingsError) {
            _ = try yaml.read(read)
            return true
        } catch {
            hold(!error.mistakes.isEmpty, "a refusal names a mistake")
            return false
        }
    }

    /// The bytes as an entry of the journal has them.
    private static func lookAtCanonical(_ name: ConfigurationFile.Name, _ bytes: [UInt8]) -> Bool {
        do throws(ConfigurationError) {
            let file = try ConfigurationFile(name: name, canonical: bytes)
            let canonical = file.canonicalBytes
            let again = try ConfigurationFile(name: name, canonical: canonical)
            hold(again.content == file.content, "\(name.token) reads back from its entry")
            return true
        } catch {
            hold(!error.mistakes.isEmpty, "a refusal names a mistake")
            return false
        }
    }

    private static func check(
        _ name: ConfigurationFile.Name,
        _ canonical: [UInt8],
        _ file: ConfigurationFile
    ) {
        guard let again = try? ConfigurationFile(name: name, canonical: canonical) else {
            fatalError("the journal would refuse what the file says")
        }
        hold(again.content == file.content, "\(name.token) says the same in the journal")
        hold(again.version == file.version, "the version is that of the canonical bytes")
        hold(again.canonicalBytes == canonical, "the canonical form is stable")
        let value = ConfigurationCodec.value(of: file.content)
        hold(
            ConfigurationDifference.between(name, value, value).isEmpty,
            "a file differs in nothing from itself"
        )
        for difference in ConfigurationDifference.between(name, nil, value) {
            hold(!difference.description.isEmpty, "a difference has words")
        }
    }

    /// The shipped files, and two of them as the journal has them.
    static func seeds(_ root: String) throws -> [Seed] {
        var seeds: [Seed] = []
        for (mark, name) in files {
            let yaml = content(of: "\(root)/config/\(name.token).yaml")
            seeds.append(Seed(name.token, [mark] + yaml))
            let file = try YAMLFile(
                text: String(decoding: yaml, as: UTF8.self),
                name: name.token
            )
            let content = try ConfigurationCodec.decode(name, file.value)
            seeds.append(
                Seed(
                    name.token + "-canonical",
                    [mark] + ConfigurationCodec.canonicalBytes(of: content)
                )
            )
        }
        seeds.append(Seed("hub", [hub] + content(of: "\(root)/config/hub.yaml")))
        seeds.append(Seed("retention", [retention] + content(of: "\(root)/config/retention.yaml")))
        let small =
            "g&a [x, 'y\\n', \"\\u00e9\", 0x1f, 1.50, ~, yes]: {k: |\n  text\n  more}\n# word\n"
        seeds.append(Seed("yaml", Array(small.utf8)))
        return seeds
    }
}
