import ArgumentParser
import Dispatch
import Domain
import Foundation
import Hub
import Settings
import Storage
import Wire
import ZeroMQ

/// Alerts from the push of an item to the last of many subscribers.
struct BenchFanout: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fanout",
        abstract: "Alerts from the push of an item to the last of many subscribers.",
        discussion: """
            A whole hub with CURVE. One producer pushes items that say there is danger to life, one every
            --pause milliseconds, and each raises an alert; the time runs until the last subscriber has
            it. Meanwhile a process of 8 producers pushes the texts of simulated years: --load items a
            second, or as fast as credit allows with --load credit.
            Example: liandong bench fanout --subscribers 200 --alerts 1000 --load 5000
            """
    )

    @Option(help: "Officers' sessions, each a thread of this process.")
    var subscribers = 200
    @Option(help: "Alerts.")
    var alerts = 1000
    @Option(help: "Milliseconds from one alert to the next.")
    var pause = 25
    @Option(help: "Items a second that come in meanwhile: a number, or credit.")
    var load = "0"
    @Option(help: "Where the temporary folder is made.")
    var folder: String?
    @OptionGroup var format: FormatOptions

    private static let producers = 8

    func validate() throws {
        guard (1...400).contains(subscribers), (1...10_000).contains(alerts),
            (1...10_000).contains(pause),
            load == "credit" || (0...1_000_000).contains(Int(load) ?? -1)
        else {
            throw ValidationError(
                "give 1 to 400 subscribers and 1 to 10000 alerts; --load N or credit"
            )
        }
    }

    func run() throws {
        try BenchCounty.measure(
            under: folder,
            settings: [("sessions", "1024")],
            stages: .full,
            isPlain: false,
            measure
        )
    }

    private func measure(_ county: BenchCounty) throws {
        let keys = try BenchKeys(folder: county.folder, isPlain: false)
        let audience = try Audience(county, keys, count: subscribers, expected: alerts)
        let others = load == "0" ? nil : try IntakeRun(county, arguments: loadOptions)
        let before = county.usage
        let begun = Nanoseconds.now
        others?.begin()
        if others != nil { sleep(2) }
        let sent = try pushAlerts(county, keys)
        let seen = try audience.wait(seconds: 30)
        let seconds = Double(Nanoseconds.now - begun) / 1_000_000_000
        let after = county.usage
        others?.kill()
        try county.stop()
        let items = try county.verifiedItems()
        report(sent, seen, items: items, seconds: seconds, before, after)
    }

    private var loadOptions: [String] {
        let seconds = alerts * pause / 1000 + 10
        let items = (load == "credit" ? 6000 : Int(load) ?? 0) * seconds
        var options = ["--producers", "\(BenchFanout.producers)", "--batch", "64"]
        options += ["--items", "\(items)", "--year", "--window", "0"]
        if load != "credit" { options += ["--rate", load] }
        return options
    }

    /// Pushes the alerts' items one by one and says when each was due.
    private func pushAlerts(_ county: BenchCounty, _ keys: BenchKeys) throws -> [Int64] {
        guard let agency = CountyTemplate.agencies.first else { return [] }
        let latest = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var producer = try IntakeProducer(
            BenchConnection(
                Context(ioThreads: 1, socketsMax: 8),
                endpoint: county.endpoint,
                identity: keys.agency(agency, copy: 900)
            ),
            stream: 900,
            items: BenchItems(
                agency: agency,
                producer: 900,
                sizeBytes: 1024,
                alertEvery: 1,
                latest: latest
            ),
            count: alerts,
            plan: .init(
                batch: 1,
                window: 0,
                intervalNanoseconds: Int64(pause) * 1_000_000
            )
        )
        try producer.open()
        try producer.run()
        let sent = producer.sentAt
        try producer.close()
        return sent
    }

    private func report(
        _ sent: [Int64],
        _ seen: [[String: Int64]],
        items: Int,
        seconds: Double,
        _ before: ProcessUsage,
        _ after: ProcessUsage
    ) {
        var latencies = Latencies()
        var lost = 0
        for (place, due) in sent.enumerated() {
            let id = BenchItems.id(producer: 900, number: place + 1)
            let times = seen.map { $0[id] }
            lost += times.count { $0 == nil }
            if let last = times.compactMap({ $0 }).max() { latencies.add(last - due) }
        }
        let rate = (Double(items - alerts) / seconds).places(0)
        let cpu = (after.cpuMicroseconds - before.cpuMicroseconds) / seconds / 1_000_000
        let document: JSONValue = [
            "subscribers": .integer(Int64(subscribers)),
            "alerts": .integer(Int64(alerts)),
            "lost_deliveries": .integer(Int64(lost)),
            "last_subscriber_ms": latencies.summary,
            "load": .string(load),
            "load_items_per_second": .number(rate),
            "hub_cores": .number(cpu.places(2)),
            "rss_bytes": .integer(Int64(after.residentBytes)),
        ]
        output(document, isJSON: format.isJSON) {
            [
                "\(alerts) alerts to \(subscribers) subscribers, \(lost) deliveries lost",
                "push to the last subscriber, ms: \(latencies.summary.line)",
                "\(Int(rate)) items/s came in meanwhile",
            ]
        }
    }
}

/// The subscribers of a measurement, one thread each.
private final class Audience {
    private let expected: Int
    private let isOver = Locked(false)
    private let seen: [Locked<[String: Int64]>]
    private var threads: [OwnThread] = []

    /// Begins once every subscription is live.
    init(_ county: BenchCounty, _ keys: BenchKeys, count: Int, expected: Int) throws {
        self.expected = expected
        let seen = (0..<count).map { _ in Locked<[String: Int64]>([:]) }
        self.seen = seen
        let context = try Context(ioThreads: 1, socketsMax: 1023)
        let ready = DispatchSemaphore(value: 0)
        let failure = Locked<(any Error)?>(nil)
        let (endpoint, isOver) = (county.endpoint, isOver)
        for copy in 0..<count {
            let identity = try keys.officer(copy: copy)
            threads.append(
                OwnThread(name: "officer") {
                    do {
                        var watch = try AlertWatch(
                            BenchConnection(context, endpoint: endpoint, identity: identity)
                        )
                        ready.signal()
                        while !isOver.withLock({ $0 }) {
                            guard try watch.wait(milliseconds: 200) else { continue }
                            let found = watch.takeLatest()
                            seen[copy].withLock { $0.merge(found) { first, _ in first } }
                        }
                    } catch {
                        failure.withLock { $0 = $0 ?? error }
                        ready.signal()
                    }
                }
            )
        }
        for _ in 0..<count { ready.wait() }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// What each has seen once all have everything, or the time is over.
    func wait(seconds: Int) throws -> [[String: Int64]] {
        let deadline = Nanoseconds.now + Int64(seconds) * 1_000_000_000
        while Nanoseconds.now < deadline,
            !seen.allSatisfy({ $0.withLock { $0.count } >= expected })
        {
            usleep(20_000)
        }
        isOver.withLock { $0 = true }
        for thread in threads { thread.join() }
        return seen.map { $0.withLock { $0 } }
    }
}
