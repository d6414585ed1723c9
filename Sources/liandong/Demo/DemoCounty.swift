import ArgumentParser
import Dispatch
import Domain
import Foundation
import Glibc
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Storage
import Wire

/// A county of the demonstration: a temporary folder, fresh keys, and a hub process of its own.
final class DemoCounty {
    let folder: String
    let endpoint: String
    private var hub: Process?
    private var hubOutput: Pipe?

    init() throws {
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("liandong-demo-\(UUID().uuidString.prefix(8))").path
        endpoint = "tcp://127.0.0.1:\(try DemoCounty.freePort())"
        // One pair for the hub, one for each agency, one for the officer.
        var keys: [KeyPair] = []
        for _ in 0..<CountyTemplate.agencies.count + 2 { keys.append(try KeyPair.random()) }
        let template = CountyTemplate(endpoint: endpoint, hasScenarioClock: true)
        _ = try reading { [folder] () throws(SettingsError) in
            try template.write(
                folder: folder,
                newKeys: { keys.removeLast() },
                newCountyKey: { CountyKeys.newLine(epoch: 1) }
            )
        }
    }

    func path(_ parts: String...) -> String { ([folder] + parts).joined(separator: "/") }

    /// Removes everything; what runs is killed.
    func clear() {
        DemoProcess.killAll()
        hub = nil
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: The hub

    var hubProcess: Int32? { hub?.processIdentifier }

    /// Starts the hub and waits until it serves.
    func start() throws {
        let log = path("hub.log")
        let process = try DemoProcess.make("hub", "--config", path("hub.yaml"))
        let output = Pipe()
        process.standardOutput = output
        process.standardError = try DemoProcess.appending(to: log)
        try DemoProcess.run(process)
        hub = process
        hubOutput = output
        guard !output.fileHandleForReading.availableData.isEmpty else {
            process.waitUntilExit()
            let tail = (try? String(contentsOfFile: log, encoding: .utf8))?.suffix(800) ?? ""
            throw CommandFailure(.fellShort, "the demonstration's hub did not start: \(tail)")
        }
    }

    /// What a power cut does to a process.
    func kill() {
        guard let hub else { return }
        Glibc.kill(hub.processIdentifier, SIGKILL)
        hub.waitUntilExit()
        self.hub = nil
    }

    /// Drains and stops the hub.
    func stop() throws {
        guard let hub else { return }
        hub.terminate()
        hub.waitUntilExit()
        self.hub = nil
        guard hub.terminationStatus == 0 else {
            throw CommandFailure(
                .fellShort,
                "the hub ended with \(hub.terminationStatus); see \(path("hub.log"))"
            )
        }
    }

    /// Entries handed to the disk and entries that a sync covers, of the last run.
    var flight: (written: UInt64, synced: UInt64) {
        let page = FileManager.default.contents(atPath: path("data", "flight")) ?? Data()
        func word(_ number: Int) -> UInt64 {
            guard page.count >= (number + 1) * 8 else { return 0 }
            return (0..<8).reduce(0) { $0 | UInt64(page[number * 8 + $1]) << UInt64($1 * 8) }
        }
        return (word(2), word(3))
    }

    // MARK: Questions

    /// A line of the county's officer.
    var officer: OfficerOptions {
        get throws {
            try OfficerOptions.parse(["--config", path("officer.yaml")])
        }
    }

    /// A port below those that the system hands to outgoing connections: while the hub is down, a
    /// client that tries again could be given the hub's own port and keep it from coming back.
    private static func freePort() throws(CommandFailure) -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 20_000..<32_000)
            let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(probe) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            address.sin_port = port.bigEndian
            let length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(probe, $0, length)
                }
            }
            if probe >= 0, result == 0 { return port }
        }
        throw CommandFailure(.fellShort, "the system gives no free port")
    }
}

/// Processes of this same program.
enum DemoProcess {
    private static let started = Locked<[Process]>([])

    /// Starts a process that an interrupted demonstration must not leave behind.
    static func run(_ process: Process) throws {
        try process.run()
        started.withLock { $0.append(process) }
    }

    /// Kills whatever still runs.
    static func killAll() {
        let all = started.withLock { started in
            defer { started = [] }
            return started
        }
        for process in all where process.isRunning {
            Glibc.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    /// Ctrl-C and SIGTERM end everything and leave nothing in the temporary folder.
    static func clearWhenInterrupted(_ folder: String) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                killAll()
                try? FileManager.default.removeItem(atPath: folder)
                Foundation.exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    static func make(_ arguments: String...) throws -> Process {
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe"
            )
        )
        process.arguments = arguments
        return process
    }

    /// What `liandong verify` says of a county's stopped hub.
    static func verify(_ county: DemoCounty, bytesOnly: Bool = false) throws -> JSONValue {
        let process = try make("verify", county.path("data"), "--format", "json")
        if bytesOnly { process.arguments?.append("--bytes-only") }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try run(process)
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONValue(parsing: [UInt8](data).filter { $0 != 10 })
    }

    /// A file that a process goes on writing.
    static func appending(to path: String) throws -> FileHandle {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(.fellShort, "\(path) cannot be written")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
