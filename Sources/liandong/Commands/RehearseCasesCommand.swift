import Analysis
import ArgumentParser
import Domain
import Journal
import Linkage
import Settings
import Storage
import Wire

/// What the cases of a journal would be under another linkage file.
struct RehearseCasesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases",
        abstract: "Decide a stopped hub's journal again under another linkage file.",
        discussion: """
            Goes along the first epoch's entries; wherever a linkage file came into force, the other one
            does. Prints one item a line with its case: {"source", "id", "case"}, null where it stands alone.
            Example: liandong rehearse cases DIR/data --linkage other.yaml
            """
    )

    @Argument(help: "The data folder.")
    var folder: String
    @Option(help: "The other linkage file.")
    var linkage: String
    @Flag(help: "Leave officers' commands out.")
    var withoutCommands = false

    func run() throws {
        let file = try reading { () throws(SettingsError) in
            try CountyConfiguration.file(.linkage, path: linkage).file
        }
        let decided = Decided(file, withoutCommands: withoutCommands)
        do throws(JournalError) {
            _ = try JournalReport.of(PosixDisk(), folder: folder) { decided.take($0) }
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        for line in decided.lines { Terminal.print(line) }
    }

    /// A fresh engine on its way along a journal; a reference, so that a closure can go on with it.
    private final class Decided {
        private var engine = Engine()
        private var items: [ItemRef] = []
        private let linkage: ConfigurationFile
        private let withoutCommands: Bool
        private let decoder = EventDecoder()
        private var decisions: [Decision] = []

        init(_ linkage: ConfigurationFile, withoutCommands: Bool) {
            self.linkage = linkage
            self.withoutCommands = withoutCommands
        }

        func take(_ stored: StoredEntry) {
            guard let payload = stored.bytes,
                let record = try? EntryCodec.decode(kind: stored.kind.rawValue, payload: payload),
                var content = try? record.entryContent(decoder)
            else { return }
            switch content {
            case .configuration(let file) where file.name == .linkage:
                content = .configuration(linkage)
            case .command where withoutCommands: return
            default: break
            }
            decisions.removeAll(keepingCapacity: true)
            engine.apply(Entry(at: stored.at, content: content), into: &decisions)
            for decision in decisions {
                if case .admitted(let admission) = decision.content { items.append(admission.ref) }
            }
        }

        /// Each item with its case, in journal order.
        var lines: [String] {
            items.map { ref in
                let id = engine.ordinal(of: ref).flatMap { engine.caseRow(ofItem: $0)?.id.text }
                let line: JSONValue = [
                    "source": .string(ref.agency.source), "id": .string(ref.id),
                    "case": id.map { .string($0) } ?? .null,
                ]
                return line.line
            }
        }
    }
}
