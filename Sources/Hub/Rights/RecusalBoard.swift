import Domain
import Storage

/// What the recusals in force hide (回避牌): each case with all that it was called, and its items.
///
/// The engine's thread writes it after an entry that changed such a case; the others look it up.
final class RecusalBoard: Sendable {
    /// A case from which somebody is set aside.
    struct Family: Sendable, Equatable {
        /// Its identifier and those of the cases that became one with it.
        var names: Set<CaseID>
        /// Its items.
        var items: Set<ItemRef>
    }

    private let families = Locked<[CaseID: Family]>([:])

    /// Puts the families of the recused cases, by the identifiers that the register names.
    func put(_ found: [CaseID: Family]) { families.withLock { $0 = found } }

    /// Whether a decision speaks of one of some cases.
    func hides(_ matters: @autoclosure () -> Decision.Matters, from recused: [CaseID]) -> Bool {
        guard !recused.isEmpty else { return false }
        let matters = matters()
        let families = families.withLock { $0 }
        return recused.contains { id in
            guard let family = families[id] else { return matters.cases.contains(id) }
            return matters.cases.contains { family.names.contains($0) }
                || matters.items.contains { family.items.contains($0) }
        }
    }
}
