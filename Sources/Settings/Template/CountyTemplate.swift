package import Domain
import Wire

/// A ready folder for any county (初始化), as `liandong init` writes it.
package struct CountyTemplate: Sendable {
    /// Where clients reach a hub whose place nobody named.
    package static let endpoint = "tcp://127.0.0.1:5747"
    /// The officer that a new folder has a key for.
    package static let officer = "duty"
    /// Where clients reach the sealed hub when nobody named another place.
    package static let sealedEndpoint = "tcp://127.0.0.1:5757"
    /// The one officer whom a new sealed lane knows: the contact of 纪检.
    package static let sealedOfficer = "jijian"

    /// The county and its townships.
    package var divisions: DivisionRegister
    /// Where the hub listens and the clients reach it.
    package var endpoint: String
    /// `at` is the highest item time so far: demonstrations, imports and evaluation only.
    package var hasScenarioClock: Bool
    /// Who holds which post of `grants.yaml`, by the names of the officers' keys.
    package var holders: [String: [String]]
    /// Where the sealed hub listens; `nil` makes no sealed lane.
    package var sealedEndpoint: String?
    /// The lane whose `hub.yaml` is written.
    private(set) var lane = Lane.open

    /// A template from its parts.
    package init(
        divisions: DivisionRegister = TownList.example,
        endpoint: String = CountyTemplate.endpoint,
        hasScenarioClock: Bool = false,
        holders: [String: [String]] = ["duty-desk": [CountyTemplate.officer]],
        sealedEndpoint: String? = nil
    ) {
        self.divisions = divisions
        self.endpoint = endpoint
        self.hasScenarioClock = hasScenarioClock
        self.holders = holders
        self.sealedEndpoint = sealedEndpoint
    }

    /// The template of the sealed lane beside this one.
    private var sealed: CountyTemplate? {
        guard let sealedEndpoint else { return nil }
        var template = self
        template.endpoint = sealedEndpoint
        template.sealedEndpoint = nil
        template.lane = .sealed
        return template
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
    /// not to the hub. The sealed lane, where there is one, gets a folder of its own that its owner alone may
    /// enter, with other keys and a 纪检 contact as its one officer. Answers with the paths that were written.
    @discardableResult
    package func write(
        folder: String,
        sealedFolder: String? = nil,
        newKeys: () -> KeyPair,
        newCountyKey: (() -> String)? = nil
    ) throws(SettingsError) -> [String] {
        for endpoint in [endpoint, sealedEndpoint].compactMap({ $0 })
        where !EndpointText.isEndpoint(endpoint, isBound: false) {
            throw SettingsError(
                SettingsMistake(
                    file: folder,
                    path: "endpoint",
                    problem: "“\(endpoint)” is no endpoint",
                    remedy: "write tcp://HOST:PORT, for example \(CountyTemplate.endpoint)"
                )
            )
        }
        precondition(
            (sealedFolder == nil) == (sealedEndpoint == nil),
            "a sealed lane has a folder and an endpoint"
        )
        let hub = newKeys()
        let agencyPairs = CountyTemplate.agencies.map { _ in newKeys() }
        var files = hubFiles(folder: folder, hub: hub, agencies: agencyPairs, officer: newKeys())
        var sealedKeys: (hub: KeyPair, agencies: [KeyPair])?
        if let sealedFolder, let sealed {
            let keys = (hub: newKeys(), agencies: CountyTemplate.agencies.map { _ in newKeys() })
            files += sealed.hubFiles(
                folder: sealedFolder,
                hub: keys.hub,
                agencies: keys.agencies,
                officer: newKeys()
            )
            sealedKeys = keys
        }
        let countyKey = newCountyKey?()
        for (place, agency) in CountyTemplate.agencies.enumerated() {
            files += agencyFiles(
                agency.name,
                folder: folder,
                (hub.publicKey, agencyPairs[place]),
                sealed: sealedKeys.map { ($0.hub.publicKey, $0.agencies[place]) },
                countyKey: countyKey
            )
        }
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
        if let sealedFolder { try FileText.createFolder(sealedFolder, mode: 0o700) }
        for folder in [folder, sealedFolder].compactMap({ $0 }) {
            try FileText.createFolder(FileText.join(folder, "data"))
            try FileText.createFolder(FileText.join(folder, "keys"))
        }
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

    /// What the hub of one lane needs, and its officer.
    private func hubFiles(
        folder: String,
        hub: KeyPair,
        agencies: [KeyPair],
        officer: KeyPair
    ) -> [NewFile] {
        // The sealed lane's folder tells nobody anything, not even who its agencies are.
        let isSecret = lane == .sealed
        var files = configuration.map { NewFile(folder, $0.name, $0.text, isSecret: isSecret) }
        func add(_ name: String, publicKey: String) {
            let text = KeyFile.text(publicKey: publicKey)
            files.append(NewFile(folder, name, text, isSecret: isSecret))
        }
        files.append(NewFile(folder, "keys/hub.key", KeyFile.text(hub), isSecret: true))
        add("keys/hub.pub", publicKey: hub.publicKey)
        for (agency, pair) in zip(CountyTemplate.agencies, agencies) {
            add("keys/agency-\(agency.name).pub", publicKey: pair.publicKey)
        }
        add("keys/officer-\(officerName).pub", publicKey: officer.publicKey)
        files.append(NewFile(folder, "officer.key", KeyFile.text(officer), isSecret: true))
        files.append(NewFile(folder, "officer.yaml", officerText, isSecret: isSecret))
        return files
    }

    /// What the daemon of one agency needs.
    private func agencyFiles(
        _ agency: String,
        folder: String,
        _ open: (hub: String, pair: KeyPair),
        sealed: (hub: String, pair: KeyPair)?,
        countyKey: String?
    ) -> [NewFile] {
        let home = "agencies/\(agency)/"
        let text = agencyText(agency, hasCountyKey: countyKey != nil)
        var files = [
            NewFile(folder, home + "agency.key", KeyFile.text(open.pair), isSecret: true),
            NewFile(folder, home + "hub.pub", KeyFile.text(publicKey: open.hub)),
            NewFile(folder, home + "agency.yaml", text),
        ]
        if let sealed {
            let key = KeyFile.text(sealed.pair)
            files.append(NewFile(folder, home + "sealed.key", key, isSecret: true))
            files.append(NewFile(folder, home + "sealed.pub", KeyFile.text(publicKey: sealed.hub)))
        }
        if let countyKey {
            files.append(NewFile(folder, home + "county.key", countyKey, isSecret: true))
        }
        return files
    }

    /// The officer that the lane's folder has a key for.
    var officerName: String {
        lane == .sealed ? CountyTemplate.sealedOfficer : CountyTemplate.officer
    }

    /// The word of `hub.yaml`.
    var laneWord: String { lane.rawValue }
}
