/// What is known of an accusation, or of a case of them, before anybody is told of it (检举控告的归属).
package struct AccusationStanding: Equatable, Sendable {
    /// Who is competent for what is in it.
    package var competences: Set<Competence>
    /// Units that are complained of.
    package var units: Set<AgencyID>
    /// Something in it is known no more, as of an item whose text was destroyed: it may be of anything.
    package var isUncertain = false

    /// Nothing is known.
    package static let anything = AccusationStanding(isUncertain: true)

    /// A standing from its parts.
    package init(
        competences: Set<Competence> = [],
        units: Set<AgencyID> = [],
        isUncertain: Bool = false
    ) {
        self.competences = competences
        self.units = units
        self.isUncertain = isUncertain
    }

    /// Adds what stands in another.
    package mutating func formUnion(_ other: AccusationStanding) {
        competences.formUnion(other.competences)
        units.formUnion(other.units)
        isUncertain = isUncertain || other.isUncertain
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
    /// What is known no more may be seen too: for who hears all accusations, whoever they are against.
    package var coversUncertain: Bool

    /// A clearance from its parts.
    package init(
        competences: Set<Competence>? = nil,
        units: Set<AgencyID> = [],
        coversUncertain: Bool = false
    ) {
        self.competences = competences
        self.units = units
        self.coversUncertain = coversUncertain
    }

    /// Whether something may be seen, all of it.
    package func covers(_ standing: AccusationStanding) -> Bool {
        (competences.map(standing.competences.isSubset) ?? true)
            && units.isDisjoint(with: standing.units)
            && (coversUncertain || !standing.isUncertain)
    }

    /// What both allow.
    package func intersection(_ other: Clearance) -> Clearance {
        let both =
            switch (competences, other.competences) {
            case (let own?, let others?): own.intersection(others)
            case (let own, let others): own ?? others
            }
        return Clearance(
            competences: both,
            units: units.union(other.units),
            coversUncertain: coversUncertain && other.coversUncertain
        )
    }
}

extension Access {
    /// Which accusations somebody may know of by the grants that give a right.
    package func clearance(for right: Right, at time: Timestamp) -> Clearance {
        let open = ways.filter { $0.rights.contains(right) && $0.isOpen(at: time) }
        let clearances = open.map(\.clearance)
        let isLimited = clearances.allSatisfy { $0.competences != nil }
        return Clearance(
            competences: isLimited
                ? clearances.reduce(into: []) { $0.formUnion($1.competences ?? []) } : nil,
            units: clearances.reduce(into: []) { $0.formUnion($1.units) },
            coversUncertain: clearances.allSatisfy(\.coversUncertain)
        )
    }
}

extension GrantRegister {
    /// Which accusations a post may know of by a grant.
    func clearance(of post: Post, by grant: Grant) -> Clearance {
        Clearance(
            competences: grant.competences,
            units: kin(of: post),
            coversUncertain: grant.competences == nil && post.role.hearsAccusations
        )
    }

    /// The units whose accusations a post never sees: its own, and of a post that is not there to hear
    /// accusations also those above it and below it.
    private func kin(of post: Post) -> Set<AgencyID> {
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
    package var hearsAccusations: Bool {
        switch self {
        case .discipline, .personnel, .superior: true
        default: false
        }
    }
}
