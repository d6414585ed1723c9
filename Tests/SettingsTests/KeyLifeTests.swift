import Domain
import Foundation
import Settings
import Testing

@Suite struct KeyLives {
    private let now = Timestamp(milliseconds: 1_780_000_000_000)

    private func minutes(_ count: Int64) -> Timestamp { now + .minutes(count) }

    private func request(_ number: Int, _ name: String = "xinfang") throws -> KeyRequest {
        try #require(
            KeyRequest(role: .agency, name: name, publicKey: samplePair(number).publicKey)
        )
    }

    @Test func aKeyOpensFromItsStartToItsEndUnlessRevoked() {
        let life = KeyLife(from: now, until: minutes(10))
        #expect(life.state(at: minutes(-1)) == .waiting)
        #expect(life.state(at: now) == .open)
        #expect(life.state(at: minutes(10)) == .ended)
        #expect(KeyLife().state(at: now) == .open)
        // Whatever a clock says: a key revoked in the future of a slow clock is revoked.
        #expect(KeyLife(revoked: minutes(10)).state(at: now) == .revoked)
    }

    @Test func aSecondKeyOverlapsAndTheFirstGetsAnEnd() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let keys = KeyFolder(folder("keys"))
        let (admitted, limited) = try keys.admit(
            try request(50),
            life: KeyLife(from: now),
            othersEnd: minutes(60)
        )
        #expect(admitted.file == "agency-xinfang.2.pub")
        #expect(limited.map(\.file) == ["agency-xinfang.pub"])
        let found = try keys.principals().filter { $0.holder == "agency/xinfang" }
        #expect(found.map { $0.life.state(at: now) } == [.open, .open])
        #expect(found.map { $0.life.state(at: minutes(60)) } == [.open, .ended])
        #expect(Set(found.map(\.user)) == ["agency/xinfang"])
        #expect(try folder.mode("keys/register.yaml") == 0o600)
        let third = try keys.admit(try request(51), life: KeyLife(), othersEnd: minutes(90))
        #expect(third.admitted.file == "agency-xinfang.3.pub")
        #expect(third.limited.map(\.file) == ["agency-xinfang.2.pub"], "the first ends sooner")
        #expect(CountyFolder.check(folder.path).isEmpty)
    }

    @Test func aRevokedKeyStaysRevokedWhenItsFileComesBack() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let keys = KeyFolder(folder("keys"))
        let key = try KeyFile.readPublic(keys.publicPath(.officer, "duty"))
        let revoked = try keys.revoke("officer/duty", at: now, reason: "手机 \"遗失\": #1")
        #expect(revoked.map(\.holder) == ["officer/duty"])
        try folder.remove("keys/officer-duty.pub")
        try KeyFile.write(publicKey: key, to: folder("keys/officer-duty.7.pub"))
        let life = try #require(try keys.principals().first { $0.publicKey == key }).life
        #expect(life == KeyLife(revoked: now, reason: "手机 \"遗失\": #1"))
        try folder.remove("keys/officer-duty.7.pub")
        let wish = try #require(KeyRequest(role: .officer, name: "duty", publicKey: key))
        let found = mistakes(in: folder) { _ = try keys.admit(wish, life: KeyLife()) }
        #expect(found.count == 1 && found[0].contains("was revoked"), "\(found)")
    }

    @Test func aKeyIsRevokedByFingerprintFileOrHolder() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let keys = KeyFolder(folder("keys"))
        _ = try keys.admit(try request(50), life: KeyLife())
        let print = Fingerprint(publicKey: samplePair(50).publicKey).text
        #expect(try keys.revoke(print, at: now, reason: "").map(\.file) == ["agency-xinfang.2.pub"])
        #expect(try keys.revoke("agency-zhengshu.pub", at: now, reason: "").count == 1)
        let all = try keys.revoke("agency/xinfang", at: minutes(5), reason: "again")
        #expect(all.map(\.life.revoked) == [now, minutes(5)], "who was revoked keeps the time")
        let nobody = mistakes(in: folder) { _ = try keys.revoke("agency/x", at: now, reason: "") }
        #expect(nobody.count == 1 && nobody[0].contains("no holder, fingerprint or file"))
    }

    @Test(arguments: [
        ("keys: {}\n", "write a list"),
        ("keys:\n  - holder: agency/xinfang\n", "fingerprint: is missing"),
        ("keys:\n  - fingerprint: \"1\"\n    holder: agency/xinfang\n", "is no fingerprint"),
        ("keys:\n  - fingerprint: FP\n    holder: boss/xinfang\n", "names no holder"),
        ("keys:\n  - fingerprint: FP\n    holder: agency/x\n    until: soon\n", "is no time"),
        ("keys:\n  - fingerprint: FP\n    holder: agency/x\n    end: 1\n", "there is no such key"),
        (
            "keys:\n  - fingerprint: FP\n    holder: agency/x\n  - fingerprint: FP\n    holder: agency/x\n",
            "stands above already"
        ),
        ("keys:\n  - fingerprint: FP\n    holder: officer/xinfang\n", "gives to officer/xinfang"),
    ])
    func everyMistakeOfTheRegisterIsNamed(_ text: String, _ problem: String) throws {
        let folder = try Folder()
        try folder.makeCounty()
        let keys = KeyFolder(folder("keys"))
        let key = try KeyFile.readPublic(keys.publicPath(.agency, "xinfang"))
        let print = "\"\(Fingerprint(publicKey: key))\""
        try folder.write(
            "keys/register.yaml",
            text.replacingOccurrences(of: "FP", with: print),
            mode: 0o600
        )
        let found = mistakes(in: folder) { _ = try keys.principals() }
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(problem) == true, "\(found)")
        #expect(found.first?.hasSuffix("[LD-1150]") == true, "\(found)")
    }

    @Test func aLooseRegisterAndALooseFolderAreRefused() throws {
        let folder = try Folder()
        try folder.makeCounty()
        let keys = KeyFolder(folder("keys"))
        _ = try keys.revoke("officer/duty", at: now, reason: "")
        try folder.allow("keys/register.yaml", 0o620)
        let register = mistakes(in: folder) { _ = try keys.principals() }
        #expect(register.count == 1 && register[0].contains("[LD-1121]"), "\(register)")
        try folder.allow("keys/register.yaml", 0o600)
        try folder.allow("keys", 0o750)
        for read in [{ _ = try keys.principals() }, { _ = try keys.hubPair() }] {
            let found = mistakes(in: folder, read)
            #expect(found.count == 1 && found[0].contains("run: chmod 700"), "\(found)")
        }
    }

    @Test(arguments: ["agency-xinfang.1.pub", "agency-xinfang.02.pub", "agency-xinfang.x.pub"])
    func otherNumbersOfAKeyNameNoHolder(_ name: String) throws {
        let folder = try Folder()
        try folder.makeCounty()
        try KeyFile.write(publicKey: samplePair(60).publicKey, to: folder("keys/" + name))
        let found = mistakes(in: folder) { _ = try KeyFolder(folder("keys")).principals() }
        #expect(found.count == 1 && found[0].contains("names no holder"), "\(found)")
    }

    @Test func aFingerprintIsReadAsPeopleWriteIt() throws {
        let print = Fingerprint(publicKey: samplePair(1).publicKey)
        #expect(print.text.count == 47)
        #expect(print.lines.count == 2)
        let spaced = print.lines.joined(separator: " ")
        #expect(Fingerprint(text: spaced) == print)
        let wide = String(
            String.UnicodeScalarView(
                print.text.unicodeScalars.compactMap {
                    (0x30...0x39).contains($0.value) ? Unicode.Scalar($0.value + 0xFEE0) : $0
                }
            )
        )
        #expect(Fingerprint(text: wide) == print)
        #expect(Fingerprint(text: print.text.dropLast().description) == nil)
        #expect(Fingerprint(text: print.text + "1") == nil)
        #expect(Fingerprint(publicKey: samplePair(2).publicKey) != print)
        // printf '%s' '00001rq:rM…' | sha256sum: the first eight hexadecimal digits, modulo 100,000.
        #expect(print.text.hasPrefix(KeyLives.firstGroup))
    }

    private static let firstGroup = "76053-"

    @Test func aRequestComesBackAndAnAlteredOneIsRefused() throws {
        let folder = try Folder()
        let wish = try request(9)
        try wish.write(to: folder("a.request"), sheet: folder("a.txt"), "sheet")
        #expect(try KeyRequest(file: folder("a.request")) == wish)
        let other = samplePair(8).publicKey
        let swapped = try folder.text("a.request")
            .replacingOccurrences(of: wish.publicKey, with: other)
        for (text, problem) in [
            (swapped, "names a fingerprint that is not its key's"),
            (KeyFile.text(samplePair(9)), "holds a secret key"),
            ("holder = \"agency/xinfang\"\n", "has no lines"),
            ("<html>\n", "is no line of a joining request"),
        ] {
            let file = try folder.write("b.request", text)
            let found = mistakes(in: folder) { _ = try KeyRequest(file: file) }
            #expect(found.count == 1 && found[0].contains(problem), "\(found)")
            #expect(found.first?.hasSuffix("[LD-1153]") == true)
        }
    }
}

