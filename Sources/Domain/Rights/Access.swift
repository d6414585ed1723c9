/// Somebody who comes with a key (来访者).
package enum KeyHolder: Hashable, Sendable {
    /// The daemon of an agency.
    case agency(AgencyID)
    /// A person, by the name of the key; officers and operators alike.
    case person(String)
}

/// Everything that one holder may do by the register in force, made ready to be asked often (准入).
///
/// It is a value: another register, or another moment at which a post changes hands, gives another. Terms
/// are looked at in each question, so that an end takes effect by itself.
package struct Access: Equatable, Sendable {
    /// One way to a right.
    struct Way: Equatable, Sendable {
        var rights: Set<Right>
        var subjects: [SubjectPattern]
        var divisions: [Division]
        var purposes: Set<Purpose>?
        /// Which accusations it shows, in the sealed lane.
        var clearance: Clearance
        /// The post that it comes by; `nil` for an agency's key.
        var post: String?
        /// The terms of grant, holder and unit: all must hold.
        var terms: [Term]

        func isOpen(at time: Timestamp) -> Bool { terms.allSatisfy { $0.contains(time) } }

        func covers(_ subject: Subject) -> Bool {
            divisions.contains { $0.covers(subject) } && subjects.contains { $0.matches(subject) }
        }

        func isWhole(in county: Division) -> Bool {
            divisions.contains(county) && subjects.contains(where: \.matchesAll)
        }
    }

    /// The holder.
    package let holder: KeyHolder
    let ways: [Way]
    private let pushes: Outlook
    /// Cases that do not exist for the holder, with their terms.
    let recusals: [Recusal]

    /// What a holder may do.
    ///
    /// - Parameters:
    ///   - holder: Who comes.
    ///   - register: The register in force.
    ///   - lane: The lane that the hub serves; `nil` takes grants of either, where the hub has looked.
    package init(_ holder: KeyHolder, _ register: GrantRegister, lane: Lane?) {
        self.holder = holder
        switch holder {
        case .agency(let agency):
            let unit = register.unit(agency)
            ways = register.grants.compactMap { grant in
                guard lane.map({ $0 == grant.lane }) ?? true,
                    grant.grantee == .agency(agency) || grant.grantee == .everyAgency
                else { return nil }
                let rights = (grant.rights ?? Grant.rightsOfAgencies)
                    .intersection(Grant.rightsOfAgencies)
                return Way(grant, rights: rights, terms: unit.map { [$0.term] } ?? [])
            }
            recusals = []
        case .person(let name):
            ways = register.grants.flatMap { grant -> [Way] in
                guard lane.map({ $0 == grant.lane }) ?? true, case .post(let post) = grant.grantee,
                    let post = register.post(post)
                else { return [] }
                let rights = grant.rights(of: post.role)
                let unit = register.termOfDuties(of: post.unit)
                let clearance = register.clearance(of: post, by: grant)
                return post.holders.filter { $0.officer == name }.map { holder in
                    let terms = [holder.term, unit]
                    return Way(grant, post.name, clearance, rights: rights, terms: terms)
                }
            }
            recusals = register.recusals.filter { $0.officer == name }
        }
        pushes = Outlook(ways, for: .push)
    }

    /// What the posts that somebody holds now could do by an earlier register, whoever held them then.
    ///
    /// A right belongs to the post: a successor reads what the post was allowed to see, and nobody reads by
    /// a grant of today what no grant gave the post at the time.
    ///
    /// - Parameters:
    ///   - now: What the holder may do now.
    ///   - time: The moment at which the posts are those held now.
    ///   - register: The earlier register.
    ///   - lane: The lane that the hub serves.
    package init(
        heldBy now: Access,
        at time: Timestamp,
        by register: GrantRegister,
        lane: Lane?
    ) {
        guard case .person = now.holder else {
            self = Access(now.holder, register, lane: lane)
            return
        }
        let posts = Set(now.ways.filter { $0.isOpen(at: time) }.compactMap(\.post))
        ways = register.grants.compactMap { grant in
            guard lane.map({ $0 == grant.lane }) ?? true, case .post(let name) = grant.grantee,
                posts.contains(name), let post = register.post(name)
            else { return nil }
            let rights = grant.rights(of: post.role)
            let unit = register.termOfDuties(of: post.unit)
            let clearance = register.clearance(of: post, by: grant)
            return Way(grant, name, clearance, rights: rights, terms: [unit])
        }
        holder = now.holder
        recusals = []
        pushes = Outlook(ways, for: .push)
    }

    /// Whether a right is held over anything at all.
    package func holds(_ right: Right, at time: Timestamp) -> Bool {
        ways.contains { $0.rights.contains(right) && $0.isOpen(at: time) }
    }

    /// Whether a right is held over one of some subjects, and for the purpose of an item where one is given.
    package func permits(
        _ right: Right,
        _ subjects: [Subject],
        purpose: Purpose? = nil,
        at time: Timestamp
    ) -> Bool {
        ways.contains { way in
            way.rights.contains(right) && way.isOpen(at: time)
                && (purpose.map { way.purposes?.contains($0) ?? true } ?? true)
                && subjects.contains(where: way.covers)
        }
    }

    /// Whether a post gives the holder a right over a subject.
    package func permits(
        _ right: Right,
        _ subject: Subject,
        by post: String,
        at time: Timestamp
    ) -> Bool {
        ways.contains { way in
            way.post == post && way.rights.contains(right) && way.isOpen(at: time)
                && way.covers(subject)
        }
    }

    /// The units of the posts that the holder is in at a moment.
    package func units(in register: GrantRegister, at time: Timestamp) -> Set<AgencyID> {
        Set(
            ways.filter { $0.isOpen(at: time) }
                .compactMap { $0.post.flatMap(register.post)?.unit }
        )
    }

    /// Where a right is held over everything.
    package func outlook(for right: Right) -> Outlook { Outlook(ways, for: right) }

    /// Whether an agency may push an item; the same as `permits` for the item's subject, and quicker.
    package func permitsPush(of item: Item, purpose: Purpose?, at time: Timestamp) -> Bool {
        if pushes.covers(item.division, at: time) { return true }
        let subject = Subject.item(item.ref.agency, item.division, item.category)
        return permits(.push, [subject], purpose: purpose, at: time)
    }

    /// Whether a right is held over everything in the county: what is said without a subject needs that.
    package func permitsAll(_ right: Right, in county: Division, at time: Timestamp) -> Bool {
        ways.contains {
            $0.rights.contains(right) && $0.isOpen(at: time) && $0.isWhole(in: county)
        }
    }

    /// The cases that do not exist for the holder at a moment, as the register names them.
    package func recused(at time: Timestamp) -> [CaseID] {
        recusals.filter { $0.term.contains(time) }.map(\.matter)
    }

    /// Any right at all: without one there is nothing to say to the holder.
    package func isEmpty(at time: Timestamp) -> Bool {
        !ways.contains { !$0.rights.isEmpty && $0.isOpen(at: time) }
    }
}

