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
            let nearest = choice.nearest.item
            let other = items[nearest].caseNumber
            let own = items[number].caseNumber
            // What officers parted stays apart.
            guard other != own, !edits.forbid(members(of: nearest), members(of: number)) else {
                continue
            }
            found.append(
                other < 0
                    ? follow(choice, newcomer: number)
                    : merge(Int(own), Int(other), choice, newcomer: number)
            )
        }
        wake(Int(items[number].caseNumber))
        reopen(Int(items[number].caseNumber), into: &found)
    }

    /// The items of the case in which an item stands, or the item alone.
    func members(of item: Int) -> [Int32] {
        let number = Int(items[item].caseNumber)
        return number < 0 ? [Int32(item)] : cases.cases[number].members
    }

    private mutating func join(_ number: Int, _ choice: CaseChoice) -> Decision.Content {
        let nearest = choice.nearest.item
        let evidence = choice.nearest.evidence(items, scorePermille: choice.scorePermille)
        keep(choice, newcomer: number, joined: number)
        let known = Int(items[nearest].caseNumber)
        let caseNumber =
            known >= 0
            ? known : cases.open(founder: nearest, county: configuration.county, items: &items)
        cases.move(number, to: caseNumber, items: &items)
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
        keep(choice, newcomer: newcomer, joined: choice.nearest.item)
        cases.move(choice.nearest.item, to: caseNumber, items: &items)
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
        keep(choice, newcomer: newcomer, absorbed: absorbed)
        cases.merge(absorbed, into: kept, items: &items)
        return .caseMerged(
            cases.cases[kept].id,
            scope(of: kept),
            absorbed: cases.cases[absorbed].id,
            evidence
        )
    }

    private mutating func keep(
        _ choice: CaseChoice,
        newcomer: Int,
        joined: Int = -1,
        absorbed: Int = -1
    ) {
        var link = Link(choice, newcomer: newcomer)
        (link.joined, link.absorbed) = (Int32(joined), Int32(absorbed))
        if links.isOutdated { links.adopt(presentRules) }
        links.add(link)
    }

    /// The rules that hold for links from now on.
    var presentRules: LinkRules {
        LinkRules(
            configuration.settings,
            engine: edition.version,
            linkage: configuration.versions[ConfigurationFile.Name.linkage.rawValue] ?? 0
        )
    }

    func scope(of caseNumber: Int) -> CaseScope {
        CaseScope(
            division: cases.cases[caseNumber].division,
            category: cases.cases[caseNumber].category
        )
    }

    /// Officers were warned of the matter of the case.
    private func isWarned(_ caseNumber: Int) -> Bool {
        let anchor = cases.cases[caseNumber].anchor
        let id = AlertID(county: configuration.county, kind: .matter, anchor: anchor)
        return alerts.number(of: id) != nil
    }
}
