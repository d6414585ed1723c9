import Domain

extension Engine {
    /// Adds an item's report to its visit, if it reports one (群访登记).
    mutating func visit(
        _ number: Int,
        related: [Int],
        into found: inout [Decision.Content]
    ) {
        let item = items[number]
        let isReport = item.flags.contains(.visit) && item.heads > 0
        guard isReport || visits.number(of: number) != nil else { return }
        _ = visits.add(report: number, related: related)
        if let report = visits.report(number, items: items, agencies: configuration.agencies) {
            found.append(.visited(report))
        }
    }
}
