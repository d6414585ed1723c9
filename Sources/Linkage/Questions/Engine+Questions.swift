package import Domain

extension Engine {
    /// The most rows of one answer.
    package static let rowsMax = 1000

    /// Lines in quarantine so far (待校验).
    package var quarantineCount: Int { tally.quarantined }

    /// When a deadline may fire next; an entry at that time or later makes it fire.
    ///
    /// `nil` while the clock holds the deadlines.
    package var nextDue: Timestamp? {
        guard !clock.isHeld else { return nil }
        return [alerts.deadlines.nextDue, backlogs.nextDue].compactMap { $0 }.min()
    }

    /// Where the hub's clock stands by the entries.
    package var clockStanding: ClockStanding { clock }

    /// The number of an item in the hub; `nil` for an identity that never came, for a step in the life
    /// of an item and for one that was withdrawn.
    package borrowing func ordinal(of ref: ItemRef) -> UInt64? {
        identities.number(of: ref).flatMap { number in
            number > 0 && !withdrawals.holds(Int(number) - 1) ? UInt64(number) : nil
        }
    }

    /// Alerts in the order in which they were raised, after one of them.
    ///
    /// An unknown `after` yields nothing, so that a page is never repeated by mistake; `activeOnly`
    /// leaves out those that somebody has signed for, and those that are over.
    package borrowing func alerts(
        after: AlertID? = nil,
        limit: Int,
        activeOnly: Bool = false
    ) -> [Alert] {
        guard let start = start(after: after, in: after.flatMap { alerts.number(of: $0) }) else {
            return []
        }
        var found: [Alert] = []
        for standing in alerts.standings.dropFirst(start) {
            if found.count >= min(limit, Engine.rowsMax) { break }
            let isSettled = [.acknowledged, .over].contains(standing.alert.state)
            if activeOnly, isSettled { continue }
            found.append(standing.alert)
        }
        return found
    }

    /// An alert as it stands.
    package borrowing func alert(_ id: AlertID) -> Alert? { alerts[id] }

    /// Cases of at least `itemsMin` items in the order in which they were opened, after one of them.
    package borrowing func cases(
        after: CaseID? = nil,
        limit: Int,
        itemsMin: Int = 2
    ) -> [CaseRow] {
        guard let start = start(after: after, in: after.flatMap { cases.place(of: $0) }) else {
            return []
        }
        var found: [CaseRow] = []
        for known in cases.cases.dropFirst(start) {
            if found.count >= min(limit, Engine.rowsMax) { break }
            let isGone = known.members.count == 1 && withdrawals.holds(known.founder)
            if known.members.count >= itemsMin, !isGone { found.append(row(known)) }
        }
        return found
    }

    /// One case; `nil` when there is none of the identifier.
    package borrowing func caseRow(_ id: CaseID) -> CaseRow? {
        guard let number = cases.number(of: id), !isGone(number) else { return nil }
        return row(cases.cases[number])
    }

    /// The case in which the item with an ordinal stands, with at least one other.
    package borrowing func caseRow(ofItem ordinal: UInt64) -> CaseRow? {
        guard let item = kept(ordinal), items[Int(item)].caseNumber >= 0 else { return nil }
        let known = cases.cases[Int(items[Int(item)].caseNumber)]
        return known.members.count > 1 ? row(known) : nil
    }

    /// Nothing is left of a case but an item that was withdrawn.
    private borrowing func isGone(_ number: Int) -> Bool {
        cases.cases[number].members.count == 1 && withdrawals.holds(cases.cases[number].founder)
    }

    /// An item as a member of a case, also where it stands alone.
    package borrowing func member(_ ordinal: UInt64) -> CaseMember? {
        kept(ordinal).map { member(of: $0) }
    }

    /// The purpose of an item of an agency that names none; `nil` for an agency that is not registered.
    package borrowing func defaultPurpose(of agency: AgencyID) -> Purpose? {
        configuration.agencies[agency]?.defaultPurpose
    }

    /// The subject of an item; `nil` when it never came.
    package borrowing func subject(ofItem ordinal: UInt64) -> Subject? {
        kept(ordinal).map { number in
            let item = items[Int(number)]
            return .item(item.ref.agency, item.division, item.category)
        }
    }

    /// The members of a case in journal order, after the one with an ordinal.
    package borrowing func caseMembers(
        _ id: CaseID,
        after: UInt64 = 0,
        limit: Int
    ) -> [CaseMember] {
        guard let number = cases.number(of: id), !isGone(number) else { return [] }
        var found: [CaseMember] = []
        for member in cases.cases[number].members where UInt64(member) + 1 > after {
            if found.count >= min(limit, Engine.rowsMax) { break }
            found.append(self.member(of: member))
        }
        return found
    }

    borrowing func member(of number: Int32) -> CaseMember {
        let item = items[Int(number)]
        return CaseMember(
            ref: item.ref,
            ordinal: UInt64(number) + 1,
            time: item.time,
            isCopy: item.flags.contains(.copy)
        )
    }

    /// Visits in the order in which they were first reported, after the one with a number.
    package borrowing func visits(after: Int = 0, limit: Int) -> [VisitRow] {
        var found: [VisitRow] = []
        for number in visits.visits.indices.dropFirst(max(0, after)) {
            if found.count >= min(limit, Engine.rowsMax) { break }
            if let row = visitRow(number) { found.append(row) }
        }
        return found
    }

    /// The least heads of a joint visit (群访).
    var jointVisitHeadsMin: Int { configuration.rules?.jointVisitHeadsMin ?? 5 }

    /// The heads that count for a visit.
    borrowing func countedHeads(ofVisit number: Int) -> Int {
        visits.counting(number, items: items, agencies: configuration.agencies)
            .map { items[$0].heads } ?? 0
    }

    private func start<ID>(after: ID?, in number: Int?) -> Int? {
        guard after != nil else { return 0 }
        return number.map { $0 + 1 }
    }

    private borrowing func row(_ known: Cases.Case) -> CaseRow {
        let times = known.byTime.map { items[Int($0)].time }
        let visits = Set(known.members.compactMap { self.visits.number(of: Int($0)) })
        return CaseRow(
            id: known.id,
            founder: items[known.founder].ref,
            items: ItemCount(known.members.count),
            persons: PersonCount(
                Measures.persons(of: known.members, items: items, persons: persons)
            ),
            visits: visits.count,
            heads: HeadCount(visits.reduce(0) { $0 + max(0, countedHeads(ofVisit: $1)) }),
            agencies: Measures.agencies(of: known.members, items: items).map {
                CaseRow.AgencyItems(agency: $0.agency, items: ItemCount($0.items))
            },
            division: known.division,
            category: known.category,
            first: times.first ?? items[known.founder].time,
            last: times.last ?? items[known.founder].time,
            life: known.life
        )
    }

    private borrowing func visitRow(_ number: Int) -> VisitRow? {
        let agencies = configuration.agencies
        let reports = visits.visits[number].reports
        guard let first = reports.first,
            let counting = visits.counting(number, items: items, agencies: agencies)
        else { return nil }
        var rows: [VisitReport] = []
        for report in reports {
            if let row = visits.report(Int(report), items: items, agencies: agencies) {
                rows.append(row)
            }
        }
        return VisitRow(
            number: number + 1,
            founder: items[Int(first)].ref,
            counting: items[counting].ref,
            heads: HeadCount(items[counting].heads),
            reports: rows,
            time: items[counting].time,
            isJoint: items[counting].heads >= jointVisitHeadsMin
        )
    }
}
