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
    /// Which accusations somebody may know of with some subjects, one clearance for each way that leads there.
    ///
    /// An accusation is shown by one way that covers its subject, its division and its competence together: what a
    /// grant gives for a township and another for a competence makes no third that covers the county. About the units of
    /// the posts nothing is shown whichever way leads there.
    ///
    /// - Parameters:
    ///   - right: What the ways must give.
    ///   - subjects: One of them must lie on the way; without any, the way must cover the whole county.
    ///   - purpose: An item's purpose, where it matters.
    ///   - county: The county.
    ///   - time: When the ways are open.
    /// - Returns: The clearances, of which one must cover a matter.
    package func clearances(
        for right: Right,
        over subjects: [Subject],
        purpose: Purpose? = nil,
        in county: Division,
        at time: Timestamp
    ) -> [Clearance] {
        let limits = limits(of: right, at: time)
        return ways(giving: right, at: time).filter { way in
            let isThere =
                subjects.isEmpty ? way.isWhole(in: county) : subjects.contains(where: way.covers)
            return isThere && (purpose.map { way.purposes?.contains($0) ?? true } ?? true)
        }
        .map { way in
            var clearance = limits
            clearance.competences = way.clearance.competences
            return clearance
        }
    }

    /// The most that somebody may know of by all ways to a right together, over one subject or any.
    ///
    /// For whoever explains rights: whether an accusation is shown is asked of each way by itself.
    package func clearance(
        for right: Right,
        over subject: Subject? = nil,
        at time: Timestamp
    ) -> Clearance {
        var most = limits(of: right, at: time)
        let found = ways(giving: right, at: time)
            .filter { way in subject.map { way.covers($0) } ?? true }
            .map(\.clearance.competences)
        let isLimited = found.allSatisfy { $0 != nil }
        most.competences = isLimited ? found.reduce(into: []) { $0.formUnion($1 ?? []) } : nil
        return most
    }

    private func ways(giving right: Right, at time: Timestamp) -> [Way] {
        ways.filter { $0.rights.contains(right) && $0.isOpen(at: time) }
    }

    /// What holds whichever way leads to a right: the units of all posts that tell of accusations.
    private func limits(of right: Right, at time: Timestamp) -> Clearance {
        let rights = Grant.rightsOfCompetent.union([right])
        let telling = ways.filter { $0.isOpen(at: time) && !$0.rights.isDisjoint(with: rights) }
        return Clearance(
            units: telling.reduce(into: []) { $0.formUnion($1.clearance.units) },
            coversUncertain: ways(giving: right, at: time)
                .allSatisfy(\.clearance.coversUncertain)
        )
    }
}

extension GrantRegister {
    /// Which accusations a post may know of by a grant; in the open lane there are none.
    func clearance(of post: Post, by grant: Grant) -> Clearance {
        Clearance(
            competences: grant.competences,
            units: grant.lane == .sealed ? kin(of: post) : [],
            coversUncertain: grant.competences == nil && post.role.hearsAccusations
        )
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
