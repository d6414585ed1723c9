import Domain
import Linkage
import Wire

/// Somebody who asks, with the right that the question needs (问者).
struct Asker: Sendable {
    let rights: Rights
    let right: Right
    let now: Timestamp

    /// Which accusations with these subjects they may know of, each by one way.
    func clearances(_ subjects: [Subject], purpose: Purpose? = nil) -> [Clearance] {
        rights.clearances(for: right, subjects, purpose: purpose, now: now)
    }

    /// Whether what these subjects name may be seen as it stands.
    func sees(_ subjects: [Subject]) -> Bool { rights.maySee(right, subjects, now: now) }

    /// Whether everything in the county may be seen.
    var seesAll: Bool { rights.maySeeAll(right, now: now) }
}

// Who sees which row.
extension Linker {
    /// The cases that do not exist for somebody, by their present identifiers.
    func hidden(from asker: Asker) -> Set<CaseID> {
        Set(
            asker.rights.access.recused(at: asker.now).compactMap { engine.caseRow($0)?.id }
        )
    }

    func sees(_ asker: Asker, _ row: CaseRow, hidden: Set<CaseID>) -> Bool {
        let subjects: [Subject] = [.matter(row.division, row.category)]
        return asker.sees(subjects) && !hidden.contains(row.id)
            && !links.clearances.hides(.init(cases: [row.id]), from: asker.clearances(subjects))
    }

    func sees(_ asker: Asker, _ alert: Alert, hidden: Set<CaseID>) -> Bool {
        let subjects = [alert.subject] + alert.former.map(\.subject)
        guard asker.sees(subjects),
            !links.clearances.hides(
                .init(cases: [alert.caseID], items: alert.items),
                from: asker.clearances(subjects)
            )
        else { return false }
        guard !hidden.isEmpty else { return true }
        let ordinals = alert.items.prefix(1).compactMap { engine.ordinal(of: $0) }
        let matters = [engine.caseRow(alert.caseID)] + ordinals.map { engine.caseRow(ofItem: $0) }
        return !matters.contains { $0.map { hidden.contains($0.id) } ?? false }
    }

    func sees(_ asker: Asker, item ordinal: UInt64, hidden: Set<CaseID>) -> Bool {
        guard let subject = engine.subject(ofItem: ordinal), asker.sees([subject]) else {
            return false
        }
        if links.clearances.isKept, let ref = engine.member(ordinal)?.ref,
            links.clearances.hides(.init(items: [ref]), from: asker.clearances([subject]))
        {
            return false
        }
        guard !hidden.isEmpty, let row = engine.caseRow(ofItem: ordinal) else { return true }
        return !hidden.contains(row.id)
    }

    func sees(_ asker: Asker, item ref: ItemRef, hidden: Set<CaseID>) -> Bool {
        engine.ordinal(of: ref).map { sees(asker, item: $0, hidden: hidden) } ?? false
    }

    /// The register says from which cases somebody is set aside.
    mutating func noteRecusals(of register: GrantRegister) {
        recused = Array(Set(register.recusals.map(\.matter)))
        putFamilies()
    }

    /// A decision may have changed a case from which somebody is set aside.
    mutating func noteRecusals(after decisions: [Decision]) {
        guard !recused.isEmpty, decisions.contains(where: { !$0.matters.cases.isEmpty }) else {
            return
        }
        putFamilies()
    }

    /// The register says how units are called: what is known of every accusation is read anew.
    mutating func noteStandings(of register: GrantRegister) {
        guard links.clearances.isKept else { return }
        unitNames = UnitNames(register)
        var standings = ClearanceBoard.Standings()
        for number in 1..<(lastApplied + 1) {
            guard let item = records.item(number) else { continue }
            standings.note(item.ref, unitNames.standing(of: item))
        }
        forEachLogged { standings.note($0.matters) }
        links.clearances.put(standings)
    }

    /// An item was registered, or revised within its case.
    func noteStanding(of item: Item) {
        guard links.clearances.isKept else { return }
        links.clearances.note(item.ref, unitNames.standing(of: item))
        if let row = engine.ordinal(of: item.ref).flatMap({ engine.caseRow(ofItem: $0) }) {
            links.clearances.note(.init(cases: [row.id], items: [item.ref]))
        }
    }

    private func putFamilies() {
        var families: [CaseID: RecusalBoard.Family] = [:]
        for id in recused {
            guard let row = engine.caseRow(id) else { continue }
            var items: Set<ItemRef> = []
            var after: UInt64 = 0
            while case let page = engine.caseMembers(row.id, after: after, limit: 500),
                let last = page.last
            {
                items.formUnion(page.map(\.ref))
                after = last.ordinal
            }
            families[id] = RecusalBoard.Family(
                names: Set([id, row.id] + engine.aliases(of: row.id)),
                items: items
            )
        }
        links.recusals.put(families)
    }
}
