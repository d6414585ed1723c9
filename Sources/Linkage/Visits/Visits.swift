import Domain

/// Visits of several heads and the reports that name them: one visit reported by three agencies is
/// one (群访).
struct Visits: Sendable {
    /// One visit.
    struct Visit: Sendable {
        /// Reporting items in journal order; empty when the visit was found to be another's.
        var reports: [Int32]
    }

    private(set) var visits: [Visit] = []
    private var numbers: [Int32: Int32] = [:]

    /// The visit that an item reports.
    func number(of item: Int) -> Int? { numbers[Int32(item)].map(Int.init) }

    /// Adds a report that belongs with those of `related`; returns the number of its visit.
    ///
    /// The visit keeps the number of its earliest report.
    mutating func add(report item: Int, related: [Int]) -> Int {
        var found = related.compactMap { number(of: $0) }
        if let own = number(of: item) { found.append(own) }
        guard let kept = found.min() else {
            visits.append(Visit(reports: [Int32(item)]))
            numbers[Int32(item)] = Int32(visits.count - 1)
            return visits.count - 1
        }
        var reports = visits[kept].reports
        if !reports.contains(Int32(item)) { reports.append(Int32(item)) }
        for other in found where other != kept {
            for report in visits[other].reports where !reports.contains(report) {
                reports.append(report)
            }
            visits[other].reports = []
        }
        reports.sort()
        for report in reports { numbers[report] = Int32(kept) }
        visits[kept].reports = reports
        return kept
    }

    /// Takes a report out of its visit.
    mutating func remove(report item: Int) {
        guard let number = numbers.removeValue(forKey: Int32(item)) else { return }
        visits[Int(number)].reports.removeAll { $0 == Int32(item) }
    }

    /// The report whose heads count: that of the agency with the lowest rank, the earliest of
    /// equals; a report without heads never counts.
    func counting(_ number: Int, items: KeptItems, agencies: AgencyRegister) -> Int? {
        var best: (item: Int, rank: Int)?
        for report in visits[number].reports {
            let item = items[Int(report)]
            guard item.heads > 0 else { continue }
            let rank = agencies[item.ref.agency]?.visitRank ?? Int.max
            if best == nil || rank < best?.rank ?? Int.max { best = (Int(report), rank) }
        }
        return best?.item
    }

    /// What one report says of its visit now.
    func report(_ item: Int, items: KeptItems, agencies: AgencyRegister) -> VisitReport? {
        guard let number = number(of: item), let first = visits[number].reports.first else {
            return nil
        }
        let counting = counting(number, items: items, agencies: agencies)
        return VisitReport(
            founder: items[Int(first)].ref,
            ref: items[item].ref,
            heads: items[item].heads,
            countedHeads: counting.map { items[$0].heads } ?? 0,
            counts: counting == item
        )
    }
}

// In a state: the reports of each visit; an item stands in one of them.
extension Visits {
    func write(to writer: inout StateWriter) {
        writer.begin(.visits)
        writer.put(lists: visits.map(\.reports))
    }

    init(_ reader: inout StateReader, itemCount: Int) throws(StateError) {
        try reader.begin(.visits)
        visits = try reader.lists("the visits", below: itemCount).map { Visit(reports: $0) }
        for (place, visit) in visits.enumerated() {
            for report in visit.reports {
                try reader.check(numbers[report] == nil, "visit \(place + 1)")
                numbers[report] = Int32(place)
            }
        }
    }
}
