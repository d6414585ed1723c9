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

/// Keys begin and cease to open while the door is open.
@Suite(.serialized) struct KeyRegisterTests {
    private let start = Timestamp(milliseconds: 1_780_000_000_000)
    private let duty = Principal.officer("duty")

    private func key() throws -> CurvePublicKey { try CurveKeyPair.generate().publicKey }

    @Test func aKeyOpensInItsTimeAlone() throws {
        let key = try key()
        let lease = KeyLease(duty, from: start, until: start + .seconds(10))
        let register = KeyRegister([key: lease], at: start - .seconds(1))
        #expect(register.advance(to: start - .seconds(1)).isEmpty)
        #expect(register.advance(to: start).added == [duty])
        #expect(register.advance(to: start + .seconds(9)).isEmpty)
        #expect(register.advance(to: start + .seconds(10)).removed == [duty])
        #expect(register.advance(to: start + .seconds(11)).isEmpty)
    }

    @Test func oneOfTwoKeysOfAHolderEndsAlone() throws {
        let (old, new) = (try key(), try key())
        let register = KeyRegister(
            [old: KeyLease(duty, until: start + .seconds(5)), new: KeyLease(duty)],
            at: start
        )
        let change = register.advance(to: start + .seconds(5))
        #expect(change.closed.map(\.key) == [old])
        #expect(change.opened.isEmpty)
    }

    @Test func aRevokedKeyOpensAtNoTime() throws {
        let key = try key()
        let register = KeyRegister([key: KeyLease(duty)], at: start)
        let revoked = [key: KeyLease(duty, isRevoked: true)]
        #expect(register.replace(with: revoked, at: start - .days(1)).removed == [duty])
        #expect(register.advance(to: start + .days(400)).isEmpty)
    }

    @Test func whatWasReadEarlierNeverReplacesWhatWasReadLater() throws {
        let key = try key()
        let register = KeyRegister([key: KeyLease(duty)], at: start)
        let (early, late) = (register.beginReading(), register.beginReading())
        let revoked = [key: KeyLease(duty, isRevoked: true)]
        #expect(register.replace(with: revoked, at: start, reading: late).removed == [duty])
        #expect(register.replace(with: [key: KeyLease(duty)], at: start, reading: early).isEmpty)
    }

    @Test func theSessionOfAnEndedKeyEndsAndTheOtherKeysGoesOn() throws {
        let county = try CountyOnDisk()
        defer { county.remove() }
        let hub = try RunningHub(county)
        let next = try CountyOnDisk.newKeys()
        let old = try KeyFile.readPair(county.path + "/officer.key")
        hub.register.replace(
            with: [
                try CurvePublicKey(z85: old.publicKey): KeyLease(duty, until: start),
                try CurvePublicKey(z85: next.publicKey): KeyLease(duty),
            ],
            at: start - .seconds(1)
        )
        var ending = try county.officer(hub)
        var staying = try DeskLine(
            try county.connection(to: hub, keys: next),
            agent: "test",
            within: 30_000
        )
        _ = try ending.ask(Query(.counts))
        hub.hub.dismiss(hub.register.advance(to: start).closed.map(\.user))
        #expect(throws: (any Error).self) { _ = try ending.ask(Query(.counts)) }
        _ = try staying.ask(Query(.counts))
        staying.close()
        hub.stop()
    }
}
