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
        case .visited(let report): Matters(items: [report.founder, report.ref])
        case .alertRaised(let alert), .alertChanged(let alert), .alertOverdue(let alert),
            .alertAcknowledged(let alert, _):
            Matters(cases: [alert.caseID], items: alert.items)
        case .configured, .quarantined, .refusedSealed, .void, .clockChanged, .observed, .obeyed:
            Matters()
        }
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
