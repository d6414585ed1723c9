import ArgumentParser
import Domain
import Foundation
import Hub
import Journal
import Simulation
import Wire

/// The engine alone: the simulated year through gate, stages and decision codec on one thread.
struct BenchEngine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "The simulated year through gate, engine and decision codec, on one thread.",
        discussion: """
            Nothing is written and nothing is sent: what a hub's engine costs by itself. Instructions are
            counted by perf stat where the machine has counters, and are null elsewhere.
            Example: liandong bench engine --years 2 --format json
            """
    )

    @Option(help: "Simulated years, one after the other.")
    var years = 1
    @OptionGroup var format: FormatOptions

    func validate() throws {
        guard (1...20).contains(years) else { throw ValidationError("give 1 to 20 years") }
    }

    func run() throws {
        let county = try CountySource(hub: nil)
        var feed = EngineFeed(county: county.division, configuration: county.files)
        var lines: [(bytes: [UInt8], agency: AgencyID)] = []
        for seed in 1...years {
            for item in SimulatedYear(seed: UInt64(seed)).items {
                lines.append((item.line, item.agency))
            }
        }
        let texts = YearTexts.renumbered(lines)
        let counter = InstructionCounter()
        var seconds = (gate: 0.0, engine: 0.0, codec: 0.0)
        var start = 0
        while start < texts.count {
            let page = texts[start..<min(start + 1024, texts.count)]
            let begun = Usage.threadSeconds
            let read = page.map { feed.inspect($0.bytes, from: $0.agency) }
            let inspected = Usage.threadSeconds
            seconds.gate += inspected - begun
            for line in read {
                let before = Usage.threadSeconds
                feed.apply(line)
                let applied = Usage.threadSeconds
                feed.note()
                seconds.engine += applied - before
                seconds.codec += Usage.threadSeconds - applied
            }
            start += page.count
        }
        report(texts.count, seconds, decisions: feed.digest.count, counter.stop())
    }

    private func report(
        _ items: Int,
        _ seconds: (gate: Double, engine: Double, codec: Double),
        decisions: Int,
        _ instructions: Int?
    ) {
        func each(_ seconds: Double) -> Double { (seconds * 1_000_000 / Double(items)).places(2) }
        let rate = (Double(items) / seconds.engine).places(0)
        let document: JSONValue = [
            "items": .integer(Int64(items)),
            "items_per_second": .number(rate),
            "gate_us_per_item": .number(each(seconds.gate)),
            "engine_us_per_item": .number(each(seconds.engine)),
            "codec_us_per_item": .number(each(seconds.codec)),
            "decisions": .integer(Int64(decisions)),
            "instructions_per_item": instructions.map { .integer(Int64($0 / items)) } ?? .null,
            "rss_bytes": .integer(Usage.peakBytes),
        ]
        output(document, isJSON: format.isJSON) {
            [
                "\(Int(rate)) items/s in the engine, \(items) items, \(decisions) decisions",
                "gate \(each(seconds.gate)), engine \(each(seconds.engine)), "
                    + "codec \(each(seconds.codec)) us of CPU an item",
            ]
        }
    }
}

extension YearTexts {
    /// Lines of several years, with identifiers that no two share.
    static func renumbered(
        _ lines: [(bytes: [UInt8], agency: AgencyID)]
    ) -> [(bytes: [UInt8], agency: AgencyID)] {
        lines.enumerated().map { place, line in
            let id = BenchItems.id(producer: 0, number: place + 1)
            return (YearTexts.renamed(line.bytes, agency: line.agency, id: id), line.agency)
        }
    }
}

/// The instructions that this process executes, counted by `perf stat` from outside.
private struct InstructionCounter {
    private let perf = Process()
    private let told = Pipe()
    private let isRunning: Bool

    init() {
        perf.executableURL = URL(fileURLWithPath: "/usr/bin/perf")
        perf.arguments = ["stat", "-x", ",", "-e", "instructions:u", "-p"]
        perf.arguments?.append("\(ProcessInfo.processInfo.processIdentifier)")
        perf.standardError = told
        do {
            try DemoProcess.run(perf)
            isRunning = true
            usleep(200_000)
        } catch {
            isRunning = false
        }
    }

    /// `nil` where the machine counts none.
    func stop() -> Int? {
        guard isRunning else { return nil }
        perf.interrupt()
        let text = (try? told.fileHandleForReading.readToEnd()) ?? nil
        perf.waitUntilExit()
        let line = String(decoding: text ?? Data(), as: UTF8.self)
        return line.split(separator: ",").first.flatMap { Int($0) }
    }
}
