/// Who may do what (授权), from `config/grants.yaml`: units, posts with their holders, grants, recusals.
///
/// A right belongs to a post and never to a name: whoever holds the post has it for as long.
package struct GrantRegister: Equatable, Sendable {
    /// The units of the county (机构), a tree.
    package var units: [CountyUnit]
    /// The posts (岗位).
    package var posts: [Post]
    /// The grants (授权).
    package var grants: [Grant]
    /// Who is set aside for a case (回避).
    package var recusals: [Recusal]

    /// A register from its parts.
    package init(
        units: [CountyUnit] = [],
        posts: [Post] = [],
        grants: [Grant] = [],
        recusals: [Recusal] = []
    ) {
        self.units = units
        self.posts = posts
        self.grants = grants
        self.recusals = recusals
    }

    /// A unit by its short name.
    package func unit(_ name: AgencyID) -> CountyUnit? { units.first { $0.name == name } }

    /// A post by its short name.
    package func post(_ name: String) -> Post? { posts.first { $0.name == name } }

    /// The title of the first post that holds a right over a subject at a moment (责任岗位).
    ///
    /// Costs a look at every grant.
    package func owner(of right: Right, over subject: Subject, at time: Timestamp) -> String? {
        posts.first { post in
            guard post.role.rights.contains(right),
                let holder = post.holders.first(where: { $0.term.contains(time) })
            else { return false }
            return Access(.person(holder.officer), self, lane: nil)
                .permits(right, subject, by: post.name, at: time)
        }?.title
    }
}

/// A span of time that may be open at either end (期限).
package struct Term: Equatable, Sendable {
    /// From this moment on; `nil` from ever.
    package var from: Timestamp?
    /// Before this moment; `nil` for ever.
    package var until: Timestamp?

    /// A term from its ends.
    package init(from: Timestamp? = nil, until: Timestamp? = nil) {
        self.from = from
        self.until = until
    }

    /// Whether a moment lies in it.
    package func contains(_ time: Timestamp) -> Bool {
        (from.map { time >= $0 } ?? true) && (until.map { time < $0 } ?? true)
    }

    /// Whether it shares a moment with another.
    package func overlaps(_ other: Term) -> Bool {
        func begins(_ one: Term, before end: Timestamp?) -> Bool {
            guard let from = one.from, let end else { return true }
            return from < end
        }
        return begins(self, before: other.until) && begins(other, before: until)
    }
}

/// A unit of the tree 县 - 镇街 - 村居 (机构).
package struct CountyUnit: Equatable, Sendable {
    /// How it is present at the joint office (进驻方式).
    package enum Presence: String, CaseIterable, Sendable {
        /// 常驻.
        case resident
        /// 轮驻.
        case rotating
        /// 随驻.
        case onCall = "on_call"
    }

    /// The short name; an agency that pushes has the same name in `agencies.yaml`.
    package var name: AgencyID
    /// The name in Chinese.
    package var title: String
    /// The unit above it; `nil` for the county's own.
    package var parent: AgencyID?
    /// How it is present, where it is.
    package var presence: Presence?
    /// When it exists, or is present.
    package var term: Term
    /// Who took its duties over (承继单位); several after a split.
    package var successors: [AgencyID]
    /// What it was called before a moment, in rising order (曾用名).
    package var formerTitles: [FormerTitle]

    /// A name that was in use until a moment.
    package struct FormerTitle: Equatable, Sendable {
        /// The name in Chinese.
        package var title: String
        /// Until when.
        package var until: Timestamp

        /// A former name.
        package init(title: String, until: Timestamp) {
            self.title = title
            self.until = until
        }
    }

    /// A unit from its parts.
    package init(
        name: AgencyID,
        title: String,
        parent: AgencyID? = nil,
        presence: Presence? = nil,
        term: Term = Term(),
        successors: [AgencyID] = [],
        formerTitles: [FormerTitle] = []
    ) {
        self.name = name
        self.title = title
        self.parent = parent
        self.presence = presence
        self.term = term
        self.successors = successors
        self.formerTitles = formerTitles
    }

    /// What it was called at a moment.
    package func title(at time: Timestamp) -> String {
        formerTitles.first { time < $0.until }?.title ?? title
    }
}

/// A post with those who hold it (岗位).
package struct Post: Equatable, Sendable {
    /// Somebody in the post.
    package struct Holder: Equatable, Sendable {
        /// The name of the officer's key, `duty` of `keys/officer-duty.pub`.
        package var officer: String
        /// A deputy (代班) and not the holder.
        package var isDeputy: Bool
        /// From when until when.
        package var term: Term

        /// A holder from its parts.
        package init(officer: String, isDeputy: Bool = false, term: Term = Term()) {
            self.officer = officer
            self.isDeputy = isDeputy
            self.term = term
        }
    }

    /// The short name.
    package var name: String
    /// The name in Chinese.
    package var title: String
    /// The unit that it belongs to.
    package var unit: AgencyID
    /// The most that it can be granted.
    package var role: Role
    /// Who holds it, and deputies.
    package var holders: [Holder]

    /// A post from its parts.
    package init(name: String, title: String, unit: AgencyID, role: Role, holders: [Holder]) {
        self.name = name
        self.title = title
        self.unit = unit
        self.role = role
        self.holders = holders
    }
}

/// A grant (授权): rights over subjects, divisions and purposes, for a time.
package struct Grant: Equatable, Sendable {
    /// Who has it.
    package enum Grantee: Hashable, Sendable {
        /// A post, by its short name.
        case post(String)
        /// An agency's own key, by the name of the agency.
        case agency(AgencyID)
        /// The key of every registered agency.
        case everyAgency
    }

    /// Who has it.
    package var grantee: Grantee
    /// What may be done; `nil` for all that the role may.
    package var rights: Set<Right>?
    /// What it may be done with; a subject must match one.
    package var subjects: [SubjectPattern]
    /// Where; a county covers its townships and what nobody placed.
    package var divisions: [Division]
    /// Which lane.
    package var lane: Lane
    /// Which purposes of items (信访目的); `nil` for all.
    package var purposes: Set<Purpose>?
    /// Accusations of which competence, in the sealed lane; `nil` for all.
    package var competences: Set<Competence>?
    /// When.
    package var term: Term
    /// The legal ground, for people (依据).
    package var basis: String

    /// A grant from its parts.
    package init(
        grantee: Grantee,
        rights: Set<Right>? = nil,
        subjects: [SubjectPattern],
        divisions: [Division],
        lane: Lane = .open,
        purposes: Set<Purpose>? = nil,
        competences: Set<Competence>? = nil,
        term: Term = Term(),
        basis: String = ""
    ) {
        self.grantee = grantee
        self.rights = rights
        self.subjects = subjects
        self.divisions = divisions
        self.lane = lane
        self.purposes = purposes
        self.competences = competences
        self.term = term
        self.basis = basis
    }
}

/// An officer who is set aside for one case (回避, 条例 §28): the case and its alerts do not exist for them.
package struct Recusal: Equatable, Sendable {
    /// The name of the officer's key.
    package var officer: String
    /// The case, under any identifier that it has had.
    package var matter: CaseID
    /// From when until when.
    package var term: Term
    /// Why, for people.
    package var reason: String

    /// A recusal from its parts.
    package init(officer: String, matter: CaseID, term: Term = Term(), reason: String) {
        self.officer = officer
        self.matter = matter
        self.term = term
        self.reason = reason
    }
}
