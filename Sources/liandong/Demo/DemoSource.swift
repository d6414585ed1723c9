import Domain
import Settings
import Simulation

/// What a demonstration sends, step by step of scenario time (来件).
///
/// All receipts of a step are awaited before the next begins, and one agency sends after the other,
/// so that nothing is late and two runs give the same journal.
struct DemoSource: Sendable {
    /// One agency's lines within one step.
    struct Part: Sendable {
        let agency: AgencyID
        let lines: [[UInt8]]
    }

    /// The simulated year; `nil` where the items come from a file.
    let year: SimulatedYear?
    let steps: [[Part]]

    /// Items in all.
    var count: Int { steps.reduce(0) { $0 + $1.reduce(0) { $0 + $1.lines.count } } }

    /// Scenario time between two waits for receipts, in the simulated year.
    private static let yearStep = TimeSpan.hours(12)
    /// The same for real items.
    private static let hour = TimeSpan.hours(1)

    /// A simulated year.
    init(seed: UInt64) {
        let year = SimulatedYear(seed: seed)
        self.year = year
        steps = year.steps(of: DemoSource.yearStep).map { step in
            zip(SimulatedYear.agencies, step.items).compactMap { agency, positions in
                positions.isEmpty
                    ? nil : Part(agency: agency, lines: positions.map { year.items[$0].line })
            }
        }
    }

    /// Real items.
    init(items: OrderedItems) throws(CommandFailure) {
        year = nil
        var steps: [[Part]] = []
        var hour: Int64?
        var lines: [[[UInt8]]] = []
        func parts() -> [Part] {
            zip(CountyTemplate.agencies, lines).compactMap { agency, lines in
                lines.isEmpty ? nil : Part(agency: agency, lines: lines)
            }
        }
        for item in items.lines {
            guard let agency = CountyTemplate.agencies.firstIndex(of: item.sender) else {
                let known = CountyTemplate.agencies.map(\.name).joined(separator: " ")
                throw CommandFailure(
                    .wrongUse,
                    "\(items.file):\(item.number): \(item.sender.source) is none of the "
                        + "demonstration's agencies (\(known))"
                )
            }
            let index = item.time.milliseconds / DemoSource.hour.milliseconds
            if index != hour {
                if hour != nil { steps.append(parts()) }
                hour = index
                lines = CountyTemplate.agencies.map { _ in [] }
            }
            lines[agency].append(item.bytes)
        }
        if hour != nil { steps.append(parts()) }
        self.steps = steps
    }
}
