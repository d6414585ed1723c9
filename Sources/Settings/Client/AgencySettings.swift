package import Domain
import Wire

/// What `agency.yaml` says (单位端设置): how an agency's daemon reaches the hub and keeps its items.
package struct AgencySettings: Equatable, Sendable {
    /// The file as it was named.
    package var file: String
    /// Where the hub is reached.
    package var endpoint: String
    /// The hub's public key, 40 characters of Z85.
    package var hubPublicKey: String
    /// Which agency this is.
    package var agency: AgencyID
    /// The agency's own pair.
    package var keys: KeyPair
    /// The purpose of an item that names none, as the county's grant has it (默认信访目的).
    package var defaultPurpose: Purpose?
    /// Items are looked through for accusations by their wording; off for demonstrations alone.
    package var screensWording: Bool
    /// How the sealed lane is reached (限知); `nil` while the county has none.
    package var sealed: SealedLane?
    /// The superior's public courier keys, for an accusation of those who answer for the lanes (上级).
    package var superiorFile: String?
    /// The file that opens wrapped keys; `nil` where none is named.
    package var keySecret: String?
    /// The stream that items go into; two daemons of one agency need two.
    package var stream: String
    /// The folder of the outbox.
    package var outboxFolder: String
    /// The file of the county's pseudonym key, where persons are to be recognised.
    package var countyKeyFile: String?
    /// The file that maps the agency's columns to items.
    package var mappingFile: String?
    /// The most items that wait for their receipt.
    package var outboxItemsMax: Int
    /// The most bytes on disk.
    package var outboxBytesMax: Int
    /// How long receipted items are kept for sending again.
    package var keepReceipted: TimeSpan

    /// How an agency's daemon reaches the sealed hub, and where accusations wait (限知通道).
    package struct SealedLane: Equatable, Sendable {
        /// Where the sealed hub is reached.
        package var endpoint: String
        /// The sealed hub's public key, 40 characters of Z85.
        package var hubPublicKey: String
        /// The agency's pair for the sealed hub alone.
        package var keys: KeyPair
        /// The folder of the sealed outbox, never that of the open one.
        package var outboxFolder: String
    }

    private static let keys = [
        "endpoint", "hub_key", "hub_key_file", "agency", "key_file", "key_secret", "stream",
        "outbox", "county_key_file", "mapping_file", "default_purpose", "accusation_screen",
        "sealed", "superior", "limits",
    ]

    /// Reads a file with the keys that it names; relative paths begin at its folder.
    ///
    /// Throws all mistakes with their lines.
    package init(file: String) throws(SettingsError) {
        self = try YAMLFile(path: file).read { AgencySettings($0, file: file) }
    }

    init?(_ node: ConfigurationNode, file: String) {
        guard let table = node.table(keys: AgencySettings.keys) else { return nil }
        let connection = ConnectionFields(table, file: file)
        let agency = table.required("agency").flatMap { ShortName.read($0) }
            .flatMap { AgencyID(name: $0) }
        let stream = table.optional("stream").map { ShortName.read($0) } ?? "main"
        let outbox = table.optional("outbox").map { $0.text(bytesMax: 4096) } ?? "outbox"
        let county = table.optional("county_key_file").map { ConnectionFields.path($0, file) }
        let mapping = table.optional("mapping_file").map { ConnectionFields.path($0, file) }
        let purposes = Purpose.allCases.map { (word: $0.rawValue, value: $0) }
        let purpose = table.optional("default_purpose").map { $0.choice(purposes) }
        let screens = table.optional("accusation_screen").map { $0.flag() } ?? true
        let superior = table.optional("superior").map { ConnectionFields.path($0, file) }
        let sealedNode = table.optional("sealed")
        let sealed = sealedNode.map { SealedLane($0, file: file) }
        var items: Int? = 200_000
        var bytes: Int? = 1 << 30
        var days: Int? = 7
        if let limits = table.optional("limits") {
            let known = limits.table(keys: ["outbox_items", "outbox_bytes", "keep_days"])
            if let node = known?.optional("outbox_items") {
                items = node.integer(in: 100...10_000_000)
            }
            if let node = known?.optional("outbox_bytes") {
                bytes = SizeText.read(node, in: 1 << 20...1 << 40)
            }
            if let node = known?.optional("keep_days") { days = node.integer(in: 1...366) }
        }
        if let sealedNode, let outbox, let lane = sealed ?? nil {
            // Two hubs, two outboxes: what lies in one folder would go to one of them.
            if lane.outboxFolder == FileText.resolve(outbox, besides: file) {
                sealedNode.fault("sealed.outbox is the outbox", "name a folder of its own")
            }
            if lane.endpoint == connection?.endpoint
                || lane.hubPublicKey == connection?.hubPublicKey
            {
                sealedNode.fault(
                    "sealed names the open hub",
                    "write endpoint and key of the sealed hub; no hub serves both lanes"
                )
            }
        }
        guard let connection, let agency, let stream, let outbox, let items, let bytes, let days,
            let screens
        else { return nil }
        self.file = file
        defaultPurpose = purpose ?? nil
        screensWording = screens
        self.sealed = sealed ?? nil
        superiorFile = superior ?? nil
        endpoint = connection.endpoint
        hubPublicKey = connection.hubPublicKey
        keys = connection.keys
        keySecret = connection.keySecret
        self.agency = agency
        self.stream = stream
        outboxFolder = FileText.resolve(outbox, besides: file)
        countyKeyFile = county ?? nil
        mappingFile = mapping ?? nil
        outboxItemsMax = items
        outboxBytesMax = bytes
        keepReceipted = .days(Int64(days))
    }
}

