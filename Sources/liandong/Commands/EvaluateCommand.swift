import Analysis
import ArgumentParser
import Domain
import Foundation
import Hashing
import Hub
import Journal
import LiandongClient
import Linkage
import Settings
import Text
import Wire

/// Quality of linking against labels (CONTRACT §4).
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Feed items in time order through the engine and compare with labels (评测).",
        discussion: """
            Prints one JSON document. The engine is the hub's, and so are its decisions: verify of a
            hub that was fed the same file in the same order shows the same decisions_digest.
            Example: liandong evaluate --items complaints.jsonl --gold gold.jsonl

            With --errors it shows where cases and labels disagree most instead, with the texts of your
            file: keep what it prints where the file itself may lie.

            With --tune it prints the lines of linkage.yaml whose weights link the labelled items best
            instead; with --folds as well, how such weights do on matters that they were not fitted on.
            """
    )

    @Option(help: "The items: JSON Lines of CloudEvents.")
    var items: String
    @Option(help: "The labels: {\"id\": …, \"matter\": …} a line.")
    var gold: String
    @Option(help: "Pairs with types, for near_duplicate.")
    var goldPairs: String?
    @Option(help: "A hub's file whose county and rules are used instead of the shipped ones.")
    var config: String?
    @Option(help: "Write {\"id\", \"cluster\"} lines here.")
    var clusters: String?
    @Option(help: "Write {\"a\", \"b\"} lines here, the pairs called the same text.")
    var pairs: String?
    @Option(help: "Write the alerts as they stand at the end here, one a line.")
    var alerts: String?
    @Option(
        help:
            "Write each report of each alert here as it was made, and what rules on trial reached."
    )
    var reports: String?
    @Option(help: "Show so many of the worst errors of each kind, side by side, instead.")
    var errors: Int?
    @OptionGroup(title: "Fitting weights")
    var tuning: TuneOptions

    func validate() throws {
        if let errors, !(1...1000).contains(errors) {
            throw ValidationError("--errors \(errors): give 1 to 1000")
        }
    }

    func run() throws {
        let labels = try labels(of: gold) { (lines) throws(GoldFile.Flaw) in
            try GoldFile(lines: lines)
        }
        let sameTexts = try goldPairs.map { file in
            try self.labels(of: file) { (lines) throws(GoldFile.Flaw) in
                try GoldFile.sameTexts(lines: lines)
            }
        }
        let lines = try OrderedItems(lines: TextLines.read(items), file: items)
        let county = try CountySource(hub: config)
        let run = try EvaluationRun(
            lines: lines,
            county: county,
            logsPairs: tuning.isAsked || errors != nil
        )
        Terminal.complain(
            "\(run.screened) of \(run.ids.count) items would go to the sealed lane by their wording "
                + "(screen version \(AccusationScreen.version)); all are fed here"
        )
        try write(run)
        if tuning.isAsked {
            return try tuning.run(over: run, lines: lines, county: county, gold: labels.matters)
        }
        if let errors { return ErrorSheet(run, lines, labels.matters).print(limit: errors) }
        let score = LinkingScore(ids: run.ids, gold: labels.matters, clusters: run.links.clusters)
        var members: [JSONValue.Member] = [
            .init("items", .integer(Int64(score.items))),
            .init("judged", .integer(Int64(score.judged))),
            .init("pairwise", score.pairwise.json), .init("bcubed", score.bcubed.json),
            .init("bcubed_multi", score.bcubedMulti.json), .init("matters", score.matters.json),
            .init("nmi", .number(score.nmi)),
        ]
        if let sameTexts {
            let copies = CopyScore(
                judged: Set(labels.matters.keys),
                labelled: sameTexts,
                called: run.links.pairs
            )
            members.append(.init("near_duplicate", copies.nearDuplicate.json))
            members.append(.init("pairs", .integer(Int64(copies.pairs))))
        }
        members += [
            .init("cpu_seconds", .number(run.cpuSeconds.hundredths)),
            .init("items_per_second", .number((run.itemsPerSecond).rounded())),
            .init("peak_rss_bytes", .integer(Usage.peakBytes)),
            .init("decisions", .integer(Int64(run.decisions))),
            .init("decisions_digest", .string(run.digest)),
        ]
        output(.object(members), isJSON: true) { [] }
    }

    private func write(_ run: EvaluationRun) throws(CommandFailure) {
        if let clusters {
            let found = run.links.clusters
            try TextLines.write(
                run.ids.compactMap { id in
                    found[id].map { ["id": .string(id), "cluster": .string($0)] }
                },
                to: clusters
            )
        }
        if let pairs {
            try TextLines.write(
                run.links.pairs.map { ["a": .string($0.0), "b": .string($0.1)] },
                to: pairs
            )
        }
        if let alerts { try TextLines.write(run.alerts.map(\.json), to: alerts) }
        if let reports { try TextLines.write(run.reports.map(\.json), to: reports) }
    }

    private func labels<Value>(
        of file: String,
        _ read: ([[UInt8]]) throws(GoldFile.Flaw) -> Value
    ) throws(CommandFailure) -> Value {
        let lines = try TextLines.read(file)
        do throws(GoldFile.Flaw) {
            return try read(lines)
        } catch {
            throw CommandFailure(.wrongUse, "\(file):\(error.line): \(error.description)")
        }
    }
}

