import ArgumentParser
import Dispatch
import Domain
import Foundation
import Hub
import Settings
import Storage
import Wire
import ZeroMQ

/// The process of a measurement's producers: one thread each; hidden.
struct BenchProducers: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "producers",
        abstract: "The producers of a measurement; started by bench itself.",
        shouldDisplay: false
    )

    @Option(help: "Where the hub listens.")
    var endpoint: String
    @Option(help: "The folder with the keys.")
    var folder: String
    @Option(help: "Producers.")
    var producers = 8
    @Option(help: "Items of a PUT.")
    var batch = 64
    @Option(help: "Items of all producers together.")
    var items = 100_000
    @Option(help: "Bytes of an item.")
    var size = 1024
    @Option(help: "PUTs without a receipt under way, of one producer.")
    var window = 2
    @Option(help: "Items a second of all producers together; 0 as fast as they can.")
    var rate = 0
    @Option(help: "Every so many items of a producer one raises an alert; 0 never.")
    var alertEvery = 0
    @Flag(help: "Texts of simulated years.")
    var year = false
    @Flag(help: "Without encryption.")
    var plain = false

    func run() throws {
        let texts = year ? YearTexts(items: items) : nil
        let keys = try BenchKeys(folder: folder, isPlain: plain)
        let context = try Context(ioThreads: 1, socketsMax: 1023)
        let herd = Herd(count: producers)
        let watch = alertEvery > 0 ? try watching(keys, context) : nil
        let each = (items + producers - 1) / producers
        let threads = (0..<producers).map { number in
            OwnThread(name: "producer") {
                herd.run { start in
                    var producer = try producer(number, each, keys, context, texts)
                    try producer.open()
                    start()
                    try producer.run()
                    let found = (producer.sentAt, producer.latencies)
                    try producer.close()
                    return found
                }
            }
        }
        try herd.waitUntilReady()
        Terminal.print("ready")
        _ = readLine()
        let begun = (Nanoseconds.now, Usage.cpuSeconds)
        let results = try herd.go()
        let ended = (Nanoseconds.now, Usage.cpuSeconds)
        for thread in threads { thread.join() }
        var latencies = Latencies()
        for result in results { latencies.add(result.latencies) }
        let count = each * producers
        let document: JSONValue = [
            "items": .integer(Int64(count)),
            "seconds": .number(Double(ended.0 - begun.0) / 1_000_000_000),
            "cpu_us_per_item": .number((ended.1 - begun.1) * 1_000_000 / Double(count)),
            "receipt_ms": latencies.summary,
            "alert_ms": watch?.summary(sent: results.map(\.sentAt), every: alertEvery) ?? .null,
        ]
        Terminal.print(document.line)
    }

    private func producer(
        _ number: Int,
        _ count: Int,
        _ keys: BenchKeys,
        _ context: Context,
        _ texts: YearTexts?
    ) throws -> IntakeProducer {
        let agency = CountyTemplate.agencies[number % CountyTemplate.agencies.count]
        let interval =
            rate == 0 ? 0 : Int64(batch) * Int64(producers) * 1_000_000_000 / Int64(rate)
        return try IntakeProducer(
            BenchConnection(
                context,
                endpoint: endpoint,
                identity: try keys.agency(agency, copy: number)
            ),
            stream: number,
            items: BenchItems(
                agency: agency,
                producer: number,
                sizeBytes: size,
                alertEvery: alertEvery,
                latest: Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)),
                texts: texts,
                producers: producers
            ),
            count: count,
            plan: .init(batch: batch, window: window, intervalNanoseconds: interval)
        )
    }

    private func watching(_ keys: BenchKeys, _ context: Context) throws -> AlertTimes {
        let times = AlertTimes()
        let identity = try keys.officer(copy: 0)
        let opened = Locked<(any Error)??>(nil)
        let ready = DispatchSemaphore(value: 0)
        _ = OwnThread(name: "officer") { [endpoint] in
            do {
                var watch = try AlertWatch(
                    BenchConnection(context, endpoint: endpoint, identity: identity)
                )
                opened.withLock { $0 = .some(nil) }
                ready.signal()
                while true {
                    if try watch.wait(milliseconds: 200) { times.note(watch.takeLatest()) }
                }
            } catch {
                opened.withLock { if $0 == nil { $0 = error } }
                ready.signal()
            }
        }
        ready.wait()
        if let failure = opened.withLock({ $0 ?? nil }) { throw failure }
        return times
    }
}