extension AgencySettings.SealedLane {
    fileprivate init?(_ node: ConfigurationNode, file: String) {
        let keys = [
            "endpoint", "hub_key", "hub_key_file", "key_file", "key_secret", "outbox",
        ]
        guard let table = node.table(keys: keys) else { return nil }
        let connection = ConnectionFields(table, file: file)
        let outbox =
            table.optional("outbox").map { $0.text(bytesMax: 4096) } ?? "outbox-sealed"
        guard let connection, let outbox else { return nil }
        endpoint = connection.endpoint
        hubPublicKey = connection.hubPublicKey
        self.keys = connection.keys
        outboxFolder = FileText.resolve(outbox, besides: file)
    }
}

extension AgencySettings {
    /// The text of the county's key file, plain or unwrapped; `nil` where none is named.
    package func countyKeyText() throws(SettingsError) -> String? {
        guard let countyKeyFile else { return nil }
        return try WrappedSecret.read(countyKeyFile, secret: keySecret).text
    }
}

/// What `officer.yaml` says (值班端设置): how a duty officer's commands reach the hub.
package struct OfficerSettings: Equatable, Sendable {
    /// The file as it was named.
    package var file: String
    /// Where the hub is reached.
    package var endpoint: String
    /// The hub's public key, 40 characters of Z85.
    package var hubPublicKey: String
    /// The officer's short name.
    package var name: String
    /// The officer's own pair.
    package var keys: KeyPair

    /// Reads a file with the keys that it names; relative paths begin at its folder.
    ///
    /// Throws all mistakes with their lines.
    package init(file: String) throws(SettingsError) {
        self = try YAMLFile(path: file).read { OfficerSettings($0, file: file) }
    }

    init?(_ node: ConfigurationNode, file: String) {
        let keys = ["endpoint", "hub_key", "hub_key_file", "name", "key_file", "key_secret"]
        guard let table = node.table(keys: keys) else { return nil }
        let connection = ConnectionFields(table, file: file)
        let name = table.required("name").flatMap { ShortName.read($0) }
        guard let connection, let name else { return nil }
        self.file = file
        endpoint = connection.endpoint
        hubPublicKey = connection.hubPublicKey
        self.keys = connection.keys
        self.name = name
    }
}

/// The keys that every client's file has.
private struct ConnectionFields {
    let endpoint: String
    let hubPublicKey: String
    let keys: KeyPair
    let keySecret: String?

    init?(_ table: ConfigurationTable, file: String) {
        let endpoint = table.required("endpoint").flatMap { EndpointText.read($0, isBound: false) }
        let hubKey = ConnectionFields.hubKey(table, file)
        let secret = table.optional("key_secret").flatMap { KeySecretText.read($0, file) }
        let keys = table.required("key_file").flatMap { node in
            ConnectionFields.path(node, file).flatMap { path in
                ConnectionFields.read(node) { () throws(SettingsError) in
                    try KeyFile.readPair(path, secret: secret)
                }
            }
        }
        guard let endpoint, let hubKey, let keys else { return nil }
        self.endpoint = endpoint
        hubPublicKey = hubKey
        self.keys = keys
        keySecret = secret
    }

    static func path(_ node: ConfigurationNode, _ file: String) -> String? {
        node.text(bytesMax: 4096).map { FileText.resolve($0, besides: file) }
    }

    private static func hubKey(_ table: ConfigurationTable, _ file: String) -> String? {
        switch (table.optional("hub_key"), table.optional("hub_key_file")) {
        case (let text?, nil):
            return text.parsed("is no public key", "copy the 40 characters of hub.pub") {
                Z85Text.isKey($0) ? $0 : nil
            }
        case (nil, let node?):
            return path(node, file).flatMap { path in
                read(node) { () throws(SettingsError) in try KeyFile.readPublic(path) }
            }
        case (let text?, _?):
            text.fault("stands beside hub_key_file", "keep one of the two")
        case (nil, nil):
            _ = table.required("hub_key_file", "add it, or hub_key with the 40 characters")
        }
        return nil
    }

    /// Reads a file that a key names; what is wrong with it is said at the key.
    private static func read<Result>(
        _ node: ConfigurationNode,
        _ body: () throws(SettingsError) -> Result
    ) -> Result? {
        do throws(SettingsError) {
            return try body()
        } catch {
            for mistake in error.mistakes {
                let line = mistake.line.map { ":\($0)" } ?? ""
                node.list.add(
                    node.path,
                    "\(mistake.file)\(line) \(mistake.problem)",
                    mistake.remedy,
                    code: mistake.code
                )
            }
            return nil
        }
    }
}
