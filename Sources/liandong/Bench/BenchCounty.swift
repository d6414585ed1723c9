import Foundation
import Glibc
import Journal
import LiandongClient
import Settings
import Storage
import Wire

/// The temporary county of a measurement: a folder, fresh keys, and a hub process.
final class BenchCounty {
    let folder: String
    private(set) var endpoint = ""
    private var hub: Process?
    private var output: Pipe?

    /// Makes a county, starts its hub, measures, and clears away whatever happens.
    static func measure(
        under parent: String?,
        settings: [(key: String, value: String)] = [],
        stages: BenchStages,
        isPlain: Bool,
        _ body: (BenchCounty) throws -> Void
    ) throws {
        let county = try BenchCounty(under: parent, settings: settings)
        let traps = DemoProcess.clearWhenInterrupted(county.folder)
        defer {
            county.clear()
            for trap in traps { trap.cancel() }
        }
        try county.start(stages: stages, isPlain: isPlain)
        try body(county)
    }

    /// Writes the folder; `settings` changes lines of `hub.yaml`, each a key with its value.
    private init(under parent: String?, settings: [(key: String, value: String)]) throws {
        let base = parent ?? FileManager.default.temporaryDirectory.path
        folder = "\(base)/liandong-bench-\(UUID().uuidString.prefix(8))"
        var keys: [KeyPair] = []
        for _ in 0..<CountyTemplate.agencies.count + 2 { keys.append(try KeyPair.random()) }
        let template = CountyTemplate()
        _ = try reading { [folder] () throws(SettingsError) in
            try template.write(
                folder: folder,
                newKeys: { keys.removeLast() },
                newCountyKey: { CountyKeys.newLine(epoch: 1) }
            )
        }
        let marker = FileManager.default.createFile(
            atPath: "\(folder)/\(BenchHub.marker)",
            contents: Data()
        )
        guard marker else { throw CommandFailure(.fellShort, "\(folder) cannot be written") }
        try change(settings)
    }

    private func change(_ settings: [(key: String, value: String)]) throws {
        let file = "\(folder)/hub.yaml"
        var text = try String(contentsOfFile: file, encoding: .utf8)
        for (key, value) in settings {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                let bare = line.drop { $0 == " " }
                guard bare.hasPrefix("\(key): ") else { return String(line) }
                return "\(line.prefix(line.count - bare.count))\(key): \(value)"
            }
            text = lines.joined(separator: "\n")
        }
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// Removes everything; what runs is killed.
    private func clear() {
        DemoProcess.killAll()
        hub = nil
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Starts the hub and waits until it serves.
    private func start(stages: BenchStages, isPlain: Bool) throws {
        let process = try DemoProcess.make(
            "bench",
            "hub",
            "--folder",
            folder,
            "--stages",
            stages.rawValue
        )
        if isPlain { process.arguments?.append("--plain") }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = try DemoProcess.appending(to: "\(folder)/hub.log")
        try DemoProcess.run(process)
        hub = process
        self.output = output
        let line = [UInt8](output.fileHandleForReading.availableData).filter { $0 != 10 }
        guard let told = try? JSONValue(parsing: line), told["endpoint"] != nil else {
            process.waitUntilExit()
            throw CommandFailure(.fellShort, "the measured hub did not start: \(logTail)")
        }
        endpoint = told.string("endpoint")
    }

    /// Drains and stops the hub.
    func stop() throws {
        guard let hub else { return }
        hub.terminate()
        hub.waitUntilExit()
        self.hub = nil
        guard hub.terminationStatus == 0 else {
            throw CommandFailure(.fellShort, "the measured hub failed: \(logTail)")
        }
    }

    /// What the hub has used so far.
    var usage: ProcessUsage { ProcessUsage(of: hub?.processIdentifier ?? 0) }

    private var logTail: String {
        let text = (try? String(contentsOfFile: "\(folder)/hub.log", encoding: .utf8)) ?? ""
        return String(text.suffix(800))
    }

    /// The hub's process.
    var process: Int32 { hub?.processIdentifier ?? 0 }

    /// The items that stand in the stopped hub's journal, after every byte of it was checked.
    func verifiedItems() throws -> Int {
        var items = 0
        let report: JournalReport
        do throws(JournalError) {
            report = try JournalReport.of(PosixDisk(), folder: "\(folder)/data") { entry in
                if entry.kind.rawValue == JournalRecord.Kind.item.rawValue { items += 1 }
            }
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        guard report.isSound else {
            throw CommandFailure(.fellShort, "the journal does not verify: \(report.findings)")
        }
        return items
    }
}

/// What a process and each of its threads have used.
struct ProcessUsage {
    /// Processor microseconds of each thread that still runs, by name.
    private(set) var threads: [String: Double] = [:]
    /// Processor microseconds of the whole process.
    private(set) var cpuMicroseconds = 0.0
    /// Resident memory in bytes.
    private(set) var residentBytes = 0

    init(of process: Int32) {
        let folder = "/proc/\(process)"
        cpuMicroseconds = ProcessUsage.ticks("\(folder)/stat")
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/task")) ?? []
        for task in tasks {
            let name =
                (try? String(contentsOfFile: "\(folder)/task/\(task)/comm", encoding: .utf8)) ?? ""
            let key = name.filter { $0 != "\n" }
            threads[key, default: 0] += ProcessUsage.ticks("\(folder)/task/\(task)/stat")
        }
        let pages = (try? String(contentsOfFile: "\(folder)/statm", encoding: .utf8)) ?? ""
        let words = pages.split(separator: " ")
        residentBytes =
            (words.count > 1 ? Int(words[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// User and system time of a `stat` file in microseconds.
    private static func ticks(_ path: String) -> Double {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        // The name, which may hold blanks, stands in brackets before the third field.
        guard let end = text.lastIndex(of: ")") else { return 0 }
        let words = text[end...].split(separator: " ")
        guard words.count > 13 else { return 0 }
        let ticks = (Double(words[12]) ?? 0) + (Double(words[13]) ?? 0)
        return ticks * 1_000_000 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
