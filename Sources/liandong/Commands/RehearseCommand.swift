import ArgumentParser
import Domain
import Hub
import Journal
import Linkage
import Logging
import Settings
import Simulation
import Storage
import Wire

/// What acceptance runs prepare; no part of a county's work.
struct RehearseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "Prepare what an acceptance run needs.",
        shouldDisplay: false,
        subcommands: [
            RehearseJournalCommand.self, RehearseCasesCommand.self, RehearseTextsCommand.self,
        ]
    )
}

/// Fills a stopped hub's journal with simulated years, one after the other.
struct RehearseJournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Write the items of simulated years into a stopped hub's journal.",
        discussion: """
            Entries as the hub would write them, without sessions and receipts: the gate looks at every
            line, and each commit is synced. Nothing is decided; the next start of the hub does that.
            Example: liandong rehearse journal --config DIR/hub.yaml --items 1000000
            """
    )

    @Option(help: "The hub's file.")
    var config = "hub.yaml"
    @Option(help: "How many items.")
    var items = 100_000

    func run() throws {
        let settings = try reading { () throws(SettingsError) in try HubSettings(file: config) }
        let county = try reading { () throws(SettingsError) in
            try CountyConfiguration(folder: settings.folder)
        }
        let files = CountyFiles(county)
        let layout = JournalOptions(
            inputSegmentBytes: settings.limits.segmentBytes,
            decisionSegmentBytes: settings.limits.segmentBytes
        )
        try begin(settings, files, layout)
        var opened = try OpenedJournal.open(
            PosixDisk(),
            folder: settings.dataFolder,
            options: layout
        )
        var journal = opened.takeInputs()
        var written = WrittenYears(gate: Gate(agencies: files.agencies), after: journal.lastTime)
        var progress = Progress("rehearse", total: items)
        var seed: UInt64 = 1
        while written.items < items {
            for page in written.pages(of: SimulatedYear(seed: seed), year: seed, max: items) {
                try journal.append(page)
                try journal.sync()
                progress.advance(to: written.items)
            }
            seed += 1
        }
        try journal.close()
        progress.finish()
        let document: JSONValue = [
            "items": .integer(Int64(written.items)), "bytes": .integer(Int64(written.bytes)),
            "years": .integer(Int64(seed - 1)),
            "entries": .integer(Int64(journal.lastNumber)),
        ]
        Terminal.print(document.line)
    }

    /// Founds the journal and takes the configuration in, as a hub's first start does.
    private func begin(
        _ settings: HubSettings,
        _ files: CountyFiles,
        _ layout: JournalOptions
    ) throws {
        _ = try SteppedHub(
            disk: PosixDisk(),
            folder: settings.dataFolder,
            layout: layout,
            options: HubOptions(settings),
            configuration: files,
            clock: SystemClock(),
            log: HubLog.make(.warning)
        )
    }
}

/// The items of simulated years as journal entries: each year follows the one before.
private struct WrittenYears {
    private(set) var items = 0
    private(set) var bytes = 0

    private let gate: Gate
    private var stamp: Stamp
    private var numbers: [AgencyID: UInt64] = [:]

    private static let pageEntries = 1024

    init(gate: Gate, after last: Timestamp) {
        self.gate = gate
        stamp = Stamp(after: last, hasScenarioClock: true)
    }

    mutating func pages(of year: SimulatedYear, year number: UInt64, max: Int) -> [[JournalEntry]] {
        var pages: [[JournalEntry]] = []
        var page: [JournalEntry] = []
        for item in year.items where items < max {
            let line = WrittenYears.moved(item.line, year: number)
            guard case .item(let read, let digest) = content(line, item.agency) else { continue }
            let position = numbers[item.agency, default: 0] + 1
            numbers[item.agency] = position
            let stream = StreamID(agency: item.agency, name: "rehearsal", epoch: 1)
            let record = JournalRecord.item(
                StreamPosition(stream: stream, number: position),
                id: read.ref.id,
                digest,
                event: line
            )
            page.append(
                JournalEntry(
                    at: stamp.next(now: read.time, itemTime: read.time),
                    kind: EntryKind(rawValue: record.kind.rawValue),
                    payload: EntryCodec.encode(record)
                )
            )
            items += 1
            bytes += line.count
            if page.count == WrittenYears.pageEntries {
                pages.append(page)
                page = []
            }
        }
        return page.isEmpty ? pages : pages + [page]
    }

    private func content(_ line: [UInt8], _ agency: AgencyID) -> Entry.Content {
        line.withUnsafeBytes { gate.inspect($0, from: agency).content }
    }

    /// The line with another year in its times and in front of its number.
    private static func moved(_ line: [UInt8], year: UInt64) -> [UInt8] {
        var moved: [UInt8] = []
        moved.reserveCapacity(line.count + 8)
        var place = 0
        while place < line.count {
            let rest = line[place...]
            if line[place] == 34, rest.starts(with: yearBefore) {
                moved += Array("\"\(2000 + year)-".utf8)
                place += yearBefore.count
            } else if line[place] == 34, rest.starts(with: idBefore) {
                moved += idBefore + Array("\(year)-".utf8)
                place += idBefore.count
            } else {
                moved.append(line[place])
                place += 1
            }
        }
        return moved
    }

    private static let yearBefore = Array("\"2025-".utf8)
    private static let idBefore = Array("\"id\":\"".utf8)
}
