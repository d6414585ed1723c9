import Domain
import Wire

/// What one holder of a key may see and do, now and of the past (今昔准入).
///
/// What is read of the log must be allowed now and must have been allowed then (DESIGN §7). The value
/// is made when a session begins and when the register changes; terms run out by themselves.
struct Rights: Sendable {
    /// What may be done by the register in force.
    let access: Access
    /// What the posts held now could do by earlier registers, each from a moment on, ascending.
    private let past: [(from: Timestamp, access: Access)]
    private let county: Division

    init(_ holder: KeyHolder, _ history: GrantHistory, options: HubOptions, now: Timestamp) {
        let versions = history.versions
        let current = versions.last?.register ?? GrantRegister()
        let access = Access(holder, current, lane: options.lane)
        self.access = access
        county = options.county
        var past: [(from: Timestamp, access: Access)] = []
        for version in versions {
            let then = Access(heldBy: access, at: now, by: version.register, lane: options.lane)
            if past.last?.access != then { past.append((version.from, then)) }
        }
        self.past = past
    }

    /// Whether something with these subjects may be seen that happened `then`.
    ///
    /// What has no subject is for those alone who see everything.
    func maySee(_ right: Right, _ subjects: [Subject], now: Timestamp, then: Timestamp) -> Bool {
        guard let former = access(inForce: then) else { return false }
        return allows(access, right, subjects, at: now)
            && allows(former, right, subjects, at: then)
    }

    /// Where everything may be seen, now and by earlier registers.
    func view(_ right: Right) -> View {
        View(
            present: access.outlook(for: right),
            past: past.map { ($0.from, $0.access.outlook(for: right)) }
        )
    }

    /// Where everything may be seen, to be asked of one decision after the other: `maySee` says yes there, whatever
    /// the subjects are.
    struct View {
        fileprivate let present: Outlook
        fileprivate let past: [(from: Timestamp, outlook: Outlook)]

        func covers(_ place: Division, now: Timestamp, then: Timestamp) -> Bool {
            guard present.covers(place, at: now) else { return false }
            let former = past.last { $0.from <= then } ?? past.first
            return former?.outlook.covers(place, at: then) ?? false
        }
    }

    /// What the posts held now could do at a moment; what was before there were grants is judged by the first register.
    private func access(inForce then: Timestamp) -> Access? {
        (past.last { $0.from <= then } ?? past.first)?.access
    }

    /// Which accusations with these subjects may be known of that were decided upon `then`, one clearance for each
    /// way that leads there now together with one that did then.
    func clearances(
        for right: Right,
        _ subjects: [Subject],
        now: Timestamp,
        then: Timestamp
    ) -> [Clearance] {
        let present = clearances(for: right, subjects, now: now)
        guard let former = access(inForce: then) else { return present }
        let earlier = former.clearances(for: right, over: subjects, in: county, at: then)
        return present.flatMap { own in earlier.map { own.intersection($0) } }
    }

    /// Which accusations with these subjects may be known of as they stand, one clearance for each way.
    func clearances(
        for right: Right,
        _ subjects: [Subject],
        purpose: Purpose? = nil,
        now: Timestamp
    ) -> [Clearance] {
        access.clearances(for: right, over: subjects, purpose: purpose, in: county, at: now)
    }

    /// Whether something with these subjects may be seen as it stands now.
    func maySee(_ right: Right, _ subjects: [Subject], now: Timestamp) -> Bool {
        allows(access, right, subjects, at: now)
    }

    /// Whether everything in the county may be seen.
    func maySeeAll(_ right: Right, now: Timestamp) -> Bool {
        access.permitsAll(right, in: county, at: now)
    }

    private func allows(
        _ access: Access,
        _ right: Right,
        _ subjects: [Subject],
        at time: Timestamp
    ) -> Bool {
        subjects.isEmpty
            ? access.permitsAll(right, in: county, at: time)
            : access.permits(right, subjects, at: time)
    }
}

extension Principal {
    /// Who comes with the key, as grants name it.
    var holder: KeyHolder {
        switch self {
        case .agency(let agency): .agency(agency)
        case .officer(let name), .operator(let name): .person(name)
        }
    }
}

extension Query.Kind {
    /// What asking needs.
    var right: Right {
        switch self {
        case .status: .status
        case .alerts: .alerts
        case .cases, .matter: .cases
        case .why, .edits: .reasons
        case .likely: .likely
        case .visits: .visits
        case .quarantine: .quarantine
        case .counts: .counts
        // One's own; those of all need `Right.subscriptions`.
        case .subscriptions: .watch
        case .heat: .counts
        case .text: .text
        case .unclassed: .classify
        case .life: .life
        }
    }
}