@Suite struct WrappedKeys {
    private func folder() throws -> Folder {
        let folder = try Folder()
        try folder.makeCounty()
        try folder.write("pass", "正确的马电池订书钉二〇二六\n", mode: 0o600)
        try folder.write("other", "correct horse battery staple\n", mode: 0o600)
        try folder.write("bytes", String(repeating: "k", count: 32), mode: 0o600)
        return folder
    }

    @Test(arguments: [(WrappedSecret.Kind.passphrase, "pass"), (.keyFile, "bytes")])
    func aWrappedKeyIsOpenedByWhatItWasWrappedWithAndNothingElse(
        _ kind: WrappedSecret.Kind,
        _ opener: String
    ) throws {
        let folder = try folder()
        let pair = try KeyFile.readPair(folder("officer.key"))
        try SecretFile.wrap(folder("officer.key"), kind, secret: folder(opener))
        let wrapped = try folder.text("officer.key")
        #expect(!wrapped.contains(pair.secretKey))
        #expect(try folder.mode("officer.key") == 0o600)
        #expect(try KeyFile.readPublic(folder("officer.key")) == pair.publicKey)
        #expect(try KeyFile.readPair(folder("officer.key"), secret: folder(opener)) == pair)
        for (secret, code) in [(folder("other"), "LD-1152"), (nil, "LD-1154")] {
            let found = mistakes(in: folder) {
                _ = try KeyFile.readPair(folder("officer.key"), secret: secret)
            }
            #expect(found.count == 1 && found[0].hasSuffix("[\(code)]"), "\(found)")
            #expect(!found[0].contains("staple") && !found[0].contains(pair.secretKey))
        }
        // What stands open in the file is authenticated with the rest.
        try folder.replace("officer.key", pair.publicKey, with: samplePair(77).publicKey)
        try folder.allow("officer.key", 0o600)
        let altered = mistakes(in: folder) {
            _ = try KeyFile.readPair(folder("officer.key"), secret: folder(opener))
        }
        #expect(altered.count == 1 && altered[0].hasSuffix("[LD-1152]"), "\(altered)")
    }

