/// Whether somebody may do something, and why (判定): what `liandong grant explain` prints.
package struct Verdict: Equatable, Sendable {
    /// Why, in one word a script can read.
    package enum Reason: String, CaseIterable, Sendable {
        /// A grant gives it.
        case granted
        /// The key's name stands in no post.
        case noPost = "no_post"
        /// Every post that the name stands in has ended or not begun.
        case notInPost = "not_in_post"
        /// The role of the post may not do it, whatever a grant says.
        case roleLacks = "role_lacks"
        /// No grant of the post, or of the agency, gives it.
        case noGrant = "no_grant"
        /// The grant is for the other lane.
        case otherLane = "other_lane"
        /// The grant has ended or not begun.
        case outOfTerm = "out_of_term"
        /// The unit has ended without one successor.
        case unitEnded = "unit_ended"
        /// The grant does not cover the division.
        case otherDivision = "other_division"
        /// The grant does not cover the subject.
        case otherSubject = "other_subject"
        /// The grant does not cover the purpose of the item.
        case otherPurpose = "other_purpose"
        /// The officer is set aside for the case.
        case recused
    }

    /// It may be done.
    package var isAllowed: Bool { reason == .granted }
    /// Why, or why not: the reason that came nearest to a yes.
    package var reason: Reason
    /// The post that decided, where there was one.
    package var post: String?
    /// The place of the grant that decided in the file, from 0.
    package var grant: Int?
    /// The legal ground of that grant.
    package var basis: String
    /// Of which accusations the yes holds, in the sealed lane; `nil` where it holds of everything that was asked.
    ///
    /// Whether one accusation is within it is known at the hub alone.
    package var limits: Clearance?

    /// A verdict from its parts.
    package init(_ reason: Reason, post: String? = nil, grant: Int? = nil, basis: String = "") {
        self.reason = reason
        self.post = post
        self.grant = grant
        self.basis = basis
    }
}

/// A question about a right (问权).
package struct RightQuestion: Equatable, Sendable {
    /// Who.
    package var holder: KeyHolder
    /// What.
    package var right: Right
    /// Over which subject; `nil` over anything at all.
    package var subject: Subject?
    /// An item's purpose.
    package var purpose: Purpose?
    /// Of which case, under any of its identifiers.
    package var matters: [CaseID]
    /// When.
    package var time: Timestamp
    /// At the hub of which lane.
    package var lane: Lane

    /// A question from its parts.
    package init(
        _ holder: KeyHolder,
        _ right: Right,
        subject: Subject? = nil,
        purpose: Purpose? = nil,
        matters: [CaseID] = [],
        at time: Timestamp,
        lane: Lane = .open
    ) {
        self.holder = holder
        self.right = right
        self.subject = subject
        self.purpose = purpose
        self.matters = matters
        self.time = time
        self.lane = lane
    }
}

extension GrantRegister {
    /// Whether somebody may do something, with the grant that gives it or the reason that came nearest.
    ///
    /// It says what `Access` says; a test compares the two over drawn registers.
    package func judge(_ question: RightQuestion) -> Verdict {
        let verdicts = candidates(question)
        let nearest = verdicts.max { $0.reason.nearness < $1.reason.nearness }
        guard let nearest, nearest.isAllowed, case .person(let name) = question.holder else {
            return nearest ?? Verdict(.noGrant)
        }
        let isRecused = recusals.contains {
            $0.officer == name && $0.term.contains(question.time)
                && question.matters.contains($0.matter)
        }
        if isRecused { return Verdict(.recused, post: nearest.post) }
        var verdict = nearest
        verdict.limits = limits(question)
        return verdict
    }

    /// Which accusations a person may know of by all grants that give the right, as the hub asks it.
    private func limits(_ question: RightQuestion) -> Clearance? {
        guard question.lane == .sealed, question.right.concernsMatters else { return nil }
        return Access(question.holder, self, lane: question.lane)
            .clearance(for: question.right, over: question.subject, at: question.time)
    }

    private func candidates(_ question: RightQuestion) -> [Verdict] {
        switch question.holder {
        case .agency(let agency):
            if !Grant.rightsOfAgencies.contains(question.right) { return [Verdict(.roleLacks)] }
            if let unit = unit(agency), !unit.term.contains(question.time) {
                return [Verdict(.unitEnded)]
            }
            return grants.indices.compactMap { index in
                let grantee = grants[index].grantee
                guard grantee == .agency(agency) || grantee == .everyAgency else { return nil }
                return judge(question, grant: index, post: nil)
            }
        case .person(let name):
            let held = posts.filter { $0.holders.contains { $0.officer == name } }
            if held.isEmpty { return [Verdict(.noPost)] }
            return held.flatMap { post -> [Verdict] in
                let isIn = post.holders.contains {
                    $0.officer == name && $0.term.contains(question.time)
                }
                guard isIn else { return [Verdict(.notInPost, post: post.name)] }
                guard post.role.rights.contains(question.right) else {
                    return [Verdict(.roleLacks, post: post.name)]
                }
                guard termOfDuties(of: post.unit).contains(question.time) else {
                    return [Verdict(.unitEnded, post: post.name)]
                }
                let own = grants.indices.filter { grants[$0].grantee == .post(post.name) }
                let found = own.map { judge(question, grant: $0, post: post) }
                return found.isEmpty ? [Verdict(.noGrant, post: post.name)] : found
            }
        }
    }

    private func judge(_ question: RightQuestion, grant index: Int, post: Post?) -> Verdict {
        let grant = grants[index]
        func verdict(_ reason: Verdict.Reason) -> Verdict {
            Verdict(reason, post: post?.name, grant: index, basis: grant.basis)
        }
        let given = post.map { grant.rights(of: $0.role) } ?? grant.rights
        guard given?.contains(question.right) ?? true else { return verdict(.noGrant) }
        guard grant.lane == question.lane else { return verdict(.otherLane) }
        guard grant.term.contains(question.time) else { return verdict(.outOfTerm) }
        if let subject = question.subject {
            guard grant.divisions.contains(where: { $0.covers(subject) }) else {
                return verdict(.otherDivision)
            }
            guard grant.subjects.contains(where: { $0.matches(subject) }) else {
                return verdict(.otherSubject)
            }
        }
        if let purpose = question.purpose, let purposes = grant.purposes,
            !purposes.contains(purpose)
        {
            return verdict(.otherPurpose)
        }
        return verdict(.granted)
    }
}

extension Right {
    /// It is about items, cases or alerts one by one, and not about the hub or its totals.
    fileprivate var concernsMatters: Bool {
        switch self {
        case .push, .status, .quarantine, .counts, .confirmClock, .subscriptions, .configure, .keys,
            .audit:
            false
        default: true
        }
    }
}

extension Verdict.Reason {
    /// How near a reason is to a yes.
    fileprivate var nearness: Int {
        switch self {
        case .granted: 11
        case .recused: 10
        case .otherPurpose: 9
        case .otherSubject: 8
        case .otherDivision: 7
        case .outOfTerm: 6
        case .otherLane: 5
        case .unitEnded: 4
        case .noGrant: 3
        case .roleLacks: 2
        case .notInPost: 1
        case .noPost: 0
        }
    }
}
