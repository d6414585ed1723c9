package import Domain

/// The totals of items for readers without the right to the items; `nil` for what is not shown (小数抑制).
///
/// Counts that stand in no sum are judged one by one and are not in it.
package struct PublishedCounts: Equatable, Sendable {
    /// One agency's items by kind.
    package struct Row: Equatable, Sendable {
        /// The agency.
        package var agency: AgencyID
        /// Complaints (诉求).
        package var complaints: Int?
        /// Sentiment items (舆情).
        package var sentiments: Int?
        /// Risks found by inspection (排查).
        package var risks: Int?
        /// Items of any kind.
        package var all: Int?
    }

    /// By agency, by name.
    package var agencies: [Row]
    /// Items in all.
    package var items: Int?
    /// Complaints of agencies that register petitions (信访件).
    package var petitions: Int?
    /// Petition items without an earlier one of the same person and matter (初访、初件).
    package var petitionsFirst: Int?
    /// The other petition items (重复).
    package var petitionsRepeat: Int?
}

extension Counts {
    /// What of the totals may be shown, so that no hidden number follows from the others.
    ///
    /// The sums are those of each agency, of all agencies for each kind and in all, of the petitions, and of
    /// the complaints of the agencies that register petitions. The sums for each kind are in no answer, but
    /// may be read elsewhere.
    package var published: PublishedCounts {
        var table = CellTable()
        var rows: [[Int]] = []
        for agency in agencies {
            let complaints = table.add(agency.complaints.value)
            let sentiments = table.add(agency.sentiments.value)
            let risks = table.add(agency.risks.value)
            let all = table.add(agency.all.value, .sum)
            table.add(sum: all, of: [complaints, sentiments, risks])
            rows.append([complaints, sentiments, risks, all])
        }
        let items = table.add(self.items.value, .whole)
        table.add(sum: items, of: rows.map { $0[3] })
        let kinds = [
            agencies.map(\.complaints), agencies.map(\.sentiments), agencies.map(\.risks),
        ]
        for (kind, values) in kinds.enumerated() {
            let total = table.add(values.reduce(0) { $0 + $1.value }, .whole)
            table.add(sum: total, of: rows.map { $0[kind] })
        }
        let petitions = table.add(self.petitions.value, .sum)
        let first = table.add(petitionsFirst.value)
        let again = table.add(petitionsRepeat.value)
        table.add(sum: petitions, of: [first, again])
        let registering = agencies.indices.filter { agencies[$0].registersPetitions }
        table.add(sum: petitions, of: registering.map { rows[$0][0] })
        let shown = table.shown()
        return PublishedCounts(
            agencies: agencies.indices.map { index in
                PublishedCounts.Row(
                    agency: agencies[index].agency,
                    complaints: shown[rows[index][0]],
                    sentiments: shown[rows[index][1]],
                    risks: shown[rows[index][2]],
                    all: shown[rows[index][3]]
                )
            },
            items: shown[items],
            petitions: shown[petitions],
            petitionsFirst: shown[first],
            petitionsRepeat: shown[again]
        )
    }
}