/// One pass over items: what was decided, and what it cost.
struct EvaluationRun {
    private(set) var ids: [String] = []
    private(set) var links = DecidedLinks()
    private(set) var alerts: [Alert] = []
    /// Alerts as they were raised and reported again, and what rules on trial reached.
    private(set) var reports: [Decision] = []
    /// What the engine saw of each pair, when it was asked for.
    private(set) var pairLog: PairLog?
    /// The settings in force.
    private(set) var settings: LinkageSettings
    private(set) var decisions = 0
    private(set) var digest = ""
    /// Items that a hub in service would hold in its sealed lane by their wording.
    private(set) var screened = 0
    /// Of the whole pass: reading the JSON, deciding, digest.
    private(set) var cpuSeconds = 0.0
    /// Of the engine alone, text in, decisions out.
    private(set) var itemsPerSecond = 0.0

    /// Lines whose JSON is read before the engine is timed over them.
    private static let pageLines = 1024

    init(
        lines: OrderedItems,
        county: CountySource,
        logsPairs: Bool = false
    ) throws(CommandFailure) {
        settings = county.linkage
        var feed = EngineFeed(county: county.division, configuration: county.files)
        if logsPairs { feed.logPairs() }
        var progress = Progress("evaluate", total: lines.lines.count)
        let before = Usage.cpuSeconds
        var engineSeconds = 0.0
        var start = 0
        while start < lines.lines.count {
            let page = lines.lines[start...].prefix(EvaluationRun.pageLines)
            var read: [EngineFeed.Line] = []
            for line in page {
                let sent = try EvaluationRun.sent(line, file: lines.file)
                read.append(feed.inspect(sent, from: line.sender))
            }
            for (offset, line) in read.enumerated() {
                guard let item = line.item else {
                    throw CommandFailure(
                        .wrongUse,
                        "\(lines.file):\(page[page.startIndex + offset].number): is no item of the "
                            + "open hub; liandong push names what is wrong with it"
                    )
                }
                ids.append(item.ref.id)
                let screen = AccusationScreen.standard
                if screen.finding(title: item.title, text: item.text) != nil { screened += 1 }
                let began = Usage.threadSeconds
                feed.apply(line)
                engineSeconds += Usage.threadSeconds - began
                for decision in feed.decisions {
                    links.take(decision)
                    if decision.isReport { reports.append(decision) }
                }
                feed.note()
            }
            start += page.count
            progress.advance(to: start)
        }
        progress.finish()
        cpuSeconds = Usage.cpuSeconds - before
        itemsPerSecond = engineSeconds > 0 ? Double(ids.count) / engineSeconds : 0
        decisions = feed.digest.count
        digest = feed.digest.value.hex
        pairLog = feed.engine.pairLog
        while true {
            let page = feed.engine.alerts(after: alerts.last?.id, limit: 500)
            alerts += page
            if page.count < 500 { break }
        }
    }
}

