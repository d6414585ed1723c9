package import Domain

// Items that are taken out of the lane, and items that get their purpose.
extension Engine {
    /// The items that were withdrawn, in journal order.
    package var withdrawn: [ItemRef] { withdrawals.all.map { items[Int($0)].ref } }

    /// Takes an item out of views, search, cases and counts (撤回).
    ///
    /// What it taught of words and their rarity stays; nothing is ever compared with it again. A
    /// repeat of it alone is a first petition from now on.
    mutating func withdraw(
        _ ref: ItemRef,
        _ order: Order,
        into found: inout [Decision.Content]
    ) -> VoidReason? {
        guard let ordinal = ordinal(of: ref), let kept = kept(ordinal),
            !isHidden(itself: kept, .withdraw, order)
        else { return .noSuchItem }
        takeOut(
            Int(kept),
            key: order.command.idempotencyKey,
            by: order.command.officer,
            at: order.at,
            into: &found
        )
        return nil
    }

    /// Takes an item out because its own agency says so: a step of its life that is no other's to take (撤回).
    ///
    /// Of an item that is not here nothing is said: it may be in the other lane.
    ///
    /// - Returns: Whether the step was such a withdrawal.
    mutating func withdraw(
        saidBy step: Item,
        at time: Timestamp,
        into found: inout [Decision.Content]
    ) -> Bool {
        guard case .life(Engine.withdrawal) = step.kind, let subject = step.subjectItem,
            subject.agency == step.ref.agency
        else { return false }
        guard let ordinal = ordinal(of: subject), let kept = kept(ordinal) else { return true }
        takeOut(
            Int(kept),
            key: step.ref.id,
            by: step.ref.agency.source,
            at: time,
            into: &found
        )
        return true
    }

    /// The step with which an agency takes back what it sent.
    private static let withdrawal = "withdrawn"

    private mutating func takeOut(
        _ number: Int,
        key: String,
        by officer: String,
        at time: Timestamp,
        into found: inout [Decision.Content]
    ) {
        let item = items[number]
        found.append(
            .itemWithdrawn(
                item.ref,
                CaseScope(division: item.division, category: item.category),
                commandKey: key,
                officer: officer
            )
        )
        let subject = warnedMatter(of: number)
        let heirs = heirs(of: number)
        cases.move([Int32(number)], to: -1, items: &items)
        visits.remove(report: number)
        reaches.remove(number)
        persons.remove(item: number, of: items.persons(of: number).map { UInt32($0) })
        layToSleep([number])
        unclassed.remove(number)
        lives.remove(number)
        tally.uncount(item)
        withdrawals.add(number)
        for heir in heirs {
            tally.becomesFirst(
                wasRepeatedPetition: items[heir].flags.contains(.repeatedPetition)
            )
            items[heir].isRepeat = false
            items[heir].flags.remove(.repeatedPetition)
        }
        weighWithout(number, of: subject, at: time, into: &found)
    }

    /// Later items of the same persons that repeat nothing but this one.
    ///
    /// Those that also repeat another by its likeness alone, in no common case, count as first then.
    private func heirs(of number: Int) -> [Int] {
        var found: Set<Int> = []
        for person in items.persons(of: number) {
            let all = persons.items(of: person).map(Int.init)
            for later in all where later > number && items[later].isRepeat {
                let isHeld = items.persons(of: later).contains { own in
                    persons.items(of: own).map(Int.init).contains { earlier in
                        earlier < later && earlier != number && items[later].caseNumber >= 0
                            && items[earlier].caseNumber == items[later].caseNumber
                    }
                }
                if !isHeld { found.insert(later) }
            }
        }
        return found.sorted()
    }

    /// Gives an item the purpose that its agency left open (分类).
    mutating func classify(
        _ ref: ItemRef,
        _ purpose: Purpose,
        _ order: Order,
        into found: inout [Decision.Content]
    ) -> VoidReason? {
        guard let ordinal = ordinal(of: ref), let kept = kept(ordinal),
            !isHidden(itself: kept, .classify, order)
        else { return .noSuchItem }
        guard unclassed.holds(Int(kept)) else { return .alreadyClassed }
        guard unclassed.purposes.count < Unclassed.classedMax else { return .tooManyEdits }
        unclassed.classify(Int(kept), as: purpose)
        found.append(
            .obeyed(commandKey: order.command.idempotencyKey, officer: order.command.officer)
        )
        return nil
    }

    /// The purpose of an item that names none: what an officer said, else its agency's default.
    package borrowing func purpose(of ref: ItemRef) -> Purpose? {
        ordinal(of: ref).flatMap { unclassed.purposes[Int32(clamping: $0) - 1] }
            ?? defaultPurpose(of: ref.agency)
    }

    /// The items whose purpose an officer has said, in no order.
    package var classed: [ItemRef] { unclassed.purposes.keys.map { items[Int($0)].ref } }

    /// How many items wait for a purpose.
    package var unclassedCount: Int { unclassed.waiting.count }

    /// Items that wait for a purpose, the oldest first, after the one with an ordinal.
    package borrowing func unclassed(after: UInt64 = 0, limit: Int) -> [UnclassedRow] {
        let start = unclassed.start(after: Int(clamping: after) - 1)
        return unclassed.waiting[start...].prefix(min(limit, Engine.rowsMax)).map { waiting in
            UnclassedRow(
                item: member(of: waiting.item),
                since: waiting.since,
                due: waiting.since + UnclassedRow.span
            )
        }
    }
}

/// An item without a purpose (待分类).
package struct UnclassedRow: Equatable, Sendable {
    /// The item.
    package var item: CaseMember
    /// When the hub took it in.
    package var since: Timestamp
    /// When somebody should have said what it is.
    package var due: Timestamp

    /// An hour (DOMAIN §9.2).
    package static let span = TimeSpan.hours(1)
}