extension Access.Way {
    fileprivate init(
        _ grant: Grant,
        _ post: String? = nil,
        _ clearance: Clearance = Clearance(),
        rights: Set<Right>,
        terms: [Term]
    ) {
        self.init(
            rights: rights,
            subjects: grant.subjects,
            divisions: grant.divisions,
            purposes: grant.purposes,
            clearance: clearance,
            post: post,
            terms: [grant.term] + terms
        )
    }
}

extension Grant {
    /// The most that an agency's own key can be granted.
    package static let rightsOfAgencies: Set<Right> = [.push, .life]
    /// The most that the sealed lane gives a post that is not cleared for all accusations: to learn and to read.
    ///
    /// What counts all items would tell of the others, a command about a hidden one would be told from one about
    /// nothing, and what is done to a matter is done by those who may know all of it.
    package static let rightsOfCompetent: Set<Right> = [
        .watch, .replay, .alerts, .cases, .reasons, .text,
    ]

    /// What it gives a post of a role.
    package func rights(of role: Role) -> Set<Right> {
        let given = rights.map(role.rights.intersection) ?? role.rights
        let isCleared =
            competences == nil
            && (lane == .open || role.hearsAccusations || role.isAdministrator)
        return isCleared ? given : given.intersection(Grant.rightsOfCompetent)
    }
}

extension GrantRegister {
    /// When somebody sees to the duties of a unit: its own term, and that of the one that took them over.
    ///
    /// A unit that was split ends, since nobody can say which part of its duties went where (条例 §24).
    package func termOfDuties(of name: AgencyID) -> Term {
        guard var unit = unit(name) else { return Term(until: Timestamp(milliseconds: .min)) }
        var term = unit.term
        // A chain of successors is as long as there are units at most, whatever the file says.
        for _ in units where unit.successors.count == 1 && term.until != nil {
            guard let next = self.unit(unit.successors[0]) else { break }
            unit = next
            term.until = next.term.until
        }
        return term
    }
}

extension Division {
    /// Whether a place lies in it: a county holds its townships, and what nobody placed.
    func holds(_ place: Division) -> Bool {
        place == self || !isTownship && (place.isUnknown || place.county == self)
    }

    /// Whether something with this subject lies in it: a county covers its townships, and what nobody placed.
    func covers(_ subject: Subject) -> Bool { subject.place.map { holds($0) } ?? false }
}
