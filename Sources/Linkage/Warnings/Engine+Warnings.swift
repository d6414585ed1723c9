import Domain
import Text

extension Engine {
    /// Weighs what an item changed: its case, its visit, its own flags (预警研判).
    ///
    /// Without `mayRaise`, for a late item, it adds to a standing alert and raises none.
    mutating func warn(
        _ number: Int,
        at time: Timestamp,
        mayRaise: Bool,
        into found: inout [Decision.Content]
    ) {
        guard let rules = configuration.rules else { return }
        let terms = Alerts.Terms(rules: rules, version: configuration.rulesVersion)
        let subject = warnedMatter(of: number)
        let now = clock.wall(at: time)
        var matter = matterBasis(subject, rules, now)
        addReturn(to: &matter, subject, rules, found)
        for basis in [
            matter, visitBasis(subject, number, rules), urgentBasis(subject, number, rules),
        ] {
            guard let basis else { continue }
            if let content = alerts.weigh(basis, at: time, terms: terms, mayRaise: mayRaise) {
                found.append(content)
            }
        }
        if mayRaise { tryRules(subject, number, rules, now, into: &found) }
    }

    /// Weighs what an item was part of again, after it was withdrawn: its case, its visit, what it
    /// flagged (更正).
    ///
    /// - Parameters:
    ///   - number: The item.
    ///   - subject: What its alerts spoke of before.
    ///   - time: When.
    ///   - found: Gets the decisions.
    mutating func weighWithout(
        _ number: Int,
        of subject: WarnedMatter,
        at time: Timestamp,
        into found: inout [Decision.Content]
    ) {
        let rules = configuration.rules
        let ref = items[number].ref
        let left = subject.members.filter { $0 != Int32(number) }
        var after = left.first.map { warnedMatter(of: Int($0)) } ?? subject
        if left.isEmpty { (after.members, after.byTime) = ([], []) }
        // A case of one keeps the name under which officers were warned of it.
        (after.id, after.anchor) = (subject.id, subject.anchor)
        for kind in AlertKind.ofMatters {
            let id = AlertID(county: configuration.county, kind: kind, anchor: subject.anchor)
            guard let alert = alerts[id] else { continue }
            guard alert.state != .over, let rules else {
                alerts.strike(ref, from: id)
                continue
            }
            var basis = basis(kind, after, [])
            switch kind {
            case .visit: addHeads(to: &basis, of: after, rules)
            case .urgent:
                for member in left where basis.signals.isEmpty {
                    basis.signals = urgentBasis(after, Int(member), rules)?.signals ?? []
                }
            case .wording:
                guard alert.items.contains(ref) else { continue }
                basis.items = alert.items.filter { $0 != ref }
                basis.itemCount = basis.items.count
                basis.signals = basis.items.isEmpty ? [] : alert.signals
            default:
                basis.signals = left.isEmpty ? [] : gravest(after, rules, clock.wall(at: time))
            }
            let terms = Alerts.Terms(rules: rules, version: configuration.rulesVersion)
            if let content = alerts.correct(basis, at: time, terms: terms) { found.append(content) }
        }
    }

    /// The gravest visit among the items that are left.
    private func addHeads(to basis: inout Alerts.Basis, of subject: WarnedMatter, _ rules: Rules) {
        for member in subject.members {
            guard let other = visitBasis(subject, Int(member), rules), other.heads > basis.heads
            else { continue }
            (basis.signals, basis.heads, basis.visit) = (other.signals, other.heads, other.visit)
        }
    }

    /// What alerts of a case or of a single item speak of.
    struct WarnedMatter {
        var id: CaseID
        var anchor: UInt64
        var members: [Int32]
        var byTime: [Int32]
        var newest: Timestamp
        var division: Division
        var category: Category
    }

    func warnedMatter(of number: Int) -> WarnedMatter {
        let item = items[number]
        guard item.caseNumber >= 0 else {
            let anchor = cases.freeAnchor(item.ref, county: configuration.county)
            return WarnedMatter(
                id: CaseID(county: configuration.county, anchor: anchor),
                anchor: anchor,
                members: [Int32(number)],
                byTime: [Int32(number)],
                newest: item.time,
                division: item.township.isTownship ? item.township : item.division,
                category: item.category
            )
        }
        let known = cases.cases[Int(item.caseNumber)]
        return WarnedMatter(
            id: known.id,
            anchor: known.anchor,
            members: known.members,
            byTime: known.byTime,
            newest: known.newest,
            division: known.division,
            category: known.category
        )
    }

