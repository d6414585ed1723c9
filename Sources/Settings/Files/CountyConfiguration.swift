package import Domain
import Wire

/// The six files of a county that enter the journal (县级配置), read and checked together.
package struct CountyConfiguration: Sendable {
    /// A file in force: its name, the bytes that enter the journal, and its typed content.
    package typealias File = (
        name: ConfigurationFile.Name, canonical: [UInt8], file: ConfigurationFile
    )

    /// The six files in the order of `ConfigurationFile.Name`.
    package let files: [File]
    /// The warning rules (预警规则).
    package let rules: Rules
    /// How likeness is judged (关联参数).
    package let linkage: LinkageSettings
    /// The agencies (联动单位).
    package let agencies: AgencyRegister
    /// The classes of content (内容分类).
    package let categories: CategoryRegister
    /// The divisions (行政区划).
    package let divisions: DivisionRegister
    /// Who may do what (授权).
    package let grants: GrantRegister

    /// Reads `rules.yaml`, `linkage.yaml`, `agencies.yaml`, `categories.yaml`, `divisions.yaml` and
    /// `grants.yaml` of a folder; throws the mistakes of all six.
    package init(folder: String) throws(SettingsError) {
        var files: [File] = []
        var mistakes: [SettingsMistake] = []
        for name in ConfigurationFile.Name.allCases {
            do throws(SettingsError) {
                files.append(try CountyConfiguration.file(name, folder: folder))
            } catch {
                mistakes += error.mistakes
            }
        }
        if !mistakes.isEmpty { throw SettingsError(mistakes) }
        self.init(files: files)
    }

    /// The files of a template, read and checked as if they lay in a folder.
    package init(template: CountyTemplate) throws(SettingsError) {
        var files: [File] = []
        let texts = template.configuration
        for name in ConfigurationFile.Name.allCases {
            let file = name.token + ".yaml"
            guard let text = texts.first(where: { $0.name == file })?.text else {
                preconditionFailure("the template holds every file of a county")
            }
            files.append(
                try CountyConfiguration.file(name, YAMLFile(text: text, name: file))
            )
        }
        self.init(files: files)
    }

    /// Reads one of the files of a folder.
    package static func file(
        _ name: ConfigurationFile.Name,
        folder: String
    ) throws(SettingsError) -> File {
        try file(name, path: FileText.join(folder, name.token + ".yaml"))
    }

    /// Reads one of the files wherever it lies, for example other rules for a comparison.
    package static func file(
        _ name: ConfigurationFile.Name,
        path: String
    ) throws(SettingsError) -> File {
        try file(name, YAMLFile(path: path))
    }

    private static func file(
        _ name: ConfigurationFile.Name,
        _ text: YAMLFile
    ) throws(SettingsError) -> File {
        do throws(ConfigurationError) {
            let (canonical, file) = try ConfigurationCodec.file(name, text.value)
            return (name, canonical, file)
        } catch {
            throw SettingsError(text.mistakes(of: error))
        }
    }

    private init(files: [File]) {
        var rules: Rules?
        var linkage: LinkageSettings?
        var agencies: AgencyRegister?
        var categories: CategoryRegister?
        var divisions: DivisionRegister?
        var grants: GrantRegister?
        for file in files {
            switch file.file.content {
            case .rules(let content): rules = content
            case .linkage(let content): linkage = content
            case .agencies(let content): agencies = content
            case .categories(let content): categories = content
            case .divisions(let content): divisions = content
            case .grants(let content): grants = content
            }
        }
        guard let rules, let linkage, let agencies, let categories, let divisions, let grants
        else {
            preconditionFailure("each of the six files was read")
        }
        self.files = files
        self.rules = rules
        self.linkage = linkage
        self.agencies = agencies
        self.categories = categories
        self.divisions = divisions
        self.grants = grants
    }
}
