import Domain

/// A county's folder (县级目录): `hub.yaml` with the six files beside it, and the keys.
package enum CountyFolder {
    /// Everything that is wrong with a folder; nothing when a hub can start from it.
    ///
    /// Looks at `hub.yaml`, the six files, the hub's pair, a key for each agency, the rights of
    /// secrets and folders, and at what the files say about each other.
    package static func check(
        _ folder: String,
        hubFile: String = "hub.yaml"
    ) -> [SettingsMistake] {
        var mistakes: [SettingsMistake] = []
        let hub = collect(into: &mistakes) { () throws(SettingsError) in
            try HubSettings(file: FileText.join(folder, hubFile))
        }
        let county = collect(into: &mistakes) { () throws(SettingsError) in
            try CountyConfiguration(folder: folder)
        }
        _ = collect(into: &mistakes) { () throws(SettingsError) in
            try RetentionSettings(folder: folder)
        }
        guard let hub else { return mistakes }
        mistakes += keyMistakes(hub, agencies: county?.agencies)
        if let county, county.divisions.county != hub.county {
            mistakes.append(
                SettingsMistake(
                    file: hub.file,
                    path: "county",
                    problem: "\(hub.county.code) is not the county of divisions.yaml, "
                        + county.divisions.county.code,
                    remedy: "write the same code in both"
                )
            )
        }
        mistakes += sealedMistakes(hub)
        for path in [hub.dataFolder, hub.keysFolder] {
            if let mistake = FileText.looseness(of: path, modeMax: 0o700) {
                mistakes.append(mistake)
            }
        }
        return mistakes
    }

    /// What of a sealed lane's folder somebody else might enter (限知); nothing for the open lane.
    package static func sealedMistakes(_ hub: HubSettings) -> [SettingsMistake] {
        guard hub.lane == .sealed else { return [] }
        return [hub.folder, hub.dataFolder, hub.keysFolder].compactMap {
            FileText.looseness(of: $0, modeMax: 0o700)
        }
    }

    private static func keyMistakes(
        _ hub: HubSettings,
        agencies: AgencyRegister?
    ) -> [SettingsMistake] {
        var mistakes: [SettingsMistake] = []
        let keys = KeyFolder(of: hub)
        let pair = collect(into: &mistakes) { () throws(SettingsError) in try keys.hubPair() }
        if let pair, FileText.exists(keys.hubPublicPath) {
            let key = collect(into: &mistakes) { () throws(SettingsError) in
                try KeyFile.readPublic(keys.hubPublicPath)
            }
            if let key, key != pair.publicKey {
                mistakes.append(
                    SettingsMistake(
                        file: keys.hubPublicPath,
                        problem: "is not the public half of hub.key",
                        remedy: "copy the line public = … of hub.key into it"
                    )
                )
            }
        }
        let principals = collect(into: &mistakes) { () throws(SettingsError) in
            try keys.principals()
        }
        guard let principals, let agencies else { return mistakes }
        for agency in agencies.agencies
        where !principals.contains(where: { $0.role == .agency && $0.name == agency.id.name }) {
            mistakes.append(
                SettingsMistake(
                    file: keys.publicPath(.agency, agency.id.name),
                    problem: "is missing, so \(agency.id.name) of agencies.yaml cannot connect",
                    remedy: "put the agency's public key there, or take it out of agencies.yaml"
                )
            )
        }
        for principal in principals where [.agency, .courier].contains(principal.role) {
            guard let id = AgencyID(name: principal.name), agencies[id] == nil else { continue }
            mistakes.append(
                SettingsMistake(
                    file: keys.publicPath(principal.role, principal.name),
                    problem: "is the key of an agency that agencies.yaml does not have",
                    remedy: "add the agency there, or take the key away"
                )
            )
        }
        return mistakes
    }

    private static func collect<Result>(
        into mistakes: inout [SettingsMistake],
        _ body: () throws(SettingsError) -> Result
    ) -> Result? {
        do throws(SettingsError) {
            return try body()
        } catch {
            mistakes += error.mistakes
            return nil
        }
    }
}