    /// Weighs a case again that an officer's edit changed: it may now reach a bound, or its standing
    /// alert rests on less than it said (更正).
    ///
    /// - Parameters:
    ///   - number: The case.
    ///   - gains: Items came into it; only then may it raise what it has not raised before.
    ///   - time: When.
    ///   - found: Gets the decision.
    mutating func weighAgain(
        case number: Int,
        gains: Bool,
        at time: Timestamp,
        into found: inout [Decision.Content]
    ) {
        guard let rules = configuration.rules, let member = cases.cases[number].members.first else {
            return
        }
        let terms = Alerts.Terms(rules: rules, version: configuration.rulesVersion)
        let subject = warnedMatter(of: Int(member))
        let now = clock.wall(at: time)
        var basis = basis(.matter, subject, signals(subject, rules, now))
        let named = alerts[basis.id]?.items ?? []
        let isStale =
            alerts[basis.id]?.itemCount ?? 0 > subject.members.count
            || named.contains { ref in
                let item = identities.number(of: ref).map { Int($0) - 1 } ?? -1
                return item < 0 || items[item].caseNumber != Int32(number)
            }
        if isStale, alerts[basis.id]?.state != .over {
            basis.signals = gravest(subject, rules, now)
            if let content = alerts.correct(basis, at: time, terms: terms) { found.append(content) }
            return
        }
        // A case of old items alone raises nothing, as these would not by themselves.
        let isNew = now - subject.newest <= configuration.lateAfter
        let mayRaise = gains && isNew
        if let content = alerts.weigh(basis, at: time, terms: terms, mayRaise: mayRaise) {
            found.append(content)
        }
    }

    /// What the rules say of a case at its gravest, wherever their windows end: a window that has
    /// passed was true then.
    private func gravest(
        _ subject: WarnedMatter,
        _ rules: Rules,
        _ now: Timestamp
    ) -> [Signal] {
        var found: [Signal] = []
        for member in subject.byTime.suffix(Engine.endsMax) {
            var then = subject
            then.newest = items[Int(member)].time
            for signal in signals(then, rules, now) {
                if let place = found.firstIndex(where: { $0.rule == signal.rule }) {
                    if found[place].value < signal.value { found[place] = signal }
                } else {
                    found.append(signal)
                }
            }
        }
        let order = rules.rules.map(\.name)
        return found.sorted { left, right in
            order.firstIndex(of: left.rule) ?? order.count
                < order.firstIndex(of: right.rule) ?? order.count
        }
    }

    /// The most ends of windows that are tried for a corrected alert.
    private static let endsMax = 512

    private func matterBasis(
        _ subject: WarnedMatter,
        _ rules: Rules,
        _ now: Timestamp
    ) -> Alerts.Basis? {
        let signals = signals(subject, rules, now)
        return signals.isEmpty ? nil : basis(.matter, subject, signals)
    }

    /// Complaints and sentiment stand side by side in a case when they came within so long (DOMAIN §3.3).
    private static let jointSpan = TimeSpan.days(30)

    private func signals(
        _ subject: WarnedMatter,
        _ rules: Rules,
        _ now: Timestamp
    ) -> [Signal] {
        let measures = measures(of: subject, rules, now)
        var found = rules.rules.compactMap { $0.isOnTrial ? nil : measures.signal($0) }
        if let medium = measures.medium(rules.mediaLevels) { found.append(medium) }
        guard rules.raisesJoint, let level = found.map(\.level).max() else { return found }
        let sentiment = measures.sentimentBesideComplaints(within: Engine.jointSpan)
        if sentiment > 0 {
            found.append(
                Signal(rule: "joint", value: sentiment, threshold: 1, level: level.raised)
            )
        }
        return found
    }

    private func measures(
        of subject: WarnedMatter,
        _ rules: Rules,
        _ now: Timestamp
    ) -> Measures {
        Measures(
            Measures.Sources(
                items: items,
                persons: persons,
                visits: visits,
                agencies: configuration.agencies,
                reaches: reaches
            ),
            byTime: subject.byTime,
            end: subject.newest,
            now: now,
            isProtected: rules.isProtected(subject.division, at: subject.newest)
        )
    }

    /// A closed case that was fed again, by what was decided of the item before (倒流).
    private func addReturn(
        to basis: inout Alerts.Basis?,
        _ subject: WarnedMatter,
        _ rules: Rules,
        _ found: [Decision.Content]
    ) {
        let hasReturned = found.contains { content in
            guard case .caseLived(subject.id, _, .reopened, officer: "", _) = content else {
                return false
            }
            return true
        }
        guard hasReturned, let level = rules.returnedLevel else { return }
        var returned = basis ?? self.basis(.matter, subject, [])
        let before = alerts[returned.id]?.signals.first { $0.rule == "returned" }?.value ?? 0
        returned.signals.append(
            Signal(rule: "returned", value: before + 1, threshold: 1, level: level)
        )
        returned.isNews = true
        basis = returned
    }

