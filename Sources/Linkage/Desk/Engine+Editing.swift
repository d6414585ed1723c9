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
        let isKnown = (lead + others + parted).allSatisfy { ordinal in
            kept(ordinal).map { !isHidden(item: $0, .edit, order) } ?? false
        }
        guard isKnown else { return .noSuchItem }
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
        let moved = settled(change.moved)
        edits.note(
            moved: moved.map(\.item),
            former: moved.map(\.former),
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
            let standing = edits.standings[place]
            let together = withdrawals.without(standing.together)
            let isOne =
                together.count < 2
                || together.allSatisfy {
                    let number = items[Int($0)].caseNumber
                    return number >= 0 && number == items[Int(together[0])].caseNumber
                }
            if !isOne { _ = gather(together, &change) }
            let apart = Set(standing.apart.map { items[Int($0)].caseNumber }.filter { $0 >= 0 })
            for item in withdrawals.without(standing.parted)
            where apart.contains(items[Int(item)].caseNumber) {
                _ = gather([item], &change)
            }
        }
    }

    /// What an edit changed, in the order in which it did.
    private struct CaseChange {
        var moved: [(item: Int32, former: Int32)] = []
        /// Cases that may have become one with another or live again, as they were before.
        var others: [(number: Int, wasAlias: Bool)] = []
        var followed: [Int32] = []
        var alerts: [AlertID] = []
        var kind: CaseEdit.Kind?
    }

    /// Each item that stands elsewhere now than before, once, with where it stood.
    private func settled(
        _ moved: [(item: Int32, former: Int32)]
    ) -> [(item: Int32, former: Int32)] {
        var seen: Set<Int32> = []
        return moved.filter { move in
            seen.insert(move.item).inserted && items[Int(move.item)].caseNumber != move.former
        }
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
            change.others.append((place, true))
            move([Int32(founder)], to: place, &change)
            return place
        }
        if items[founder].caseNumber >= 0 { move([Int32(founder)], to: -1, &change) }
        guard together.count > 1, items[founder].caseNumber < 0 else {
            return Int(items[founder].caseNumber)
        }
        change.moved.append((Int32(founder), -1))
        return cases.open(founder: founder, county: configuration.county, items: &items)
    }

    /// Brings items, and all that belongs to them, together in a case; returns it, -1 for one item
    /// that stands alone.
    ///
    /// That is the first case of theirs in which nothing stands that they were parted from, else one of
    /// their own. Another case that one of them founded comes whole.
    private mutating func gather(_ named: [Int32], _ change: inout CaseChange) -> Int {
        let together = withdrawals.without(edits.bound(to: named))
        var tried: Set<Int> = []
        let own = named.lazy.map { [items] in Int(items[Int($0)].caseNumber) }
            .filter { $0 >= 0 && tried.insert($0).inserted }
            .first { [edits, cases] in !edits.forbid(together, cases.cases[$0].members) }
        let target = own ?? newHome(for: together, &change)
        guard target >= 0 else { return target }
        let members = Set(together)
        var looked: Set<Int> = [target]
        for item in together {
            let number = Int(items[Int(item)].caseNumber)
            guard number >= 0, looked.insert(number).inserted else { continue }
            let theirs = cases.cases[number].members
            guard members.contains(theirs[0]),
                !edits.forbid(theirs, cases.cases[target].members), !edits.forbid(theirs, together)
            else { continue }
            change.others.append((number, false))
            change.moved += theirs.map { ($0, Int32(number)) }
            cases.merge(number, into: target, items: &items)
        }
        move(together, to: target, &change)
        return target
    }

    private mutating func move(_ moving: [Int32], to number: Int, _ change: inout CaseChange) {
        for item in moving where Int(items[Int(item)].caseNumber) != number {
            change.moved.append((item, items[Int(item)].caseNumber))
        }
        cases.move(moving, to: number, items: &items)
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
        if edit.saying.together.contains(where: { isHidden(item: $0, .edit, order) }) {
            return .noSuchEdit
        }
        guard !edit.isUndone else { return .alreadyUndone }
        edits.undo(place)
        var change = CaseChange()
        change.kind = .undo
        let into = present(edit)
        note(followersOf: edit, in: into, &change)
        if edit.kind == .split, isItsOwn(edit, into) {
            rejoin(edit, from: into, &change)
        } else {
            giveBack(edit, from: into, &change)
        }
        enforce(&change)
        let shown = into >= 0 ? into : edit.former.first.map { Int($0) } ?? -1
        tell(change, of: place, at: shown, order, into: &found)
        return nil
    }

    /// The case in which the items of an edit stand since; -1 for an item that stands alone.
    private func present(_ edit: Edits.Edit) -> Int {
        if edit.into >= 0 { return cases.live(Int(edit.into)) }
        let number = Int(items[Int(edit.saying.together[0])].caseNumber)
        guard number >= 0 else { return -1 }
        // What joined an item that was moved out came after it; another case is not the edit's.
        let isSince = cases.cases[number].members.allSatisfy {
            $0 >= edit.itemCount || $0 == edit.saying.together[0]
        }
        return isSince ? number : -1
    }

    /// The case holds the items of the edit, what joined them since, and nothing else.
    private func isItsOwn(_ edit: Edits.Edit, _ into: Int) -> Bool {
        guard into >= 0 else { return true }
        let own = Set(edit.moved).union(edit.saying.together)
        return cases.cases[into].members.allSatisfy { $0 >= edit.itemCount || own.contains($0) }
    }

    /// Items return to their former cases, unless they were moved again since.
    private mutating func giveBack(
        _ edit: Edits.Edit,
        from into: Int,
        _ change: inout CaseChange
    ) {
        var formers: [Int] = []
        var leaving: [Int: [Int32]] = [:]
        for (item, former) in zip(edit.moved, edit.former)
        where Int(items[Int(item)].caseNumber) == into && !withdrawals.holds(Int(item)) {
            let former = Int(former)
            if leaving[former] == nil { formers.append(former) }
            leaving[former, default: []].append(item)
        }
        for former in formers {
            guard var moving = leaving[former] else { continue }
            guard former >= 0 else {
                move(moving, to: -1, &change)
                continue
            }
            // A case that became one with this edit's lives again; one that went on elsewhere since
            // stands for its former self.
            let live = cases.live(former)
            let target = live == into ? former : live
            guard target != into else { continue }
            if target == former, former != live { change.others.append((former, true)) }
            let members = cases.cases[target].members
            if edits.forbid(moving, members) {
                moving.removeAll { edits.forbid([$0], members) }
            }
            move(moving, to: target, &change)
        }
    }

    /// What was parted is one again, with what joined it since.
    private mutating func rejoin(_ edit: Edits.Edit, from into: Int, _ change: inout CaseChange) {
        guard let former = edit.former.first(where: { $0 >= 0 }) else { return }
        let target = cases.live(Int(former))
        guard target != into else { return }
        var moving = withdrawals.without(
            into >= 0 ? cases.cases[into].members : edit.saying.together
        )
        let members = cases.cases[target].members
        moving.removeAll { item in
            Int(items[Int(item)].caseNumber) != into || edits.forbid([item], members)
        }
        if into >= 0 { change.others.append((into, false)) }
        move(moving, to: target, &change)
    }

    private func note(followersOf edit: Edits.Edit, in into: Int, _ change: inout CaseChange) {
        var touched: Set<Int> = []
        for number in [into] + edit.former.map(Int.init)
        where number >= 0 && touched.insert(number).inserted {
            change.alerts += alerts.reported(
                since: edit.at,
                county: configuration.county,
                anchor: cases.cases[number].anchor
            )
        }
        guard into >= 0 else { return }
        change.followed = cases.cases[into].members.filter { $0 >= edit.itemCount }
    }

    /// Says what an edit did, item by item, and what alerts and the lives of cases make of it.
    private mutating func tell(
        _ change: CaseChange,
        of place: Int,
        at shown: Int,
        _ order: Order,
        into found: inout [Decision.Content]
    ) {
        let moved = settled(change.moved)
        let shown = shown >= 0 ? cases.live(shown) : -1
        found.append(.caseEdited(editing(change, moved.count, place, shown, order)))
        var touched: [Int] = []
        var (seen, gaining): (Set<Int>, Set<Int>) = ([], [])
        for (item, former) in moved {
            let now = Int(items[Int(item)].caseNumber)
            for number in [Int(former), now] where number >= 0 {
                let live = cases.live(number)
                if seen.insert(live).inserted { touched.append(live) }
            }
            if now >= 0 { gaining.insert(now) }
            found.append(
                .itemMoved(
                    ItemMove(
                        item: items[Int(item)].ref,
                        from: former >= 0 ? cases.cases[Int(former)].id : nil,
                        to: now >= 0 ? cases.cases[now].id : nil,
                        scope: scope(at: now >= 0 ? now : shown, else: Int(item)),
                        edit: UInt64(place + 1)
                    )
                )
            )
        }
        for number in touched {
            let gains = gaining.contains(number)
            if gains { reopen(number, into: &found) }
            weighAgain(case: number, gains: gains, at: order.at, into: &found)
        }
    }

    private func editing(
        _ change: CaseChange,
        _ movedCount: Int,
        _ place: Int,
        _ shown: Int,
        _ order: Order
    ) -> CaseEditing {
        let first = Int(edits.edits[place].saying.together[0])
        var seen: Set<Int> = shown >= 0 ? [shown] : []
        let others = change.others.filter { other in
            seen.insert(other.number).inserted
                && (cases.cases[other.number].mergedInto >= 0) != other.wasAlias
        }
        return CaseEditing(
            number: UInt64(place + 1),
            kind: change.kind ?? edits.edits[place].kind,
            officer: order.command.officer,
            commandKey: order.command.idempotencyKey,
            id: shown >= 0
                ? cases.cases[shown].id
                : CaseID(county: configuration.county, foundedBy: items[first].ref),
            scope: scope(at: shown, else: first),
            others: others.map { cases.cases[$0.number].id },
            movedCount: movedCount,
            followed: change.followed.prefix(CaseEditing.followedMax).map { items[Int($0)].ref },
            followedCount: change.followed.count,
            alerts: change.alerts
        )
    }

    /// Where a case is, or an item that stands in none.
    private func scope(at number: Int, else item: Int) -> CaseScope {
        number >= 0
            ? scope(of: number)
            : CaseScope(division: items[item].division, category: items[item].category)
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
