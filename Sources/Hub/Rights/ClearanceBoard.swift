import Domain
import Storage
import Text

/// Of whom and of what the accusations in this lane are (知情牌): each item and case with who is competent and
/// which units it is about, so that nobody is told of what their clearance does not cover.
///
/// Kept in the sealed lane alone, where all items are accusations. The engine's thread writes it; the others
/// look it up. A case keeps what was ever in it: whoever might not learn of a member learns of none of it.
final class ClearanceBoard: Sendable {
    /// What is known of items and cases.
    struct Standings: Sendable {
        private var items: [ItemRef: AccusationStanding] = [:]
        private var cases: [CaseID: AccusationStanding] = [:]

        init() {}

        /// An item as it came, or came anew: what it once said it may be told of stays.
        mutating func note(_ ref: ItemRef, _ standing: AccusationStanding) {
            items[ref, default: AccusationStanding()].formUnion(standing)
        }

        /// A decision says which items and cases belong together.
        mutating func note(_ matters: Decision.Matters) {
            guard !matters.cases.isEmpty else { return }
            var together = AccusationStanding()
            for id in matters.cases { together.formUnion(cases[id] ?? AccusationStanding()) }
            for ref in matters.items { together.formUnion(items[ref] ?? .anything) }
            for id in matters.cases { cases[id] = together }
        }

        func covers(_ matters: Decision.Matters, _ clearance: Clearance) -> Bool {
            matters.items.allSatisfy { clearance.covers(items[$0] ?? .anything) }
                && matters.cases.allSatisfy { clearance.covers(cases[$0] ?? .anything) }
        }
    }

    private let standings: Locked<Standings>?

    /// A board for the hub of a lane.
    init(_ lane: Lane) { standings = lane == .sealed ? Locked(Standings()) : nil }

    /// Whether this lane has accusations.
    var isKept: Bool { standings != nil }

    /// Puts all that is known, read anew.
    func put(_ found: Standings) { standings?.withLock { $0 = found } }

    /// Adds an item that was registered.
    func note(_ ref: ItemRef, _ standing: AccusationStanding) {
        standings?.withLock { $0.note(ref, standing) }
    }

    /// Adds which items and cases belong together.
    func note(_ matters: Decision.Matters) { standings?.withLock { $0.note(matters) } }

    /// Adds what was decided.
    func note(_ decisions: [Decision]) {
        guard let standings else { return }
        standings.withLock { standings in
            for decision in decisions { standings.note(decision.matters) }
        }
    }

    /// Whether cases or items are hidden from somebody.
    ///
    /// - Parameters:
    ///   - matters: What is spoken of; nothing hides what speaks of neither.
    ///   - clearances: What they may know of, each by one way; asked for only where there are accusations.
    /// - Returns: `true` when no one clearance covers all of it.
    func hides(
        _ matters: @autoclosure () -> Decision.Matters,
        from clearances: @autoclosure () -> [Clearance]
    ) -> Bool {
        guard let standings else { return false }
        let matters = matters()
        guard !(matters.items.isEmpty && matters.cases.isEmpty) else { return false }
        let clearances = clearances()
        return standings.withLock { standings in
            !clearances.contains { standings.covers(matters, $0) }
        }
    }
}

/// The county's units by all their names (单位名称).
struct UnitNames: Sendable {
    private let units: [(name: AgencyID, titles: [String])]
    private let discipline: Set<AgencyID>

    init(_ register: GrantRegister) {
        units = register.units.map { ($0.name, $0.titles) }
        discipline = Set(register.posts.filter { $0.role == .discipline }.map(\.unit))
    }

    /// Who is competent for an accusation, and which units it is about.
    func standing(of item: Item) -> AccusationStanding {
        let found = units.filter { unit in
            unit.titles.contains {
                RespondentNames.names(item.respondent, title: item.title, unit: $0)
            }
        }
        var accused = Set(found.map(\.name))
        if LaneKeepers.isDisciplineAccused(respondent: item.respondent, title: item.title) {
            accused.formUnion(discipline)
        }
        return AccusationStanding(competences: [item.competence ?? .unknown], units: accused)
    }
}