    /// Words of an item that ask for a look; whether they are meant, a person must find out (待核实).
    mutating func warnOfWording(
        _ number: Int,
        _ item: Item,
        at time: Timestamp,
        into found: inout [Decision.Content]
    ) {
        guard let rules = configuration.rules, let wording = rules.wording,
            let words = configuration.wording,
            words.first(in: PlainText(item.title)) != nil
                || words.first(in: PlainText(item.text)) != nil
        else { return }
        let signal = Signal(rule: "wording", value: 1, threshold: 1, level: wording.level)
        var basis = basis(.wording, warnedMatter(of: number), [signal])
        let named = alerts[basis.id].map(\.items) ?? []
        basis.items = (named + [item.ref]).suffix(Alert.evidenceMax)
        basis.itemCount = (alerts[basis.id]?.itemCount ?? 0) + 1
        let terms = Alerts.Terms(rules: rules, version: configuration.rulesVersion)
        if let content = alerts.weigh(basis, at: time, terms: terms, mayRaise: true) {
            found.append(content)
        }
    }

    /// What rules on trial would have raised is told once for each level, and raises nothing (试运行).
    private mutating func tryRules(
        _ subject: WarnedMatter,
        _ number: Int,
        _ rules: Rules,
        _ now: Timestamp,
        into found: inout [Decision.Content]
    ) {
        let onTrial = rules.rules.filter(\.isOnTrial)
        guard !onTrial.isEmpty else { return }
        let measures = measures(of: subject, rules, now)
        for rule in onTrial {
            let signal =
                rule.measure == .heads
                ? visitSignal(rule, number, measures.isProtected) : measures.signal(rule)
            guard let signal,
                trials.reach(signal.level, rule.name, anchor: subject.anchor)
            else { continue }
            found.append(
                .ruleTried(
                    subject.id,
                    CaseScope(division: subject.division, category: subject.category),
                    signal,
                    items: evidence(of: subject),
                    rulesVersion: configuration.rulesVersion
                )
            )
        }
    }

    private func visitSignal(_ rule: Rules.Rule, _ number: Int, _ isProtected: Bool) -> Signal? {
        countedHeads(ofVisitBy: number).flatMap {
            Measures.signal(rule, value: $0.heads, isProtected: isProtected)
        }
    }

    /// The heads of the visit that an item reports, as its registering agency counts them.
    private func countedHeads(ofVisitBy number: Int) -> (visit: Int, heads: Int)? {
        guard let visit = visits.number(of: number),
            let counting = visits.counting(
                visit,
                items: items,
                agencies: configuration.agencies
            )
        else { return nil }
        return (visit, items[counting].heads)
    }

    private func visitBasis(_ subject: WarnedMatter, _ number: Int, _ rules: Rules) -> Alerts.Basis?
    {
        guard let (visit, heads) = countedHeads(ofVisitBy: number) else { return nil }
        let isProtected = rules.isProtected(subject.division, at: items[number].time)
        let signals = rules.rules.compactMap { rule in
            rule.measure == .heads && !rule.isOnTrial
                ? Measures.signal(rule, value: heads, isProtected: isProtected) : nil
        }
        guard !signals.isEmpty else { return nil }
        var basis = basis(.visit, subject, signals)
        basis.heads = heads
        basis.visit = Int32(visit)
        return basis
    }

    private func urgentBasis(
        _ subject: WarnedMatter,
        _ number: Int,
        _ rules: Rules
    ) -> Alerts.Basis? {
        let flags = items[number].flags
        var signals: [Signal] = []
        if flags.contains(.urgent) {
            signals.append(
                Signal(rule: "urgent", value: 1, threshold: 1, level: rules.urgentLevel)
            )
        }
        if flags.contains(.danger) {
            signals.append(
                Signal(rule: "danger", value: 1, threshold: 1, level: rules.dangerLevel)
            )
        }
        return signals.isEmpty ? nil : basis(.urgent, subject, signals)
    }

    /// The items that are named, the latest in journal order.
    private func evidence(of subject: WarnedMatter) -> [ItemRef] {
        subject.members.suffix(Alert.evidenceMax).map { items[Int($0)].ref }
    }

    private func basis(
        _ kind: AlertKind,
        _ subject: WarnedMatter,
        _ signals: [Signal]
    ) -> Alerts.Basis {
        Alerts.Basis(
            id: AlertID(county: configuration.county, kind: kind, anchor: subject.anchor),
            kind: kind,
            caseID: subject.id,
            division: subject.division,
            category: subject.category,
            signals: signals,
            items: evidence(of: subject),
            itemCount: subject.members.count,
            persons: Measures.persons(of: subject.members, items: items, persons: persons),
            agencies: Measures.agencies(of: subject.members, items: items).map(\.agency),
            heads: 0
        )
    }
}
