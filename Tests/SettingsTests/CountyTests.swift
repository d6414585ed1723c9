import Domain
import Foundation
import Settings
import Testing
import Wire

private let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

@Suite struct County {
    /// `LIANDONG_RECORD=1` writes `config` anew instead of comparing it.
    @Test func theRepositorysFolderIsWhatInitWrites() throws {
        let config = root + "/config"
        let files = CountyTemplate().configuration
        if ProcessInfo.processInfo.environment["LIANDONG_RECORD"] == "1" {
            try FileManager.default.createDirectory(
                atPath: config,
                withIntermediateDirectories: true
            )
            for file in files {
                try file.text.write(
                    toFile: config + "/" + file.name,
                    atomically: true,
                    encoding: .utf8
                )
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: config).sorted()
        #expect(names == files.map(\.name).sorted())
        for file in files {
            let text = try String(contentsOfFile: config + "/" + file.name, encoding: .utf8)
            #expect(
                text == file.text,
                "config/\(file.name): run LIANDONG_RECORD=1 swift test --filter SettingsTests"
            )
        }
    }

    @Test func theManualNamesEveryKey() throws {
        let manual = try String(contentsOfFile: root + "/docs/configuration.md", encoding: .utf8)
        let levels = AlertLevel.allCases.map(\.token)
        for file in CountyTemplate().configuration where file.name != "linkage.yaml" {
            for key in keys(of: try YAMLFile(text: file.text, name: file.name).value) {
                let isNamed = ["`\(key)", ".\(key)`", "`\(key)`"].contains { manual.contains($0) }
                #expect(isNamed || levels.contains(key), "\(file.name): \(key)")
            }
        }
    }

    private func keys(of value: JSONValue) -> [String] {
        let members = (value.members ?? []).flatMap { [$0.key] + keys(of: $0.value) }
        return members + (value.elements ?? []).flatMap { keys(of: $0) }
    }

    @Test func aNewFolderHasNoMistake() throws {
        let folder = try Folder()
        try folder.makeCounty()
        #expect(CountyFolder.check(folder.path).map(\.description) == [])
        #expect(try folder.mode("data") == 0o700)
        #expect(try folder.mode("keys") == 0o700)
        for secret in ["keys/hub.key", "officer.key", "agencies/zhengshu/agency.key"] {
            #expect(try folder.mode(secret) == 0o600, "\(secret)")
        }
    }

