extension Decision {
    /// Which cases and items a decision speaks of (所涉).
    package struct Matters: Equatable, Sendable {
        /// The cases.
        package var cases: [CaseID]
        /// The items.
        package var items: [ItemRef]

        /// Cases and items.
        package init(cases: [CaseID] = [], items: [ItemRef] = []) {
            self.cases = cases
            self.items = items
        }
    }

    /// The cases and items that the decision speaks of.
    package var matters: Matters {
        switch content {
        case .admitted(let admission): Matters(items: [admission.ref])
        case .sameAgain(let ref, _), .revised(let ref, _, _): Matters(items: [ref])
        case .lived(let ref, let of, _), .copied(let ref, let of, _), .repeated(let ref, let of):
            Matters(items: [ref, of])
        case .caseOpened(let id, _, let founder, let joined, let evidence):
            Matters(cases: [id], items: [founder, joined, evidence.nearest])
        case .caseJoined(let id, _, let joined, let evidence):
            Matters(cases: [id], items: [joined, evidence.nearest])
        case .caseMerged(let id, _, let absorbed, let evidence):
            Matters(cases: [id, absorbed], items: [evidence.nearest])
        case .caseEdited(let editing): editing.matters
        case .itemMoved(let move): move.matters
        case .caseLived(let id, _, _, _, _): Matters(cases: [id])
        case .ruleTried(let id, _, _, let items, _): Matters(cases: [id], items: items)
        case .itemWithdrawn(let ref, _, _, _): Matters(items: [ref])
        case .visited(let report): Matters(items: [report.founder, report.ref])
        case .alertRaised(let alert), .alertChanged(let alert), .alertOverdue(let alert),
            .alertAcknowledged(let alert, _):
            Matters(cases: [alert.caseID], items: alert.items)
        case .configured, .quarantined, .refusedSealed, .void, .clockChanged, .observed, .obeyed:
            Matters()
        }
    }
}

extension Decision {
    /// Whether it reads the same when some items were never there: it names none of them, and is itself no withdrawal.
    package func readsTheSame(without refs: Set<ItemRef>) -> Bool {
        if case .itemWithdrawn = content { return false }
        return refs.isEmpty || !matters.items.contains(where: refs.contains)
    }

    /// The decision as it reads when some items were never there: those that were withdrawn (撤回).
    ///
    /// - Parameter refs: The items.
    /// - Returns: The decision itself where it names none of them; without their names where it speaks of
    ///   others as well; `nil` where nothing is left to tell. That an item was withdrawn is told, and not by whom:
    ///   one withdrawal reads like any other.
    package func leavingOut(_ refs: Set<ItemRef>) -> Decision? {
        if case .itemWithdrawn(let ref, let scope, _, _) = content {
            let plain = Content.itemWithdrawn(ref, scope, commandKey: "", officer: "")
            return Decision(at: at, content: plain)
        }
        guard !readsTheSame(without: refs) else { return self }
        var rest = self
        switch content {
        case .alertRaised(let alert): rest.content = .alertRaised(alert.leavingOut(refs))
        case .alertChanged(let alert): rest.content = .alertChanged(alert.leavingOut(refs))
        case .alertOverdue(let alert): rest.content = .alertOverdue(alert.leavingOut(refs))
        case .alertAcknowledged(let alert, let key):
            rest.content = .alertAcknowledged(alert.leavingOut(refs), commandKey: key)
        case .caseOpened(let id, let scope, let founder, let joined, var evidence):
            // The one that is left stands for the case.
            guard let left = [founder, joined].first(where: { !refs.contains($0) }) else {
                return nil
            }
            if refs.contains(evidence.nearest) { evidence.nearest = left }
            rest.content = .caseOpened(id, scope, founder: left, joined: left, evidence)
        case .caseJoined(let id, let scope, let joined, var evidence):
            guard !refs.contains(joined) else { return nil }
            evidence.nearest = joined
            rest.content = .caseJoined(id, scope, joined: joined, evidence)
        case .caseEdited(var editing):
            editing.followed.removeAll(where: refs.contains)
            rest.content = .caseEdited(editing)
        default: return nil
        }
        return rest
    }
}

extension Alert {
    /// Values that the item was counted in would tell of it, and nobody can say any more what they were without it:
    /// what stays is that there was an alert of this level, and the items that are left.
    fileprivate func leavingOut(_ refs: Set<ItemRef>) -> Alert {
        var rest = self
        rest.items.removeAll(where: refs.contains)
        rest.itemCount = max(rest.items.count, itemCount - (items.count - rest.items.count))
        rest.persons = min(persons, rest.itemCount)
        if items.count == itemCount {
            let left = Set(rest.items.map(\.agency))
            rest.agencies = agencies.filter(left.contains)
        }
        rest.signals = []
        rest.heads = 0
        return rest
    }
}

extension CaseEditing {
    fileprivate var matters: Decision.Matters {
        Decision.Matters(cases: [id] + others, items: followed)
    }
}

extension ItemMove {
    fileprivate var matters: Decision.Matters {
        Decision.Matters(cases: [from, to].compactMap(\.self), items: [item])
    }
}

extension Decision.Content {
    /// The alert that it speaks of.
    package var alert: Alert? {
        switch self {
        case .alertRaised(let alert), .alertChanged(let alert), .alertOverdue(let alert),
            .alertAcknowledged(let alert, _):
            alert
        default: nil
        }
    }
}
