import ArgumentParser
import Catalogue
import Domain
import Foundation
import Hub
import LiandongClient
import Settings
import Wire

/// Proposes a mapping from an export, or tries one.
struct MapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Propose a mapping for an export, and show what would leave (映射).",
        discussion: """
            Guesses from headings and values which column is which attribute, or takes the mapping of
            --mapping; maps every row, sends nothing, and shows the first ten rows before and after
            masking. What does not fit is named by row and column; exit 1 when a row does not fit.
            What it shows is personal data: for the agency's own screen.
            Example: liandong map export.csv --division 441424 --out my.mapping.json
            """
    )

    @Argument(help: "An export: CSV, a JSON document, or JSON lines.")
    var file: String
    @Option(help: "The agency's file: its name and the county's key.")
    var config: String?
    @Option(help: "A mapping file to try instead of guessing one.")
    var mapping: String?
    @Option(help: "Write the proposed mapping to this file, which must not exist yet.")
    var out: String?
    @Option(help: "The county's code, for items that name no place.")
    var division: String?
    @Option(help: "A CSV of the townships: code (nine digits) and name.")
    var towns: String?
    @OptionGroup var format: FormatOptions

    func run() throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(.wrongUse, "\(file) cannot be read")
        }
        if let mapping, !FileManager.default.isReadableFile(atPath: mapping) {
            throw CommandFailure(.wrongUse, "\(mapping) cannot be read")
        }
        if let out, FileManager.default.fileExists(atPath: out) {
            throw CommandFailure(.wrongUse, "\(out) exists already; name another file")
        }
        let bytes = [UInt8](data)
        let (gate, keys) = try agency()
        let places = try divisions()
        let report: MappingReport
        do throws(Mistake) {
            let (chosen, open) = try proposal(bytes, gate, places)
            let mapper = RowMapper(mapping: chosen, gate: gate, keys: keys)
            report = MappingReport(
                file: file,
                isGuess: mapping == nil,
                mapping: chosen,
                open: open,
                trial: try MappingTrial(of: mapper, on: bytes, file: file)
            )
        } catch {
            // A file that cannot be read as a whole does not fit; a wrong mapping file is wrong use.
            let isMapping = mapping != nil && error.file == mapping
            throw CommandFailure(isMapping ? .wrongUse : .fellShort, error.description)
        }
        if let out, !FileManager.default.createFile(atPath: out, contents: report.mappingFile) {
            throw CommandFailure(.wrongUse, "\(out) cannot be written")
        }
        output(report.json, isJSON: format.isJSON) {
            report.lines(columns: Terminal.columns, out: out)
        }
        if report.trial.setAside > 0 {
            throw CommandFailure(.fellShort, "\(report.trial.setAside) rows do not fit")
        }
        if report.trial.fitting == 0 { throw CommandFailure(.fellShort, "\(file) has no row") }
    }

    /// The gate of the agency, and the keys for its persons.
    private func agency() throws(CommandFailure) -> (DepartureGate, CountyKeys?) {
        guard let config else {
            guard let anybody = AgencyID(name: "agency") else {
                preconditionFailure("the name has the form")
            }
            return (DepartureGate(agency: anybody), nil)
        }
        let settings = try reading { () throws(SettingsError) in try AgencySettings(file: config) }
        do {
            let keys = try CountyKeys(of: settings, at: SystemClock().now())
            return (DepartureGate(settings), keys)
        } catch {
            throw CommandFailure(.wrongUse, "\(error)")
        }
    }

    private func proposal(
        _ bytes: [UInt8],
        _ gate: DepartureGate,
        _ places: DivisionRegister
    ) throws(Mistake) -> (Mapping, open: [Mistake]) {
        if let mapping {
            let text = FileManager.default.contents(atPath: mapping) ?? Data()
            return (try Mapping(json: [UInt8](text), file: mapping), [])
        }
        let proposal = try Mapping.propose(
            for: bytes,
            file: file,
            gate: gate,
            county: places.county,
            towns: places.towns.map { .init(title: $0.title, division: $0.division) }
        )
        // What a person must decide concerns no single row.
        return (proposal.mapping, proposal.findings.filter { $0.row == nil })
    }

    private func divisions() throws(CommandFailure) -> DivisionRegister {
        guard let division else {
            guard towns == nil else {
                throw CommandFailure(.wrongUse, "--towns: give the county too, --division 441424")
            }
            return DivisionRegister(county: .unknown, countyTitle: "", towns: [])
        }
        guard let county = Division(code: division), !county.isTownship, !county.isUnknown else {
            throw CommandFailure(.wrongUse, "--division \(division): give six digits, 441424")
        }
        guard let towns else { return TownList.standard(county: county) }
        return try reading { () throws(SettingsError) in
            try TownList.read(file: towns, county: county)
        }
    }
}
