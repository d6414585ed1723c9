import Domain
import Foundation
import Settings
import Testing
import Wire

@Suite struct YAML {
    @Test func plainWordsFollowTheCoreSchema() throws {
        let text = """
            a: 12
            b: "12"
            c: yes
            d: true
            e: ~
            f: 0123
            g: 12:30
            h: -1.5
            i: 24h
            """
        let value = try YAMLFile(text: text, name: "x.yaml").value
        let expected: JSONValue = [
            "a": 12, "b": "12", "c": "yes", "d": true, "e": nil, "f": "0123", "g": "12:30",
            "h": .number(-1.5), "i": "24h",
        ]
        #expect(value == expected)
    }

    @Test(arguments: [
        ("a: 1\nb: [1, 2\nc: 3\n", "x.yaml:3"), ("a: 1\n\ta: 2\n", "x.yaml:2"),
        ("a: 1\nb: 2\na: 3\n", "x.yaml:1"), ("a: *nobody\n", "x.yaml:1"),
    ])
    func whatIsNoYAMLIsNamedWithItsLine(_ text: String, _ place: String) {
        let error = #expect(throws: SettingsError.self) { try YAMLFile(text: text, name: "x.yaml") }
        #expect(error?.description.hasPrefix(place + ": ") == true, "\(String(describing: error))")
    }

    @Test func aliasesOfAliasesEndSomewhere() {
        var text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        for level in 1...8 {
            let inner = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(inner)]\n"
        }
        let error = #expect(throws: SettingsError.self) { try YAMLFile(text: text, name: "x.yaml") }
        #expect(error?.description.contains("too many values") == true)
    }

    @Test func anEmptyFileAndADeepOneAreRefused() {
        #expect(throws: SettingsError.self) { try YAMLFile(text: "# nothing\n", name: "x") }
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(throws: SettingsError.self) { try YAMLFile(text: deep, name: "x") }
    }

    @Test func aMistakeStandsAtTheLineOfItsKey() throws {
        let folder = try Folder()
        try folder.makeCounty()
        try folder.replace("rules.yaml", "{blue: 2, yellow: 3,", with: "{blue: 2, yellow: 2,")
        let rules = try folder.text("rules.yaml").split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        let line = try #require(rules.firstIndex { $0.contains("yellow: 2,") }) + 1
        let found = mistakes(in: folder) { _ = try CountyConfiguration(folder: folder.path) }
        #expect(
            found == [
                "rules.yaml:\(line): rules[5].levels.yellow: 2 is not above the 2 of blue; "
                    + "let the values rise from blue to red, or leave a level out [LD-1120]"
            ]
        )
    }

    @Test func mistakesOfAllFilesAreNamedAtOnce() throws {
        let folder = try Folder()
        try folder.makeCounty()
        try folder.replace("rules.yaml", "late_after: 24h", with: "late_after: 24")
        try folder.replace("agencies.yaml", "visit_rank: 2", with: "visit_rank: 1")
        try folder.replace("divisions.yaml", "441424120", with: "441424")
        try folder.remove("linkage.yaml")
        let found = mistakes(in: folder) { _ = try CountyConfiguration(folder: folder.path) }
        #expect(
            found.map { $0.prefix { $0 != ":" } } == [
                "rules.yaml", "linkage.yaml", "agencies.yaml", "divisions.yaml",
            ]
        )
    }

    @Test func textThatIsNotUTF8IsNamed() throws {
        let folder = try Folder()
        let file = folder("rules.yaml")
        try Data([0x61, 0x3A, 0x20, 0xC4, 0xFA]).write(to: URL(fileURLWithPath: file))
        let found = mistakes(in: folder) { _ = try YAMLFile(path: file) }
        #expect(found.count == 1 && found[0].contains("is not UTF-8"))
    }
}

@Suite struct HubFile {
    @Test func pathsBeginAtTheFolderOfTheFile() throws {
        let folder = try Folder()
        let file = try folder.write(
            "hub.yaml",
            """
            endpoint: tcp://*:*
            data: data
            keys: /etc/liandong/keys
            county: 441424
            """
        )
        let hub = try HubSettings(file: file)
        #expect(hub.folder == folder.path)
        #expect(hub.dataFolder == folder("data"))
        #expect(hub.keysFolder == "/etc/liandong/keys")
        #expect(hub.county.code == "441424")
        #expect(hub.limits == HubLimits())
        #expect(!hub.hasScenarioClock)
        #expect(hub.logLevel == .notice)
    }

    @Test func theShippedFileSaysTheDefaults() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let hub = try HubSettings(file: folder("hub.yaml"))
        #expect(hub.limits == HubLimits())
        #expect(hub.endpoint == CountyTemplate.endpoint)
        let text = try folder.text("hub.yaml")
        let limits = try YAMLFile(text: text, name: "hub.yaml").value["limits"]?.members?.count
        #expect(limits == Mirror(reflecting: HubLimits()).children.count)
    }

    @Test func limitsAreReadWithTheirUnits() throws {
        let folder = try Folder()
        try folder.makeCounty()
        try folder.replace("hub.yaml", "credit_bytes: 4MiB", with: "credit_bytes: 1GiB")
        try folder.replace("hub.yaml", "lag: 2s", with: "lag: 500ms")
        try folder.replace("hub.yaml", "sessions: 512", with: "sessions: 700")
        let limits = try HubSettings(file: folder("hub.yaml")).limits
        #expect(limits.creditBytes == 1 << 30)
        #expect(limits.lag == TimeSpan(milliseconds: 500))
        #expect(limits.sessions == 700)
    }

    @Test func everyMistakeOfTheFileIsNamedWithItsLine() throws {
        let folder = try Folder()
        let file = try folder.write(
            "hub.yaml",
            """
            endpoint: tcp://127.0.0.1:99999
            data: data
            county: "4414"
            log_level: loud
            limits:
              sessions: 0
              credit_bytes: 4MB
              heartbeat: 10s
              silence: 15s
              sesions: 4
            """
        )
        let found = mistakes(in: folder) { _ = try HubSettings(file: file) }
        #expect(
            found.map { $0.prefix { $0 != " " } } == [
                "hub.yaml:", "hub.yaml:1:", "hub.yaml:3:", "hub.yaml:4:", "hub.yaml:6:",
                "hub.yaml:7:",
                "hub.yaml:9:", "hub.yaml:10:",
            ]
        )
        #expect(found[0].contains("keys: is missing"))
        #expect(found[7].contains("did you mean sessions?"))
    }

    @Test(arguments: [
        "http://127.0.0.1:80", "tcp://:5747", "tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://a b:1",
    ])
    func otherEndpointsAreRefused(_ endpoint: String) throws {
        let folder = try Folder()
        try folder.makeCounty()
        try folder.replace("hub.yaml", CountyTemplate.endpoint, with: "\"\(endpoint)\"")
        let found = mistakes(in: folder) { _ = try HubSettings(file: folder("hub.yaml")) }
        #expect(found.count == 1 && found[0].contains("is no endpoint"))
    }
}