    @Test func settingsNameWhatOpensTheirKeys() throws {
        let folder = try folder()
        let before = try OfficerSettings(file: folder("officer.yaml")).keys
        try SecretFile.wrap(folder("officer.key"), .keyFile, secret: folder("bytes"))
        let found = mistakes(in: folder) { _ = try OfficerSettings(file: folder("officer.yaml")) }
        #expect(found.count == 1 && found[0].contains("key_file:") && found[0].contains("LD-1154"))
        try folder.write("officer.yaml", try folder.text("officer.yaml") + "\nkey_secret: bytes\n")
        #expect(try OfficerSettings(file: folder("officer.yaml")).keys == before)
        try SecretFile.wrap(folder("keys/hub.key"), .passphrase, secret: folder("pass"))
        try folder.write("hub.yaml", try folder.text("hub.yaml") + "\nkey_secret: pass\n")
        #expect(CountyFolder.check(folder.path).isEmpty)
        try SecretFile.unwrap(folder("keys/hub.key"), secret: folder("pass"))
        #expect(try KeyFolder(folder("keys")).hubPair() == samplePair(1))
    }

    @Test func twoWrappingsOfOneKeyDiffer() throws {
        let folder = try folder()
        let secret = try KeySecret(path: folder("bytes"))
        let text = try folder.text("officer.key")
        let one = try WrappedSecret.wrap(text, .keyFile, with: secret)
        let two = try WrappedSecret.wrap(text, .keyFile, with: secret)
        #expect(one != two)
    }

    @Test func weakLooseAndDamagedWrappingsAreRefused() throws {
        let folder = try folder()
        try folder.write("short", "hunter2\n", mode: 0o600)
        for (kind, code) in [(WrappedSecret.Kind.passphrase, "LD-1155"), (.keyFile, "LD-1155")] {
            let found = mistakes(in: folder) {
                try SecretFile.wrap(folder("officer.key"), kind, secret: folder("short"))
            }
            #expect(found.count == 1 && found[0].hasSuffix("[\(code)]"), "\(found)")
            #expect(!found[0].contains("hunter2"))
        }
        try folder.allow("bytes", 0o640)
        let loose = mistakes(in: folder) {
            try SecretFile.wrap(folder("officer.key"), .keyFile, secret: folder("bytes"))
        }
        #expect(loose.count == 1 && loose[0].hasSuffix("[LD-1121]"), "\(loose)")
        try folder.allow("bytes", 0o600)
        try folder.allow("keys/hub.pub", 0o600)
        let publicFile = mistakes(in: folder) {
            try SecretFile.wrap(folder("keys/hub.pub"), .keyFile, secret: folder("bytes"))
        }
        #expect(publicFile.count == 1 && publicFile[0].contains("holds no secret key"))
        try SecretFile.wrap(folder("officer.key"), .passphrase, secret: folder("pass"))
        try folder.replace("officer.key", "argon2id 3 65536", with: "argon2id 3 99999999")
        try folder.allow("officer.key", 0o600)
        let greedy = mistakes(in: folder) {
            _ = try KeyFile.readPair(folder("officer.key"), secret: folder("pass"))
        }
        #expect(greedy.count == 1 && greedy[0].hasSuffix("[LD-1152]"), "\(greedy)")
    }
}
