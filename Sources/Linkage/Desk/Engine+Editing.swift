import Domain

// Officers' edits of cases: what they say is kept, and obeyed by every later decision.
extension Engine {
    /// Obeys an edit: its items become one case, without those that they were parted from (并案、拆分).
    ///
    /// The items stand for what the officer saw, whatever their cases are under the weights at hand.
    mutating func edit(
        _ wish: CaseEdit,
        _ order: Order,
        into found: inout [Decision.Content]
    ) -> VoidReason? {
        guard !edits.isFull else { return .tooManyEdits }
        let (lead, others, parted) = wish.items
        guard (lead + others + parted).allSatisfy({ kept($0) != nil }) else { return .noSuchItem }
        let named = (lead + others).compactMap { kept($0) }
        let saying = Edits.Saying(
            together: Set(named).sorted(),
            apart: Set(parted.compactMap { kept($0) }).sorted()
        )
        edits.add(
            Edits.Edit(
                kind: wish.kind,
                officer: order.command.officer,
                at: order.at,
                saying: saying,
                itemCount: Int32(items.count)
            )
        )
        let known = Int(items[Int(named[0])].caseNumber)
        var change = CaseChange()
        let target = gather(named, &change)
        edits.note(
            moved: change.moved.map(\.item),
            former: change.moved.map(\.former),
            into: Int32(target),
            of: edits.edits.count - 1
        )
        tell(
            change,
            of: edits.edits.count - 1,
            at: target < 0 ? known : target,
            order,
            into: &found
        )
        return nil
    }

    /// Makes the cases what officers still say, where an edit that was taken back hid it.
    private mutating func enforce(_ change: inout CaseChange) {
        for place in edits.edits.indices {
            let saying = edits.sayings[place]
            guard let first = saying.together.first else { continue }
            let number = items[Int(first)].caseNumber
            let isOne =
                saying.together.count == 1
                || number >= 0
                    && saying.together.allSatisfy { items[Int($0)].caseNumber == number }
            let isParted =
                number < 0 || saying.apart.allSatisfy { items[Int($0)].caseNumber != number }
            if !isOne || !isParted { _ = gather(saying.together, &change) }
        }
    }

    /// What an edit changed, in the order in which it did.
    private struct CaseChange {
        var moved: [(item: Int32, former: Int32)] = []
        /// Cases that became one with another, or live again.
        var others: [Int] = []
        var followed: [Int32] = []
        var alerts: [AlertID] = []
        var kind: CaseEdit.Kind?
    }

    /// A case of their own for items that were parted from their case; -1 for one item.
    ///
    /// A case that became one with another lives again with the item that founded it.
    private mutating func newHome(
        for together: [Int32],
        _ change: inout CaseChange
    ) -> Int {
        let founder = Int(together[0])
        guard together.count > 1 || items[founder].caseNumber >= 0 else { return -1 }
        let own = CaseID(county: configuration.county, foundedBy: items[founder].ref)
        if let place = cases.place(of: own), cases.cases[place].mergedInto >= 0 {
            move(Int32(founder), to: place, &change)
            change.others.append(place)
            return place
        }
        if items[founder].caseNumber >= 0 { move(Int32(founder), to: -1, &change) }
        guard together.count > 1, items[founder].caseNumber < 0 else {
            return Int(items[founder].caseNumber)
        }
        return cases.open(founder: founder, county: configuration.county, items: &items)
    }

    /// Brings items, and all that belongs to them, together in a case; returns it, -1 for one item
    /// that stands alone.
    ///
    /// That is the first case of theirs in which nothing stands that they were parted from, else one of
    /// their own. Another case that one of them founded comes whole.
    private mutating func gather(_ named: [Int32], _ change: inout CaseChange) -> Int {
        let together = edits.bound(to: named)
        let own = named.map { Int(items[Int($0)].caseNumber) }.first { number in
            number >= 0 && !edits.forbid(together, cases.cases[number].members)
        }
        let target = own ?? newHome(for: together, &change)
        guard target >= 0 else { return target }
        let members = Set(together)
        for item in together {
            let number = Int(items[Int(item)].caseNumber)
            guard number != target else { continue }
            let isWhole =
                number >= 0 && members.contains(Int32(cases.cases[number].founder))
                && !edits.forbid(cases.cases[number].members, cases.cases[target].members)
                && !edits.forbid(cases.cases[number].members, together)
            guard isWhole else {
                move(item, to: target, &change)
                continue
            }
            for member in cases.cases[number].members { move(member, to: target, &change) }
            change.others.append(number)
        }
        return target
    }

    private mutating func move(_ item: Int32, to number: Int, _ change: inout CaseChange) {
        let former = items[Int(item)].caseNumber
        cases.move(Int(item), to: number, items: &items)
        if items[Int(item)].caseNumber != former { change.moved.append((item, former)) }
    }

