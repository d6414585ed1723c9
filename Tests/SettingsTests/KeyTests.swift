import Domain
import Foundation
import Settings
import Testing

@Suite struct Keys {
    @Test func aPairComesBackAsItWasWritten() throws {
        let folder = try Folder()
        let pair = samplePair(7)
        try KeyFile.write(pair, to: folder("a.key"))
        #expect(try KeyFile.readPair(folder("a.key")) == pair)
        #expect(try folder.mode("a.key") == 0o600)
        #expect(try KeyFile.readPublic(folder("a.key")) == pair.publicKey)
    }

    @Test func aKeyIsNeverOverwritten() throws {
        let folder = try Folder()
        try KeyFile.write(samplePair(1), to: folder("a.key"))
        let found = mistakes(in: folder) { try KeyFile.write(samplePair(2), to: folder("a.key")) }
        #expect(found.count == 1 && found[0].contains("is there already"))
        #expect(try KeyFile.readPair(folder("a.key")) == samplePair(1))
    }

    @Test(arguments: [0o640, 0o604, 0o644, 0o660])
    func aSecretThatOthersMayReadIsRefusedWithTheRemedy(_ mode: Int) throws {
        let folder = try Folder()
        try KeyFile.write(samplePair(1), to: folder("a.key"))
        try folder.allow("a.key", mode)
        let found = mistakes(in: folder) { _ = try KeyFile.readPair(folder("a.key")) }
        #expect(found.count == 1)
        #expect(found[0].contains("run: chmod 600 a.key [LD-1121]"), "\(found)")
        let asPublic = mistakes(in: folder) { _ = try KeyFile.readPublic(folder("a.key")) }
        #expect(asPublic.count == 1 && asPublic[0].contains("LD-1121"))
    }

    @Test func printingAPairShowsNoSecret() {
        let pair = samplePair(3)
        var dumped = ""
        dump(pair, to: &dumped)
        for text in ["\(pair)", String(reflecting: pair), dumped] {
            #expect(text.contains(pair.publicKey))
            #expect(!text.contains(pair.secretKey))
        }
    }

    @Test(arguments: [
        "public = \"short\"\n", "public: \"x\"\n", "secret = \"x\"\n", "\n",
        "public = \"00001rq:rMrq:rMrq:rMrq:rMrq:rMrq:rMrq:r\\\"\n",
        "public = \"#####rq:rMrq:rMrq:rMrq:rMrq:rMrq:rMrq:rM\"\n",
    ])
    func otherLinesAreNoKeyFile(_ text: String) throws {
        let folder = try Folder()
        try folder.write("a.pub", text)
        let found = mistakes(in: folder) { _ = try KeyFile.readPublic(folder("a.pub")) }
        #expect(found.count == 1)
    }

    @Test func aFolderNamesWhoIsLetIn() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let keys = KeyFolder(folder("keys"))
        #expect(
            try keys.publicKeys().map(\.user) == [
                "agency/rongmeiti", "agency/xinfang", "agency/xuanchuan", "agency/zhengshu",
                "officer/duty",
            ]
        )
        #expect(try keys.hubPair() == samplePair(1))
    }

    @Test func twoHoldersOfOneKeyAndAStrangeNameAreRefused() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let keys = KeyFolder(folder("keys"))
        let key = try KeyFile.readPublic(keys.publicPath(.agency, "xinfang"))
        try KeyFile.write(publicKey: key, to: keys.publicPath(.operator, "li"))
        try KeyFile.write(publicKey: samplePair(99).publicKey, to: folder("keys/somebody.pub"))
        let found = mistakes(in: folder) { _ = try keys.principals() }
        #expect(found.count == 2)
        #expect(found[0].contains("operator-li.pub: holds the key of agency/xinfang"))
        #expect(found[1].contains("somebody.pub: names no holder"))
    }
}

@Suite struct ClientFiles {
    @Test func anAgencyOfANewFolderIsReady() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let agency = try AgencySettings(file: folder("agencies/xinfang/agency.yaml"))
        #expect(agency.agency.name == "xinfang")
        #expect(agency.hubPublicKey == samplePair(1).publicKey)
        #expect(agency.stream == "main")
        #expect(agency.outboxFolder == folder("agencies/xinfang/outbox"))
        #expect(agency.countyKeyFile == nil)
        #expect(agency.mappingFile == nil)
        #expect(agency.outboxItemsMax == 200_000)
        #expect(agency.outboxBytesMax == 1 << 30)
        #expect(agency.keepReceipted == .days(7))
        let known = try KeyFolder(folder("keys")).publicKeys()
        #expect(known.contains { $0 == (agency.keys.publicKey, "agency/xinfang") })
    }

    @Test func anOfficerOfANewFolderIsReady() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let officer = try OfficerSettings(file: folder("officer.yaml"))
        #expect(officer.name == CountyTemplate.officer)
        #expect(officer.hubPublicKey == samplePair(1).publicKey)
        let known = try KeyFolder(folder("keys")).publicKeys()
        #expect(known.contains { $0 == (officer.keys.publicKey, "officer/duty") })
    }

    @Test func theHubsKeyMayStandInTheFile() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let key = samplePair(1).publicKey
        try folder.replace(
            "officer.yaml",
            "hub_key_file: keys/hub.pub",
            with: "hub_key: \"\(key)\""
        )
        #expect(try OfficerSettings(file: folder("officer.yaml")).hubPublicKey == key)
    }

    @Test func bothKeysOfTheHubOrNoneAreRefused() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let line = "hub_key_file: keys/hub.pub"
        try folder.replace("officer.yaml", line, with: "")
        let none = mistakes(in: folder) { _ = try OfficerSettings(file: folder("officer.yaml")) }
        #expect(none.count == 1 && none[0].contains("hub_key_file: is missing"))
        let key = samplePair(1).publicKey
        try folder.replace(
            "officer.yaml",
            "name: duty",
            with: "name: duty\n\(line)\nhub_key: \"\(key)\""
        )
        let both = mistakes(in: folder) { _ = try OfficerSettings(file: folder("officer.yaml")) }
        #expect(both.count == 1 && both[0].contains("hub_key: stands beside hub_key_file"))
    }

    @Test func aLooseSecretIsNamedAtTheKeyThatNamesIt() throws {
        let folder = try Folder()
        try folder.makeCounty()
        try folder.allow("officer.key", 0o644)
        let found = mistakes(in: folder) { _ = try OfficerSettings(file: folder("officer.yaml")) }
        #expect(found.count == 1)
        #expect(found[0].contains("key_file: officer.key others may use it"), "\(found)")
        #expect(found[0].hasSuffix("[LD-1121]"))
    }

    @Test func everyMistakeOfAnAgencysFileIsNamed() throws {
        let folder = try Folder()
        let file = try folder.write(
            "agency.yaml",
            """
            endpoint: tcp://*:5747
            hub_key: short
            agency: Xinfang
            key_file: gone.key
            limits: {outbox_items: 1, outbox_bytes: lots, keep_days: 0}
            """
        )
        let found = mistakes(in: folder) { _ = try AgencySettings(file: file) }
        #expect(found.count == 7, "\(found)")
    }
}