extension Decision {
    /// It tells officers of a matter, or would have.
    fileprivate var isReport: Bool {
        switch content {
        case .alertRaised, .alertChanged, .ruleTried: true
        default: false
        }
    }
}

extension EvaluationRun {
    /// The line as the agency's daemon sends it: telephones and other private values are masked, so
    /// that the engine sees what it sees in a hub.
    static func sent(
        _ line: OrderedItems.Line,
        file: String
    ) throws(CommandFailure) -> [UInt8] {
        // All are fed, as one lane whose reader may read accusations too.
        let gate = DepartureGate(agency: line.sender, screensWording: false)
        switch gate.pass(line: line.bytes, file: file, row: line.number) {
        case .item(let item, _), .forSuperior(let item, _): return item.event
        case .skipped: return line.bytes
        case .setAside(let mistakes):
            throw CommandFailure(
                .wrongUse,
                mistakes.first?.description ?? "\(file):\(line.number): is no item"
            )
        }
    }
}

/// The items of a file in time order, each with its sender; what is no item is named.
struct OrderedItems {
    struct Line {
        let bytes: [UInt8]
        let sender: AgencyID
        let number: Int
        let time: Timestamp
    }

    let file: String
    let lines: [Line]

    /// Lines that are in order already.
    init(file: String, ordered: [Line]) {
        self.file = file
        lines = ordered
    }

    /// Lines with a time and a source; everything else is the gate's to judge.
    init(lines: [[UInt8]], file: String) throws(CommandFailure) {
        self.file = file
        var found: [Line] = []
        for (place, bytes) in lines.enumerated() where bytes.contains(where: { $0 > 32 }) {
            guard let value = try? JSONValue(parsing: bytes),
                let sender = value["source"]?.text.flatMap({ AgencyID(source: $0) }),
                let time = value["time"]?.text.flatMap({ Timestamp(rfc3339: $0) })
            else {
                throw CommandFailure(
                    .wrongUse,
                    "\(file):\(place + 1): is no item; give JSON with source and time (CONTRACT §1)"
                )
            }
            found.append(Line(bytes: bytes, sender: sender, number: place + 1, time: time))
        }
        // Stable by the line's number: equal times keep the file's order.
        self.lines = found.sorted { ($0.time, $0.number) < ($1.time, $1.number) }
    }
}

/// Where county and rules come from: a hub's folder, or what `init` writes.
struct CountySource: Sendable {
    let division: Division
    let files: CountyFiles
    /// How likeness is judged.
    let linkage: LinkageSettings

    init(hub: String?) throws(CommandFailure) {
        let (division, county) = try reading { () throws(SettingsError) in
            if let hub {
                let settings = try HubSettings(file: hub)
                return (settings.county, try CountyConfiguration(folder: settings.folder))
            }
            let template = CountyTemplate()
            return (template.divisions.county, try CountyConfiguration(template: template))
        }
        self.division = division
        files = CountyFiles(county)
        linkage = county.linkage
    }
}

extension CountyFiles {
    /// The files of a county as the hub journals them.
    init(_ county: CountyConfiguration) {
        self.init(
            files: county.files.map { CountyFile(canonical: $0.canonical, content: $0.file) },
            agencies: county.agencies
        )
    }
}

extension LinkingScore.Quality {
    /// The three figures.
    var json: JSONValue {
        ["precision": .number(precision), "recall": .number(recall), "f1": .number(f1)]
    }
}

extension Double {
    fileprivate var hundredths: Double { (self * 100).rounded() / 100 }
}
