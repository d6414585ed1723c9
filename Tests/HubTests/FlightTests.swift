import Domain
import Foundation
import Hub
import Logging
import Testing

@Suite struct FlightTests {
    @Test func aStartSettlesWhatAnEarlierRunLeftUnderWay() throws {
        let folder = NSTemporaryDirectory() + "liandong-flight-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let flight = try #require(FlightRecorder(path: folder + "/flight"))
        flight.note(.written, 90)
        flight.note(.synced, 80)
        flight.note(.receipted, 70)
        var options = HubOptions(county: try #require(Division(code: "441424")))
        options.segmentBytes = 1 << 20
        let hub = try Hub(
            folder: folder + "/data",
            options: options,
            configuration: CountyFiles(files: [], agencies: AgencyRegister(agencies: [])),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            flight: flight,
            wake: {}
        )
        #expect(hub.start.entries > 0)
        #expect(flight[.written] == hub.start.entries)
        #expect(flight[.synced] == hub.start.entries)
        #expect(flight[.receipted] == hub.start.entries)
        hub.finish()
    }
}
