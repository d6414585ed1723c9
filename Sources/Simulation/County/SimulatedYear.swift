package import Domain

/// An item of the simulated year as its agency would send it; it carries no label.
package struct SimulatedItem: Equatable, Sendable {
    /// The item's fields.
    package let item: Item
    /// The item as one line of JSON, a CloudEvents event without the newline (CONTRACT §1).
    package let line: [UInt8]

    /// The agency that registered it.
    package var agency: AgencyID { item.ref.agency }
}

/// A year of 五华县 (441424) as four agencies would register it: simulated, seeded, reproducible.
///
/// The same seed and plan give the same bytes on every machine. Places, companies, estates and
/// persons are invented. What is true of the year stands in ``truth``, apart from the items, and is
/// read by checks alone. Building takes some two seconds.
package struct SimulatedYear: Sendable {
    /// Some hours of the year.
    package struct Step: Equatable, Sendable {
        /// The begin of the hours.
        package let start: Timestamp
        /// For each agency in the order of ``SimulatedYear/agencies``, the positions of its items in
        /// time order.
        package let items: [[Int]]
    }

    /// The four agencies: 信访局, 12345, 宣传部, 融媒体中心.
    package static let agencies = ["xinfang", "zhengshu", "xuanchuan", "rongmeiti"].compactMap {
        AgencyID(name: $0)
    }

    /// The items in time order.
    package let items: [SimulatedItem]
    /// What is true of them; for checks alone.
    package let truth: SimulatedTruth
    /// Which seed it came from.
    package let seed: UInt64

    /// A year from a seed.
    package init(seed: UInt64, plan: CountyPlan = .standard) {
        var builder = YearBuilder(plan: plan, seed: seed)
        builder.build()
        let assembly = YearAssembly(builder: builder, seed: seed)
        (items, truth) = assembly.assemble()
        self.seed = seed
    }

    /// The year in steps of some hours, so that the items of one step can be sent by all agencies
    /// before the next begins; steps without items are left out.
    ///
    /// - Parameter length: How long a step is; at least a second.
    /// - Returns: The steps that hold items, in the order of time.
    package func steps(of length: TimeSpan) -> [Step] {
        precondition(length >= .seconds(1), "a step lasts at least a second")
        guard let first = items.first else { return [] }
        let origin = first.item.time.countyDay.start
        var steps: [Step] = []
        var current: Int64 = -1
        var groups: [[Int]] = []
        func start(of index: Int64) -> Timestamp {
            Timestamp(milliseconds: origin.milliseconds + index * length.milliseconds)
        }
        for (position, item) in items.enumerated() {
            let index = (item.item.time - origin).milliseconds / length.milliseconds
            if index != current {
                if current >= 0 { steps.append(Step(start: start(of: current), items: groups)) }
                current = index
                groups = Array(repeating: [], count: SimulatedYear.agencies.count)
            }
            let agency = SimulatedYear.agencies.firstIndex(of: item.agency) ?? 0
            groups[agency].append(position)
        }
        steps.append(Step(start: start(of: current), items: groups))
        return steps
    }
}
