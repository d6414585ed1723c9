package import Domain
import Wire

/// A ready folder for any county (初始化), as `liandong init` writes it.
package struct CountyTemplate: Sendable {
    /// Where clients reach a hub whose place nobody named.
    package static let endpoint = "tcp://127.0.0.1:5747"
    /// The officer that a new folder has a key for.
    package static let officer = "duty"

    /// The county and its townships.
    package var divisions: DivisionRegister
    /// Where the hub listens and the clients reach it.
    package var endpoint: String
    /// `at` is the highest item time so far: demonstrations, imports and evaluation only.
    package var hasScenarioClock: Bool
    /// Who holds which post of `grants.yaml`, by the names of the officers' keys.
    package var holders: [String: [String]]

    /// A template from its parts.
    package init(
        divisions: DivisionRegister = TownList.example,
        endpoint: String = CountyTemplate.endpoint,
        hasScenarioClock: Bool = false,
        holders: [String: [String]] = ["duty-desk": [CountyTemplate.officer]]
    ) {
        self.divisions = divisions
        self.endpoint = endpoint
        self.hasScenarioClock = hasScenarioClock
        self.holders = holders
    }

    /// The agencies that a new folder has.
    package static let agencies: [AgencyID] = ["xinfang", "zhengshu", "xuanchuan", "rongmeiti"]
        .compactMap { AgencyID(name: $0) }

    /// The configuration alone, as it lies in the repository's `config`: name and text of each file.
    package var configuration: [(name: String, text: String)] {
        [
            ("hub.yaml", hubText),
            ("rules.yaml", TemplateTexts.rules),
            ("linkage.yaml", LinkageText.text(.standard)),
            ("agencies.yaml", TemplateTexts.agencies),
            ("categories.yaml", CategoryTexts.text),
            ("divisions.yaml", divisionsText),
            ("grants.yaml", grantsText),
            (RetentionSettings.fileName, RetentionText.text),
        ]
    }

    /// Writes a folder: configuration, keys, one folder an agency, and what an officer needs.
    ///
    /// Nothing is written when one of the files is there already. `newKeys` makes a CURVE pair;
    /// `newCountyKey` the text of a county key file (县级假名密钥), which goes to the agencies and
    /// not to the hub. Answers with the paths that were written.
    @discardableResult
    package func write(
        folder: String,
        newKeys: () -> KeyPair,
        newCountyKey: (() -> String)? = nil
    ) throws(SettingsError) -> [String] {
        guard EndpointText.isEndpoint(endpoint, isBound: false) else {
            throw SettingsError(
                SettingsMistake(
                    file: folder,
                    path: "endpoint",
                    problem: "“\(endpoint)” is no endpoint",
                    remedy: "write tcp://HOST:PORT, for example \(CountyTemplate.endpoint)"
                )
            )
        }
        let files = newFiles(folder: folder, newKeys: newKeys, newCountyKey: newCountyKey)
        let present = files.filter { FileText.exists($0.path) }
        if !present.isEmpty {
            throw SettingsError(
                present.map {
                    SettingsMistake(
                        file: $0.path,
                        problem: "is there already",
                        remedy: "name another folder; nothing is overwritten"
                    )
                }
            )
        }
        try FileText.createFolder(folder, mode: 0o755)
        try FileText.createFolder(FileText.join(folder, "data"))
        try FileText.createFolder(FileText.join(folder, "keys"))
        for agency in CountyTemplate.agencies {
            try FileText.createFolder(FileText.join(folder, "agencies/\(agency.name)"))
        }
        for file in files {
            try FileText.create(file.path, file.text, mode: file.isSecret ? 0o600 : 0o644)
        }
        return files.map(\.path)
    }

    private struct NewFile {
        var path: String
        var text: String
        var isSecret = false

        init(_ folder: String, _ name: String, _ text: String, isSecret: Bool = false) {
            path = FileText.join(folder, name)
            self.text = text
            self.isSecret = isSecret
        }
    }

    private func newFiles(
        folder: String,
        newKeys: () -> KeyPair,
        newCountyKey: (() -> String)?
    ) -> [NewFile] {
        var files = configuration.map { NewFile(folder, $0.name, $0.text) }
        let hub = newKeys()
        files.append(NewFile(folder, "keys/hub.key", KeyFile.text(hub), isSecret: true))
        files.append(NewFile(folder, "keys/hub.pub", KeyFile.text(publicKey: hub.publicKey)))
        let countyKey = newCountyKey?()
        for agency in CountyTemplate.agencies.map(\.name) {
            let pair = newKeys()
            let home = "agencies/\(agency)/"
            let publicText = KeyFile.text(publicKey: pair.publicKey)
            files.append(NewFile(folder, "keys/agency-\(agency).pub", publicText))
            files.append(NewFile(folder, home + "agency.key", KeyFile.text(pair), isSecret: true))
            files.append(
                NewFile(folder, home + "hub.pub", KeyFile.text(publicKey: hub.publicKey))
            )
            files.append(
                NewFile(
                    folder,
                    home + "agency.yaml",
                    agencyText(agency, hasCountyKey: countyKey != nil)
                )
            )
            if let countyKey {
                files.append(NewFile(folder, home + "county.key", countyKey, isSecret: true))
            }
        }
        let officer = newKeys()
        let officerText = KeyFile.text(publicKey: officer.publicKey)
        files.append(NewFile(folder, "keys/officer-\(Self.officer).pub", officerText))
        files.append(NewFile(folder, "officer.key", KeyFile.text(officer), isSecret: true))
        files.append(NewFile(folder, "officer.yaml", self.officerText))
        return files
    }
}
