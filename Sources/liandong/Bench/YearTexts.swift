import Domain
import Simulation
import Wire

/// The lines of simulated years, so that a measured engine has real work: each carries another id, and
/// the sender's own name.
final class YearTexts: Sendable {
    private let lines: [[UInt8]]

    /// Years enough for so many items, six at most; from then on texts come again.
    init(items: Int) {
        var lines: [[UInt8]] = []
        var seed: UInt64 = 1
        while lines.count < items, seed <= 6 {
            lines += SimulatedYear(seed: seed).items.map(\.line)
            seed += 1
        }
        self.lines = lines
    }

    /// The line at a place, counted round.
    func line(_ place: Int, agency: AgencyID, id: String) -> [UInt8] {
        YearTexts.renamed(lines[place % lines.count], agency: agency, id: id)
    }

    /// A line with another sender and another identifier.
    static func renamed(_ line: [UInt8], agency: AgencyID, id: String) -> [UInt8] {
        guard let members = (try? JSONValue(parsing: line))?.members else { return line }
        return JSONValue.object(
            members.map { member in
                switch member.key {
                case "source": .init("source", .string(agency.source))
                case "id": .init("id", .string(id))
                default: member
                }
            }
        ).bytes
    }
}
