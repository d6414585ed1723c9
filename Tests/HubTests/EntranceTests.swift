import CAdmission
import Domain
import Foundation
import Glibc
import Health
import Hub
import Testing
import Transport
import Wire
import ZeroMQ

@Suite struct EntranceTests {
    private func filled(_ count: Int, max: Int) -> (Entrance, closed: Int) {
        var entrance = Entrance(connectionsMax: max)
        var closed = 0
        for _ in 0..<count {
            entrance.note(.accepted(descriptor: 9))
            if case .close = entrance.act() { closed += 1 }
        }
        return (entrance, closed)
    }

    @Test func closesOnceWhenItIsFull() {
        let (entrance, closed) = filled(150, max: 100)
        #expect(closed == 1)
        #expect(!entrance.isOpen)
        #expect(entrance.connections == 150)
    }

    @Test func opensWhenAQuarterHasGone() {
        var (entrance, _) = filled(100, max: 100)
        for gone in 1...30 {
            entrance.note(.disconnected(descriptor: 9))
            let opens = if case .open = entrance.act() { true } else { false }
            #expect(opens == (gone == 25))
        }
        #expect(entrance.isOpen)
    }

    @Test func closesWhenThereAreNoDescriptorsLeft() {
        var entrance = Entrance(connectionsMax: 1000)
        entrance.note(.acceptFailed(EAGAIN))
        #expect(entrance.isOpen)
        if case .close = entrance.act() { Issue.record("closed for nothing") }
        entrance.note(.acceptFailed(EMFILE))
        guard case .close = entrance.act() else {
            Issue.record("still open")
            return
        }
        #expect(entrance.acceptFailures == 1)
    }
}

@Suite struct SecurityLogTests {
    @Test func logIsBoundedAndReadable() throws {
        let folder = NSTemporaryDirectory() + "security-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/security.log"
        let log = SecurityLog(path: path, bytesMax: 1000)
        for number in 0..<40 {
            log.note("refused", at: Timestamp(milliseconds: 0), ["number": "\(number)\n\""])
        }
        let now = try String(contentsOfFile: path, encoding: .utf8)
        let before = try String(contentsOfFile: path + ".1", encoding: .utf8)
        #expect(now.utf8.count <= 1000)
        #expect(before.utf8.count <= 1000)
        let lines = (before + now).split(separator: "\n")
        for line in lines {
            #expect(try JSONValue(parsing: Array(line.utf8))["event"]?.text == "refused")
        }
        #expect(lines.last?.contains("39") == true)
        #expect(log.lost == 0)
    }

    @Test func filesGoWhenTheyArePastTheirTimeAndTheBoundSaysSo() throws {
        let folder = NSTemporaryDirectory() + "security-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/security.log"
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let log = SecurityLog(path: path, bytesMax: 500, filesMax: 3)
        func fill(at time: Timestamp) {
            for _ in 0..<8 { log.note("refused", at: time) }
        }
        func names() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        }
        while try names().count < 4 { fill(at: now) }
        #expect(log.shortened == 0)
        while log.shortened == 0 { fill(at: now) }
        #expect(try names() == ["security.log"] + (1...3).map { "security.log.\($0)" })
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("log-shortened"))
        // Half a year and more later the old files are past their time: nothing is cut short.
        let before = log.shortened
        for _ in 0..<3 { fill(at: now + .days(190)) }
        #expect(log.shortened == before)
        let kept = try names()
        #expect(!kept.contains("security.log.3"))
    }

    @Test func logThatCannotBeWrittenCountsWhatIsLost() {
        let log = SecurityLog(path: "/nowhere/at/all/security.log")
        log.note("refused", at: Timestamp(milliseconds: 0))
        #expect(log.lost == 1)
    }
}

@Suite struct MetricsTests {
    private func reading() throws -> Gauges.Reading {
        var reading = Gauges.Reading()
        reading.servingSince = Timestamp(milliseconds: 0)
        reading.lagMilliseconds = 1500
        reading.refusalsByCode = [1006: 3]
        reading.feeds = [
            FeedReading(
                agency: try #require(AgencyID(name: "xinfang")),
                sessions: 1,
                oldestMilliseconds: 2500,
                silentMilliseconds: 0,
                open: [.outboxStuck]
            )
        ]
        return reading
    }

    @Test func everySeriesIsDeclaredAndHasOneNumber() throws {
        let text = HubMetrics().text(try reading())
        var types: [String: String] = [:]
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                types[String(words[2])] = String(words[3])
            }
            guard !line.hasPrefix("#") else { continue }
            let name = line.prefix { $0 != "{" && $0 != " " }
            let family = ["_bucket", "_sum", "_count"].reduce(String(name)) { name, suffix in
                types[name] == nil && name.hasSuffix(suffix)
                    ? String(name.dropLast(suffix.count)) : name
            }
            let type = try #require(types[family], "\(line) has no type")
            #expect((type == "counter") == name.hasSuffix("_total"), "\(line)")
            #expect(Double(line.split(separator: " ").last ?? "") != nil, "\(line)")
        }
        #expect(text.contains("liandong_lag_seconds 1.5\n"))
        #expect(text.contains("liandong_refusals_total{code=\"LD-1006\"} 3\n"))
        #expect(text.contains("liandong_outbox_age_seconds{agency=\"xinfang\"} 2.5\n"))
    }

    @Test func countersNeverFall() throws {
        let metrics = HubMetrics()
        var reading = try reading()
        _ = metrics.text(reading)
        reading.refusalsByCode = [1006: 5]
        #expect(metrics.text(reading).contains("liandong_refusals_total{code=\"LD-1006\"} 5\n"))
        #expect(metrics.text(reading).contains("liandong_refusals_total{code=\"LD-1006\"} 5\n"))
    }

    @Test func stateSaysWhatIsWrong() throws {
        var reading = try reading()
        #expect(reading.state == .ready)
        reading.isClockHeld = true
        reading.lagMilliseconds = 9000
        #expect(reading.state == .degraded)
        #expect(reading.troubles.map(\.code) == ["lag", "clock"])
        reading.isDraining = true
        #expect(reading.state == .draining)
        reading.journalFailure = "the disk is gone"
        #expect(reading.state == .failed)
    }
}

@Suite struct PlacesTests {
    @Test func whoeverComesBeyondThePlacesIsClosedInAccept() throws {
        let kind = Int32(SOCK_STREAM.rawValue)
        let listener = socket(AF_INET, kind, 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                #expect(bind(listener, place, size) == 0)
                #expect(listen(listener, 16) == 0)
                #expect(getsockname(listener, place, &size) == 0)
            }
        }
        let places = ld_admission_bound(listener, 2)
        defer { ld_admission_unbound(places) }
        /// Knocks, and says whether the process has one connection more.
        func isLetIn() -> Bool {
            let client = socket(AF_INET, kind, 0)
            defer { close(client) }
            withUnsafePointer(to: &address) { place in
                place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                    #expect(connect(client, place, size) == 0)
                }
            }
            let peer = ld_admission_accept(listener)
            guard peer < 0 else {
                close(peer)
                return true
            }
            #expect(errno == ECONNABORTED)
            return false
        }
        #expect([isLetIn(), isLetIn(), isLetIn(), isLetIn()] == [true, true, false, false])
        #expect(ld_admission_turned_away(places) == 2)
        ld_admission_leave(places)
        #expect([isLetIn(), isLetIn()] == [true, false])
        #expect(ld_admission_turned_away(places) == 1)
    }
}
