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
    /// What was before there were grants is judged by the first register. What has no subject is for
    /// those alone who see everything.
    func maySee(_ right: Right, _ subjects: [Subject], now: Timestamp, then: Timestamp) -> Bool {
        let former = past.last { $0.from <= then } ?? past.first
        guard let former else { return false }
        return allows(access, right, subjects, at: now)
            && allows(former.access, right, subjects, at: then)
    }

    /// Which accusations with these subjects may be known of that were decided upon `then`, one clearance for each
    /// way that leads there now together with one that did then.
    func clearances(
        for right: Right,
        _ subjects: [Subject],
        now: Timestamp,
        then: Timestamp
    ) -> [Clearance] {
        let former = past.last { $0.from <= then } ?? past.first
        let present = clearances(for: right, subjects, now: now)
        guard let former else { return present }
        let earlier = former.access.clearances(for: right, over: subjects, in: county, at: then)
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