    /// Takes an edit back (撤销): items return where they stood, and what followed is named.
    mutating func undo(
        _ number: UInt64,
        _ order: Order,
        into found: inout [Decision.Content]
    ) -> VoidReason? {
        guard number > 0, number <= UInt64(edits.edits.count) else { return .noSuchEdit }
        let place = Int(number) - 1
        let edit = edits.edits[place]
        guard !edit.isUndone else { return .alreadyUndone }
        edits.undo(place)
        var change = CaseChange()
        change.kind = .undo
        let into = edit.into < 0 ? -1 : cases.live(Int(edit.into))
        note(followersOf: edit, in: into, &change)
        if edit.kind == .split {
            rejoin(edit, from: into, &change)
        } else {
            for (item, former) in zip(edit.moved, edit.former).reversed() {
                giveBack(item, from: into, to: Int(former), &change)
            }
        }
        enforce(&change)
        let shown = into >= 0 ? into : edit.former.first.map { cases.live(Int($0)) } ?? -1
        tell(change, of: place, at: shown, order, into: &found)
        return nil
    }

    private mutating func giveBack(
        _ item: Int32,
        from into: Int,
        to former: Int,
        _ change: inout CaseChange
    ) {
        // An item that was moved again since stays where it is.
        guard Int(items[Int(item)].caseNumber) == into, former != into else { return }
        if former >= 0 {
            let isAlias = cases.cases[former].mergedInto >= 0
            guard isAlias || !edits.forbid([item], cases.cases[former].members) else { return }
            if isAlias { change.others.append(former) }
        }
        move(item, to: former, &change)
    }

    /// What was parted is one again, with what joined it since.
    private mutating func rejoin(_ edit: Edits.Edit, from into: Int, _ change: inout CaseChange) {
        guard let former = edit.former.first, former >= 0 else { return }
        let target = cases.live(Int(former))
        guard target != into else { return }
        let members = into >= 0 ? cases.cases[into].members : edit.saying.together
        for item in members where Int(items[Int(item)].caseNumber) == into {
            guard !edits.forbid([item], cases.cases[target].members) else { continue }
            move(item, to: target, &change)
        }
        if into >= 0, cases.cases[into].mergedInto >= 0 { change.others.append(into) }
    }

    private func note(followersOf edit: Edits.Edit, in into: Int, _ change: inout CaseChange) {
        var touched: [Int] = into >= 0 ? [into] : []
        for former in edit.former where former >= 0 && !touched.contains(Int(former)) {
            touched.append(Int(former))
        }
        for number in touched {
            change.alerts += alerts.reported(
                since: edit.at,
                county: configuration.county,
                anchor: cases.cases[number].anchor
            )
        }
        guard into >= 0 else { return }
        change.followed = cases.cases[into].members.filter { $0 >= edit.itemCount }
    }

    /// Says what an edit did, item by item, and what alerts make of it.
    private mutating func tell(
        _ change: CaseChange,
        of place: Int,
        at shown: Int,
        _ order: Order,
        into found: inout [Decision.Content]
    ) {
        let county = configuration.county
        let first = Int(edits.edits[place].saying.together[0])
        let shown = shown >= 0 ? cases.live(shown) : -1
        let id =
            shown >= 0
            ? cases.cases[shown].id : CaseID(county: county, foundedBy: items[first].ref)
        let scope =
            shown >= 0
            ? scope(of: shown)
            : CaseScope(division: items[first].division, category: items[first].category)
        found.append(
            .caseEdited(
                CaseEditing(
                    number: UInt64(place + 1),
                    kind: change.kind ?? edits.edits[place].kind,
                    officer: order.command.officer,
                    commandKey: order.command.idempotencyKey,
                    id: id,
                    scope: scope,
                    others: change.others.map { cases.cases[$0].id },
                    movedCount: change.moved.count,
                    followed: change.followed.prefix(CaseEditing.followedMax)
                        .map { items[Int($0)].ref },
                    followedCount: change.followed.count,
                    alerts: change.alerts
                )
            )
        )
        var touched: [Int] = []
        for (item, former) in change.moved {
            let now = Int(items[Int(item)].caseNumber)
            for number in [Int(former), now] where number >= 0 {
                let live = cases.live(number)
                if !touched.contains(live) { touched.append(live) }
            }
            let stands = now >= 0 ? self.scope(of: now) : scope
            found.append(
                .itemMoved(
                    ItemMove(
                        item: items[Int(item)].ref,
                        from: former >= 0 ? cases.cases[Int(former)].id : nil,
                        to: now >= 0 ? cases.cases[now].id : nil,
                        scope: stands,
                        edit: UInt64(place + 1)
                    )
                )
            )
        }
        for number in touched { weighAgain(case: number, at: order.at, into: &found) }
    }
}

extension CaseEdit {
    /// The ordinals that are said to belong together, those that lead first, and those of another
    /// matter.
    fileprivate var items: (lead: [UInt64], others: [UInt64], parted: [UInt64]) {
        switch self {
        case .merge(let kept, let other): return (kept.items, other.items, [])
        case .split(let seen, let items):
            let out = Set(items)
            return (items, [], seen.items.filter { !out.contains($0) })
        case .move(let item, let from, let to):
            return (to.items, [item], from.items.filter { $0 != item })
        }
    }
}
