import Domain
import Foundation
import Glibc
import Wire

/// Every alert that an officer's program was told of, as `liandong watch` wrote it down (值班日志).
final class AlertDiary {
    private let file: String
    private var process: Process?

    init(in county: DemoCounty) throws {
        file = county.path("watch.jsonl")
        try open(in: county)
    }

    /// Subscribes, again after the hub was gone.
    func open(in county: DemoCounty) throws {
        close()
        let process = try DemoProcess.make(
            "watch",
            "alert.>",
            "--config",
            county.path("officer.yaml"),
            "--format",
            "json"
        )
        process.standardOutput = try DemoProcess.appending(to: file)
        process.standardError = FileHandle.nullDevice
        try DemoProcess.run(process)
        self.process = process
    }

    func close() {
        guard let process else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    /// The alerts of a case in the order in which they were told, each report once.
    ///
    /// - Parameters:
    ///   - caseID: The case.
    ///   - report: Waits until this report of an alert has been told, 10 seconds at most.
    /// - Returns: What was told, without repetitions.
    func alerts(of caseID: String, until report: (alert: String, number: Int)) -> [ToldAlert] {
        for _ in 0..<200 {
            let found = read().filter { $0.caseID == caseID }
            if found.contains(where: { $0.id == report.alert && $0.report >= report.number }) {
                return found
            }
            usleep(50_000)
        }
        return read().filter { $0.caseID == caseID }
    }

    private func read() -> [ToldAlert] {
        var seen: Set<String> = []
        let bytes = [UInt8](FileManager.default.contents(atPath: file) ?? Data())
        return bytes.split(separator: 10).compactMap { line in
            guard let value = try? JSONValue(parsing: Array(line)),
                let told = ToldAlert(value["decision"] ?? .null),
                seen.insert("\(told.id) \(told.report)").inserted
            else { return nil }
            return told
        }
    }
}

/// An alert as it stood when it was told.
struct ToldAlert {
    let at: Timestamp
    let id: String
    let caseID: String
    let report: Int
    let level: AlertLevel
    let items: [ItemRef]
    let json: JSONValue

    init?(_ decision: JSONValue) {
        guard let alert = decision["alert"],
            let at = Timestamp(rfc3339: decision.string("at")),
            let level = AlertLevel(token: alert.string("level"))
        else { return nil }
        self.at = at
        self.level = level
        json = alert
        id = alert.string("id")
        caseID = alert.string("case")
        report = alert.integer("report")
        items = alert.list("items").compactMap { ItemRef($0) }
    }
}

extension ItemRef {
    /// An identity from its JSON.
    init?(_ value: JSONValue) {
        guard let agency = AgencyID(source: value.string("source")) else { return nil }
        self.init(agency: agency, id: value.string("id"))
    }
}
