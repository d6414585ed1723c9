import Domain

extension Engine {
    /// Puts an item into the case of its choice, opening it when it is the second, and makes one
    /// with it what else the item belongs to (归案).
    mutating func place(
        _ number: Int,
        _ choices: [CaseChoice],
        into found: inout [Decision.Content]
    ) {
        guard let first = choices.first else { return }
        found.append(join(number, first))
        for choice in choices.dropFirst() {
            let other = items[choice.nearest.item].caseNumber
            let own = items[number].caseNumber
            guard other != own else { continue }
            found.append(
                other < 0
                    ? follow(choice, newcomer: number)
                    : merge(Int(own), Int(other), choice, newcomer: number)
            )
        }
    }

    private mutating func join(_ number: Int, _ choice: CaseChoice) -> Decision.Content {
        let nearest = choice.nearest.item
        let evidence = choice.nearest.evidence(items, scorePermille: choice.scorePermille)
        let known = Int(items[nearest].caseNumber)
        let caseNumber =
            known >= 0
            ? known : cases.open(founder: nearest, county: configuration.county, items: items)
        items[nearest].caseNumber = Int32(caseNumber)
        add(number, to: caseNumber)
        let id = cases.cases[caseNumber].id
        return known >= 0
            ? .caseJoined(id, scope(of: caseNumber), joined: items[number].ref, evidence)
            : .caseOpened(
                id,
                scope(of: caseNumber),
                founder: items[nearest].ref,
                joined: items[number].ref,
                evidence
            )
    }

    /// A single item follows the newcomer into its case: what it was near to came late.
    private mutating func follow(_ choice: CaseChoice, newcomer: Int) -> Decision.Content {
        let caseNumber = Int(items[newcomer].caseNumber)
        var evidence = choice.nearest.evidence(items, scorePermille: choice.scorePermille)
        evidence.nearest = items[newcomer].ref
        add(choice.nearest.item, to: caseNumber)
        return .caseJoined(
            cases.cases[caseNumber].id,
            scope(of: caseNumber),
            joined: items[choice.nearest.item].ref,
            evidence
        )
    }

    /// Makes two cases one.
    ///
    /// The one that officers were warned of goes on, else the older.
    private mutating func merge(
        _ own: Int,
        _ other: Int,
        _ choice: CaseChoice,
        newcomer: Int
    ) -> Decision.Content {
        let (isOwnWarned, isOtherWarned) = (isWarned(own), isWarned(other))
        let kept =
            isOwnWarned == isOtherWarned ? min(own, other) : isOwnWarned ? own : other
        let absorbed = kept == own ? other : own
        let evidence = choice.nearest.evidence(items, scorePermille: choice.scorePermille)
        cases.merge(absorbed, into: kept, items: &items)
        return .caseMerged(
            cases.cases[kept].id,
            scope(of: kept),
            absorbed: cases.cases[absorbed].id,
            evidence
        )
    }

    private mutating func add(_ number: Int, to caseNumber: Int) {
        items[number].caseNumber = Int32(caseNumber)
        cases.join(number, to: caseNumber, items: items)
    }

    private func scope(of caseNumber: Int) -> CaseScope {
        CaseScope(
            division: cases.cases[caseNumber].division,
            category: cases.cases[caseNumber].category
        )
    }

    /// Officers were warned of the matter of the case.
    private func isWarned(_ caseNumber: Int) -> Bool {
        let founder = items[cases.cases[caseNumber].founder].ref
        let id = AlertID(county: configuration.county, kind: .matter, foundedBy: founder)
        return alerts.number(of: id) != nil
    }
}