    @Test func theShippedRulesAreThoseOfTheField() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let county = try CountyConfiguration(folder: folder.path)
        func leasts(_ name: String) -> [Int]? {
            county.rules.rules.first { $0.name == name }?.bands.map(\.least)
        }
        #expect(leasts("heads") == [5, 30, 50, 100])
        #expect(leasts("items-24h") == [3, 5, 10, 30])
        #expect(leasts("items-7d") == [5, 10, 20, 50])
        #expect(leasts("persons-7d") == [2, 5, 10, 30])
        #expect(leasts("persons-30d") == [3, 5, 10, 30])
        #expect(leasts("agencies-72h") == [2, 3, 4, 5])
        #expect(county.rules.urgentLevel == .orange)
        #expect(county.rules.dangerLevel == .red)
        #expect(county.rules.acknowledgeWithin[.orange] == .minutes(30))
        #expect(county.rules.jointVisitHeadsMin == 5)
        #expect(county.linkage == .standard)
        #expect(county.agencies.agencies.map(\.id) == CountyTemplate.agencies)
        #expect(county.agencies.agencies.filter(\.registersPetitions).map(\.title) == ["县信访局"])
        #expect(county.divisions.countyTitle == "五华县")
        #expect(county.divisions.towns.count == 16)
        #expect(county.files.map(\.name) == ConfigurationFile.Name.allCases)
        for file in county.files {
            let read = try ConfigurationFile(name: file.name, canonical: file.canonical)
            #expect(read == file.file)
        }
    }

    @Test func anotherCountyGetsItsOwnTowns() throws {
        let folder = try Folder()
        let csv = "代码,名称\r\n440105,海珠区\r\n\"440105001\",\"某街道\"\r\n440105002, 另一街道\r\n"
        let county = try #require(Division(code: "440105"))
        let divisions = try TownList.read(text: csv, name: "towns.csv", county: county)
        let endpoint = "tcp://10.0.0.8:6000"
        let template = CountyTemplate(
            divisions: divisions,
            endpoint: endpoint,
            hasScenarioClock: true
        )
        try folder.makeCounty(template)
        #expect(CountyFolder.check(folder.path).map(\.description) == [])
        let read = try CountyConfiguration(folder: folder.path).divisions
        #expect(read == divisions)
        #expect(read.countyTitle == "海珠区")
        #expect(read.towns.map(\.title) == ["某街道", "另一街道"])
        let hub = try HubSettings(file: folder("hub.yaml"))
        #expect(hub.hasScenarioClock && hub.endpoint == endpoint && hub.county == county)
        #expect(
            try AgencySettings(file: folder("agencies/xinfang/agency.yaml")).endpoint == endpoint
        )
    }

    @Test func aCountyWithoutAListOfTownsIsReadyToo() throws {
        let folder = try Folder()
        let county = try #require(Division(code: "120119"))
        try folder.makeCounty(CountyTemplate(divisions: TownList.standard(county: county)))
        #expect(CountyFolder.check(folder.path).map(\.description) == [])
    }

    @Test func everyWrongLineOfTheTownsIsNamed() throws {
        let folder = try Folder()
        let county = try #require(Division(code: "440105"))
        let csv = "440105001,甲\n440105001,乙\n441424100,水寨镇\n44,丙\n440105003\n"
        let found = mistakes(in: folder) {
            _ = try TownList.read(text: csv, name: "towns.csv", county: county)
        }
        #expect(
            found.map { $0.prefix { $0 != " " } } == [
                "towns.csv:2:", "towns.csv:3:", "towns.csv:4:", "towns.csv:5:",
            ]
        )
        #expect(throws: SettingsError.self) {
            try TownList.read(text: "code,name\n", name: "towns.csv", county: county)
        }
    }

    @Test func nothingIsWrittenOverAFileThatIsThere() throws {
        let folder = try Folder()
        try folder.write("rules.yaml", "mine")
        let found = mistakes(in: folder) { try folder.makeCounty() }
        #expect(found.count == 1 && found[0].hasPrefix("rules.yaml: is there already"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["rules.yaml"])
    }

    @Test func theCountysKeyGoesToTheAgenciesAlone() throws {
        let folder = try Folder()
        var count = 0
        let written = try CountyTemplate().write(folder: folder.path) {
            count += 1
            return samplePair(count)
        } newCountyKey: {
            "k1 sample\n"
        }
        let places = written.filter { $0.hasSuffix("county.key") }
        #expect(places.count == 4 && places.allSatisfy { $0.contains("/agencies/") })
        #expect(try folder.mode("agencies/xinfang/county.key") == 0o600)
        let agency = try AgencySettings(file: folder("agencies/xinfang/agency.yaml"))
        #expect(agency.countyKeyFile == folder("agencies/xinfang/county.key"))
    }

    @Test func theCheckNamesWhatTheFilesSayAboutEachOther() throws {
        let folder = try Folder()
        try folder.makeCounty()
        try folder.replace("hub.yaml", "county: \"441424\"", with: "county: \"441425\"")
        try folder.remove("keys/agency-xuanchuan.pub")
        try KeyFile.write(
            publicKey: samplePair(50).publicKey,
            to: folder("keys/agency-nobody.pub")
        )
        try folder.remove("keys/hub.pub")
        try KeyFile.write(publicKey: samplePair(51).publicKey, to: folder("keys/hub.pub"))
        try folder.allow("keys/hub.key", 0o644)
        try folder.allow("data", 0o755)
        let found = CountyFolder.check(folder.path)
            .map { $0.description.replacingOccurrences(of: folder.path + "/", with: "") }
        #expect(
            found.map { $0.prefix { $0 != ":" } } == [
                "keys/hub.key", "keys/agency-xuanchuan.pub", "keys/agency-nobody.pub", "hub.yaml",
                "data",
            ]
        )
        try folder.allow("keys/hub.key", 0o600)
        #expect(
            CountyFolder.check(folder.path).contains {
                $0.problem == "is not the public half of hub.key"
            }
        )
    }
}