/// When an officer heard of each item's alert.
final class AlertTimes: Sendable {
    private let seen = Locked<[String: Int64]>([:])

    func note(_ times: [String: Int64]) {
        seen.withLock { $0.merge(times) { first, _ in first } }
    }

    /// From the PUT of an item to its alert, over those whose alert has come within ten seconds.
    func summary(sent: [[Int64]], every: Int) -> JSONValue {
        let expected = sent.reduce(0) { $0 + $1.count / every }
        for _ in 0..<200 where seen.withLock({ $0.count }) < expected { usleep(50_000) }
        var latencies = Latencies()
        for (id, at) in seen.withLock({ $0 }) {
            guard let (producer, number) = BenchItems.numbers(of: id), producer < sent.count,
                let put = sent[producer][(number - 1)...].first(where: { $0 > 0 })
            else { continue }
            latencies.add(at - put)
        }
        return latencies.summary
    }
}

/// The threads of the producers: all begin together, and the first failure is the answer.
final class Herd: Sendable {
    struct Result: Sendable {
        var sentAt: [Int64]
        var latencies: Latencies
    }

    private let count: Int
    private let ready = DispatchSemaphore(value: 0)
    private let begin = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)
    private let results = Locked<[Result]>([])
    private let failure = Locked<(any Error)?>(nil)

    init(count: Int) { self.count = count }

    /// Runs one producer on the calling thread; `body` calls what it is given when it is ready.
    func run(_ body: (_ start: () -> Void) throws -> (sentAt: [Int64], latencies: Latencies)) {
        do {
            let found = try body {
                ready.signal()
                begin.wait()
            }
            results.withLock { $0.append(Result(sentAt: found.sentAt, latencies: found.latencies)) }
        } catch {
            failure.withLock { $0 = $0 ?? error }
            ready.signal()
        }
        done.signal()
    }

    func waitUntilReady() throws {
        for _ in 0..<count { ready.wait() }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    func go() throws -> [Result] {
        for _ in 0..<count { begin.signal() }
        for _ in 0..<count { done.wait() }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return results.withLock { $0 }
    }
}

/// Who the connections of a measurement are.
struct BenchKeys: Sendable {
    private let folder: String
    private let isPlain: Bool

    init(folder: String, isPlain: Bool) throws {
        self.folder = folder
        self.isPlain = isPlain
    }

    func agency(_ agency: AgencyID, copy: Int) throws -> BenchConnection.Identity {
        if isPlain { return .name("agency/\(agency.name)", copy: copy) }
        let file = "\(folder)/agencies/\(agency.name)/agency.yaml"
        let settings = try reading { () throws(SettingsError) in try AgencySettings(file: file) }
        return .keys(
            try CurveKeyPair(secret: CurveSecretKey(z85: settings.keys.secretKey)),
            hub: try CurvePublicKey(z85: settings.hubPublicKey)
        )
    }

    func officer(copy: Int) throws -> BenchConnection.Identity {
        if isPlain { return .name("officer/\(CountyTemplate.officer)", copy: copy) }
        let file = "\(folder)/officer.yaml"
        let settings = try reading { () throws(SettingsError) in try OfficerSettings(file: file) }
        return .keys(
            try CurveKeyPair(secret: CurveSecretKey(z85: settings.keys.secretKey)),
            hub: try CurvePublicKey(z85: settings.hubPublicKey)
        )
    }
}
