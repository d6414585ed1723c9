/// What is known of an accusation, or of a case of them, before anybody is told of it (检举控告的归属).
package struct AccusationStanding: Equatable, Sendable {
    /// Who is competent for what is in it.
    package var competences: Set<Competence>
    /// Units that are complained of.
    package var units: Set<AgencyID>

    /// Nothing is known, as of an item whose text was destroyed: it may be anything.
    package static let anything = AccusationStanding(
        competences: Set(Competence.allCases),
        units: []
    )

    /// A standing from its parts.
    package init(competences: Set<Competence> = [], units: Set<AgencyID> = []) {
        self.competences = competences
        self.units = units
    }

    /// Adds what stands in another.
    package mutating func formUnion(_ other: AccusationStanding) {
        competences.formUnion(other.competences)
        units.formUnion(other.units)
    }
}

/// Which accusations somebody may know of (知情范围), within what grants give in the sealed lane.
///
/// Agencies that are competent for a business's illegal acts (`enforcement`) learn of those alone (条例 §30);
/// and whatever a grant says, nobody learns of a matter about the own unit, nor about one that answers for it
/// or for which it answers (条例 §28).
package struct Clearance: Equatable, Sendable {
    /// Competences of what may be seen; `nil` for all.
    package var competences: Set<Competence>?
    /// Units about which nothing is shown.
    package var units: Set<AgencyID>

    /// A clearance from its parts.
    package init(competences: Set<Competence>? = nil, units: Set<AgencyID> = []) {
        self.competences = competences
        self.units = units
    }

    /// Whether something may be seen, all of it.
    package func covers(_ standing: AccusationStanding) -> Bool {
        (competences.map(standing.competences.isSubset) ?? true)
            && units.isDisjoint(with: standing.units)
    }

    /// What both allow.
    package func intersection(_ other: Clearance) -> Clearance {
        let both =
            switch (competences, other.competences) {
            case (let own?, let others?): own.intersection(others)
            case (let own, let others): own ?? others
            }
        return Clearance(competences: both, units: units.union(other.units))
    }
}

extension Access {
    /// Which accusations somebody may know of by the grants that give a right.
    package func clearance(for right: Right, at time: Timestamp) -> Clearance {
        let open = ways.filter { $0.rights.contains(right) && $0.isOpen(at: time) }
        let isLimited = open.allSatisfy { $0.competences != nil }
        return Clearance(
            competences: isLimited
                ? open.reduce(into: []) { $0.formUnion($1.competences ?? []) } : nil,
            units: open.reduce(into: []) { $0.formUnion($1.kin) }
        )
    }
}

extension GrantRegister {
    /// The units whose accusations a post never sees: its own, and of a post that is not there to hear
    /// accusations also those above it and below it.
    func kin(of post: Post) -> Set<AgencyID> {
        var found: Set<AgencyID> = [post.unit]
        guard !post.role.hearsAccusations else { return found }
        // A tree is as deep as there are units at most, whatever the file says.
        var above = unit(post.unit)?.parent
        for _ in units {
            guard let name = above, found.insert(name).inserted else { break }
            above = unit(name)?.parent
        }
        var below: [AgencyID] = [post.unit]
        while let name = below.popLast() {
            for unit in units where unit.parent == name && found.insert(unit.name).inserted {
                below.append(unit.name)
            }
        }
        return found
    }
}

extension Role {
    /// It is there to receive accusations against others (纪检监察、组织部门、上级机关).
    var hearsAccusations: Bool {
        switch self {
        case .discipline, .personnel, .superior: true
        default: false
        }
    }
}
