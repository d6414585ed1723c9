import Domain
import Text

extension Engine {
    /// An item's time may lie this far ahead of its coming.
    private static let aheadMax = TimeSpan.minutes(10)

    /// Registers an item and follows it through the stages (登记).
    ///
    /// A step in another item's life is registered and never linked. The number 0 stands for it. With the step
    /// `withdrawn` an agency takes its own item back, which reads like any other withdrawal.
    mutating func admit(
        _ item: Item,
        _ digest: ContentDigest,
        at time: Timestamp,
        into found: inout [Decision.Content]
    ) {
        let number = item.kind.isLife ? 0 : UInt32(items.count + 1)
        switch identities.meet(item.ref, digest, number: number) {
        case .sameAgain(let number):
            tally.sameAgain += 1
            found.append(.sameAgain(item.ref, ordinal: UInt64(number)))
        case .revised(let number, let revision):
            tally.revised += 1
            found.append(.revised(item.ref, ordinal: UInt64(number), revision: revision))
            if number > 0, !item.kind.isLife, !withdrawals.holds(Int(number) - 1) {
                revise(Int(number) - 1, item, at: time, into: &found)
            }
        case .new:
            if withdraw(saidBy: item, at: time, into: &found) { return }
            if case .life(let step) = item.kind {
                tally.lived += 1
                if let subject = item.subjectItem, let ordinal = ordinal(of: subject) {
                    lives.add(step, at: item.time, of: Int(ordinal) - 1)
                }
                found.append(.lived(item.ref, of: item.subjectItem ?? item.ref, step: step))
            } else {
                register(item, at: time, into: &found)
            }
        }
    }

    private mutating func register(
        _ item: Item,
        at time: Timestamp,
        into found: inout [Decision.Content]
    ) {
        let wall = clock.wall(at: time)
        let isLate = wall - item.time > configuration.lateAfter
        found.append(
            .admitted(
                Admission(
                    ref: item.ref,
                    ordinal: UInt64(items.count + 1),
                    kind: item.kind,
                    time: item.time,
                    division: item.division,
                    category: item.category,
                    isUrgent: item.isUrgent,
                    isLate: isLate,
                    isAhead: item.time - wall > Engine.aheadMax
                )
            )
        )
        let linked = link(item, isLate: isLate, at: wall, into: &found)
        tally.count(items[linked.number])
        if item.purpose == nil { unclassed.add(linked.number, at: time) }
        visit(linked.number, related: linked.related, into: &found)
        // What was imported as history raises nothing, nor is it a feed that was cut off.
        if item.isHistory { return }
        if isLate { backlogs.note(item, at: time) }
        _ = reaches.note(linked.number, item, at: wall)
        warn(linked.number, at: time, mayRaise: !isLate, into: &found)
        if !isLate { warnOfWording(linked.number, item, at: time, into: &found) }
    }

    /// Takes over what may change without a new comparison: heads, flags and relations.
    ///
    /// The item keeps its case, its time and its place.
    private mutating func revise(
        _ number: Int,
        _ item: Item,
        at time: Timestamp,
        into found: inout [Decision.Content]
    ) {
        let before = items[number]
        if item.purpose != nil { unclassed.remove(number) }
        tally.recount(wasUrgent: before.flags.contains(.urgent), isUrgent: item.isUrgent)
        var flags = before.flags
        for (flag, isSet) in [
            (KeptItem.Flags.urgent, item.isUrgent), (.danger, item.isDangerToLife),
            (.visit, item.form == .visit),
        ] {
            if isSet { flags.insert(flag) } else { flags.remove(flag) }
        }
        items[number].flags = flags
        items[number].heads = item.heads
        let related = withdrawals.without(
            relations.meet(item.ref, relates: item.relates, identities: identities)
        )
        relations.wait(item: number, for: item.relates, identities: identities)
        let hasGoneOn = reaches.note(number, item, at: clock.wall(at: time))
        let isChanged = flags != before.flags || item.heads != before.heads
        if isChanged || related.contains(where: { visits.number(of: $0) != nil }) {
            visit(number, related: related, into: &found)
        }
        if isChanged || hasGoneOn, !item.isHistory {
            warn(number, at: time, mayRaise: true, into: &found)
        }
    }
}
