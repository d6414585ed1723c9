import Domain
import Foundation
import Hub
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Testing
import Transport
import Wire
import ZeroMQ

/// Changed files and keys come into force while the hub runs.
@Suite(.serialized) struct AdoptionTests {
    @Test func changedFilesEnterTheJournalTogetherAndOnlyWhatChanged() throws {
        let county = try CountyOnDisk()
        defer { county.remove() }
        let hub = try RunningHub(county)
        let outbox = try county.outbox("xinfang")
        try put(0..<3, into: outbox, agency: "xinfang")
        try county.push(outbox, to: hub, agency: "xinfang")
        try county.replace("agencies.yaml", "title: 县信访局", with: "title: 信访服务中心")
        try county.replace("rules.yaml", "late_after: 24h", with: "late_after: 36h")
        let adoption = try hub.adopt(county)
        #expect(adoption.changed == [.rules, .agencies])
        #expect(adoption.entries.count == 2)
        let again = try hub.adopt(county)
        #expect(again.changed.isEmpty)
        #expect(again.entries.isEmpty)
        var line = try county.officer(hub)
        let agencies = try line.ask(Query(.counts)).rows["agencies"]?.elements ?? []
        #expect(agencies.contains { $0["name"]?.text == "信访服务中心" })
        line.close()
        hub.stop()
        let next = try RunningHub(county)
        #expect(next.hub.start.changedFiles.isEmpty, "what was adopted is in force after a restart")
        #expect(next.hub.start.derivedAgain == 0)
        next.stop()
    }

    @Test func aNewAgencyPushesAtOnceAndARemovedOnesSessionEnds() throws {
        let county = try CountyOnDisk()
        defer { county.remove() }
        let hub = try RunningHub(county)
        let keys = try CountyOnDisk.newKeys()
        let outbox = try county.outbox("minzheng")
        try put(0..<5, into: outbox, agency: "minzheng")
        var early = try county.pusher(outbox, to: hub, keys: keys)
        #expect(throws: Never.self) { try turns(&early, until: { _ in false }, most: 40) }
        #expect(outbox.receiptedThrough == 0, "a stranger gets no receipt")
        early.close()

        try county.addAgency("minzheng", "县民政局", keys.publicKey)
        #expect(try hub.adopt(county).changed == [.agencies])
        var pusher = try county.pusher(outbox, to: hub, keys: keys)
        try turns(&pusher, until: { $0.isSettled }, most: 3000)
        #expect(outbox.receiptedThrough == 5)

        try county.removeAgency("minzheng", "县民政局")
        #expect(try hub.adopt(county).changed == [.agencies])
        try put(5..<6, into: outbox, agency: "minzheng")
        // The connection that the door let in is open still, and opens nothing.
        try turns(&pusher, until: { _ in false }, most: 60)
        #expect(outbox.receiptedThrough == 5)
        pusher.close()
        hub.stop()
    }

    @Test func aKeyThatWasReplacedIsMuteOnAConnectionThatWasOpenBefore() throws {
        let register = KeyRegister([:])
        let (old, new) = (
            try CurveKeyPair.generate().publicKey, try CurveKeyPair.generate().publicKey
        )
        let officer = Principal.officer("duty")
        #expect(register.replace(with: [old: officer]).added == [officer])
        #expect(register.replace(with: [old: officer]) == KeyRegister.Change())
        let change = register.replace(with: [new: officer])
        #expect(change.added == [officer])
        #expect(change.removed == [officer])
    }
}

extension CountyOnDisk {
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Who may connect, by the keys folder.
    func principals() throws -> [CurvePublicKey: Principal] {
        var principals: [CurvePublicKey: Principal] = [:]
        for holder in try KeyFolder(path + "/keys").publicKeys() {
            principals[try CurvePublicKey(z85: holder.publicKey)] = Principal(text: holder.user)
        }
        return principals
    }

    func replace(_ file: String, _ old: String, with new: String) throws {
        let text = try String(contentsOfFile: path + "/" + file, encoding: .utf8)
        try #require(text.contains(old), "\(file) has no \(old)")
        try text.replacingOccurrences(of: old, with: new)
            .write(toFile: path + "/" + file, atomically: true, encoding: .utf8)
    }

    private func entry(_ name: String, _ title: String) -> String {
        """
          - name: \(name)
            title: \(title)
            registers_petitions: false
            visit_rank: 77
            default_purpose: demand

        """
    }

    func addAgency(_ name: String, _ title: String, _ publicKey: String) throws {
        let file = path + "/agencies.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let end = text.hasSuffix("\n") ? "" : "\n"
        try (text + end + entry(name, title)).write(
            toFile: file,
            atomically: true,
            encoding: .utf8
        )
        try KeyFile.write(publicKey: publicKey, to: path + "/keys/agency-\(name).pub")
    }

    func removeAgency(_ name: String, _ title: String) throws {
        try replace("agencies.yaml", entry(name, title), with: "")
        try FileManager.default.removeItem(atPath: path + "/keys/agency-\(name).pub")
    }
}

extension RunningHub {
    /// Hands the folder's files to the hub, as SIGHUP does, and waits for what came of it.
    func adopt(_ folder: CountyOnDisk) throws -> Adoption {
        let county = try CountyConfiguration(folder: folder.path)
        let principals = try folder.principals()
        let files = CountyFiles(
            files: county.files.map { CountyFile(canonical: $0.canonical, content: $0.file) },
            agencies: county.agencies
        )
        let answers = Mailbox<Adoption>(lettersMax: 1)
        let isTaken = hub.adopt(files) { [register, hub] adoption in
            hub.dismiss(register.replace(with: principals).closed.map(\.user))
            _ = answers.offer(adoption)
        }
        #expect(isTaken)
        return try #require(answers.take(waitingMilliseconds: 30_000)?.first)
    }
}

/// Turns a pusher until something is so, at most so often; a refusal by the hub is no error here.
private func turns(
    _ pusher: inout Pusher<ZeroMQConnection>,
    until isDone: (borrowing Pusher<ZeroMQConnection>) -> Bool,
    most: Int
) throws {
    for _ in 0..<most {
        if isDone(pusher) { return }
        do {
            _ = try pusher.turn(waiting: 20, at: SystemClock().now())
        } catch Pusher<ZeroMQConnection>.Stop.refused {
            return
        }
    }
}
