import Domain
import Foundation
import Wire

/// An agency's daemon of the demonstration: `liandong push` fed line by line (推送进程).
final class AgencyDaemon {
    let agency: AgencyID
    /// Lines handed over so far.
    private(set) var sent = 0
    /// Receipts that the daemon has told of.
    private(set) var receipted = 0
    /// Lines that came back without one: kept at the agency.
    private(set) var setAside = 0

    private let process: Process
    private let input = Pipe()
    private let output = Pipe()
    private var rest: [UInt8] = []

    /// Starts the daemon; its complaints go to a file beside its configuration.
    init(_ agency: AgencyID, in county: DemoCounty) throws {
        self.agency = agency
        let home = county.path("agencies", agency.name)
        let log = home + "/push.log"
        process = try DemoProcess.make(
            "push",
            "--config",
            home + "/agency.yaml",
            "--retry",
            "1",
            "--stream",
            "--format",
            "json",
            "-"
        )
        process.standardInput = input
        process.standardOutput = output
        process.standardError = try DemoProcess.appending(to: log)
        try DemoProcess.run(process)
    }

    /// Hands lines over without waiting for anything.
    func send(_ lines: [[UInt8]]) throws {
        guard !lines.isEmpty else { return }
        var bytes: [UInt8] = []
        for line in lines {
            bytes += line
            bytes.append(10)
        }
        sent += lines.count
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
    }

    /// Waits until every line handed over has its receipt or stays at the agency.
    func wait() throws {
        while receipted + setAside < sent {
            guard let line = nextLine() else { throw ended }
            note(line)
        }
    }

    /// Ends the input and waits for the daemon; whether it said that all is receipted.
    func finish() throws -> Bool {
        try input.fileHandleForWriting.close()
        while let line = nextLine() { note(line) }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private func note(_ line: JSONValue) {
        receipted = line.integer("receipted")
        setAside = line.integer("set_aside") + line.integer("waiting_for_sealed")
    }

    private var ended: CommandFailure {
        process.waitUntilExit()
        return CommandFailure(
            .fellShort,
            "the daemon of \(agency.name) ended with \(process.terminationStatus) after "
                + "\(receipted) of \(sent) receipts"
        )
    }

    private func nextLine() -> JSONValue? {
        while true {
            if let end = rest.firstIndex(of: 10) {
                let line = Array(rest[..<end])
                rest.removeFirst(end + 1)
                if let value = try? JSONValue(parsing: line) { return value }
                continue
            }
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return nil }
            rest += data
        }
    }
}
