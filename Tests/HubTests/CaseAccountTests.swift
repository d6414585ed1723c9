import Domain
import Hub
import Journal
import Storage
import Testing
import Wire

/// Who was told of a case, by the two logs.
@Suite struct CaseAccountTests {
    private static let folder = "hub"

    /// The alert that the first urgent item raises.
    private func alert(_ hub: TrialHub) throws -> Alert {
        hub.push(1...1)
        let decisions = try hub.logged().map { try DecisionCodec.decode($0.bytes) }
        return try #require(decisions.lazy.compactMap(\.content.alert).first)
    }

    private func account(_ hub: TrialHub, _ id: CaseID) throws -> CaseAccount {
        try hub.audit.write(hub.disk, folder: Self.folder)
        return try CaseAccount(.matter(id), hub.disk, folder: Self.folder)
    }

    private func told(_ account: CaseAccount, _ alert: AlertID) -> [CaseAccount.Told] {
        account.events.filter { $0.decision.content.alert?.id == alert }.flatMap(\.told)
    }

    @Test func whoeverSubscribesLaterIsToldOfAnAlertThatIsActive() throws {
        let hub = try TrialHub()
        let alert = try alert(hub)
        let desk = hub.desk()
        desk.subscribe()
        #expect(desk.delivered.map { $0.phase } == [.snapshot])
        hub.cut(desk)
        let line = try #require(hub.audit.of(.delivered).first)
        #expect(line.object == alert.caseID.text)
        #expect(line.particular("alerts")?.text == "\(alert.id.text)/1")
        let account = try account(hub, alert.caseID)
        #expect(account.faults.isEmpty)
        #expect(told(account, alert.id).map(\.who) == ["officer/chen"])
    }

    @Test func anAccountThatHasNoRoomForEverythingSaysSo() throws {
        let hub = try TrialHub()
        let alert = try alert(hub)
        hub.desk().command(
            CommandRequest(key: "key-0001", action: .acknowledge(alert.id, report: 1, note: ""))
        )
        let whole = try account(hub, alert.caseID)
        #expect(whole.leftOut == 0 && whole.events.count > 1)
        let most = whole.events.count - 1
        let short = try CaseAccount(
            .matter(alert.caseID),
            hub.disk,
            folder: Self.folder,
            eventsMax: most
        )
        #expect(short.leftOut == 1 && short.events.count == most)
    }

    @Test func aLineThatNamesTheCaseAloneTellsOfItsAlertAsItStoodThen() throws {
        let hub = try TrialHub()
        let alert = try alert(hub)
        let disk = hub.disk
        var log = try AuditLog(disk, dataFolder: Self.folder)
        let line = AuditRecord(
            at: hub.clock.now(),
            who: "officer/li",
            .delivered,
            alert.caseID.text,
            [.init("way", "subscription"), .init("decisions", "")]
        )
        try log.append([line])
        try log.sync()
        let account = try CaseAccount(.matter(alert.caseID), disk, folder: Self.folder)
        #expect(told(account, alert.id).map(\.who) == ["officer/li"])
    }

    @Test func whoeverIsShownAReplayIsToldOfWhatItShowed() throws {
        let hub = try TrialHub()
        let alert = try alert(hub)
        let desk = hub.desk(.officer("yunwei"))
        desk.replay(ReplayRequest(form: .log))
        #expect(desk.end != nil)
        let steps = hub.audit.of(.replayed).map { $0.particular("step")?.text }
        #expect(steps == ["begun", "shown", "ended"])
        let account = try account(hub, alert.caseID)
        let told = told(account, alert.id)
        #expect(told.map(\.who) == ["officer/yunwei"])
        #expect(told.map(\.act) == [.replayed])
    }

    @Test func nobodyIsToldWhoHadNeither() throws {
        let hub = try TrialHub()
        let alert = try alert(hub)
        _ = hub.desk().ask(Query(.status))
        let account = try account(hub, alert.caseID)
        #expect(told(account, alert.id).isEmpty)
    }

    @Test func aBrokenChainIsAFaultOfTheAccount() throws {
        let hub = try TrialHub()
        let alert = try alert(hub)
        let desk = hub.desk()
        desk.subscribe()
        hub.cut(desk)
        try hub.audit.write(hub.disk, folder: Self.folder)
        let name = try #require(try hub.disk.list("\(Self.folder)/audit").first)
        let file = try hub.disk.open("\(Self.folder)/audit/\(name)", .write)
        let place = try file.size() / 2
        var failure: DiskError?
        Array("~".utf8).withUnsafeBytes { buffer in
            do throws(DiskError) {
                try file.write(buffer, at: place)
            } catch {
                failure = error
            }
        }
        #expect(failure == nil)
        let account = try CaseAccount(
            .matter(alert.caseID),
            hub.disk,
            folder: Self.folder
        )
        #expect(!account.faults.isEmpty)
    }

    @Test func ofNothingThereIsNoAccount() throws {
        let hub = try TrialHub()
        hub.push(1...1)
        let id = try #require(CaseID(text: "441424-C-000000000001"))
        #expect(throws: CaseAccount.Failure.self) { try account(hub, id) }
    }
}
