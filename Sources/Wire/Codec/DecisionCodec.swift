package import Domain

/// Decisions to canonical bytes and back (`docs/journal-entries.md`).
///
/// One decision has one form: fixed order, big-endian numbers, length-prefixed texts. So decisions
/// can be compared byte for byte and hashed into `decisions_digest`.
package enum DecisionCodec {
    /// The layout that this code writes.
    package static let version: UInt8 = 1

    /// Version, kind and time.
    static let headBytes = 10

    /// The time at which a decision holds, without the rest of it; `nil` for bytes that are none.
    package static func time(of bytes: [UInt8]) -> Timestamp? {
        guard bytes.count >= headBytes, bytes[0] == version else { return nil }
        return Timestamp(milliseconds: Int64(bitPattern: UInt64(bigEndian: bytes, at: 2)))
    }

    /// The bytes of a decision.
    package static func encode(_ decision: Decision) -> [UInt8] {
        var writer = RecordWriter()
        encode(decision, to: &writer)
        return writer.bytes
    }

    private static func encode(_ decision: Decision, to writer: inout RecordWriter) {
        writer.append(version)
        writer.append(decision.content.tag.rawValue)
        writer.append(decision.at)
        switch decision.content {
        case .configured(let name, let version):
            writer.append(name)
            writer.append(version)
        case .admitted(let admission): writer.append(admission)
        case .sameAgain(let ref, let ordinal):
            writer.append(ref)
            writer.append(ordinal)
        case .revised(let ref, let ordinal, let revision):
            writer.append(ref)
            writer.append(ordinal)
            writer.append(revision)
        case .lived(let ref, let of, let step):
            writer.append(ref)
            writer.append(of)
            writer.append(step)
        case .quarantined(let number, let agency, let id, let code):
            writer.append(number)
            writer.append(agency.name)
            writer.append(id)
            writer.append(code.rawValue)
        case .refusedSealed: break
        case .copied(let ref, let of, let containmentPermille):
            writer.append(ref)
            writer.append(of)
            writer.append(containmentPermille)
        case .repeated(let ref, let of):
            writer.append(ref)
            writer.append(of)
        case .caseOpened(let id, let scope, let founder, let joined, let evidence):
            writer.append(id)
            writer.append(scope)
            writer.append(founder)
            writer.append(joined)
            writer.append(evidence)
        case .caseJoined(let id, let scope, let joined, let evidence):
            writer.append(id)
            writer.append(scope)
            writer.append(joined)
            writer.append(evidence)
        case .caseMerged(let id, let scope, let absorbed, let evidence):
            writer.append(id)
            writer.append(scope)
            writer.append(absorbed)
            writer.append(evidence)
        case .caseEdited(let editing): writer.append(editing)
        case .itemMoved(let move): writer.append(move)
        case .caseLived(let id, let scope, let life, let officer, let key):
            writer.append(id)
            writer.append(scope)
            writer.append(life.rawValue)
            writer.append(officer)
            writer.append(key)
        case .itemWithdrawn(let ref, let scope, let key, let officer):
            writer.append(ref)
            writer.append(scope)
            writer.append(key)
            writer.append(officer)
        case .visited(let report): writer.append(report)
        case .alertRaised(let alert), .alertChanged(let alert), .alertOverdue(let alert):
            writer.append(alert)
        case .alertAcknowledged(let alert, let key):
            writer.append(alert)
            writer.append(key)
        case .void(let key, let officer, let reason):
            writer.append(key)
            writer.append(officer)
            writer.append(reason.rawValue)
        case .clockChanged(let change): writer.append(change)
        case .observed(let observation, let passed):
            writer.append(observation)
            writer.append(UInt32(passed.count))
            for alert in passed { writer.append(alert) }
        case .obeyed(let key, let officer):
            writer.append(key)
            writer.append(officer)
        case .ruleTried(let id, let scope, let signal, let items, let version):
            writer.append(id)
            writer.append(scope)
            writer.append(signal)
            writer.append(items)
            writer.append(version)
        }
    }

    /// The decision of bytes.
    package static func decode(_ bytes: [UInt8]) throws(RecordError) -> Decision {
        var reader = RecordReader(bytes)
        let version = try reader.number("the version", as: UInt8.self)
        guard version == DecisionCodec.version else { throw .unknownVersion(version) }
        let number = try reader.number("the kind", as: UInt8.self)
        guard let tag = Decision.Content.Tag(rawValue: number) else {
            throw .unknownKind(UInt16(number))
        }
        let at = try reader.time("the time")
        let content = try content(tag, &reader)
        try reader.end()
        return Decision(at: at, content: content)
    }

    private static func content(
        _ tag: Decision.Content.Tag,
        _ reader: inout RecordReader
    ) throws(RecordError) -> Decision.Content {
        switch tag {
        case .configured:
            .configured(name: try reader.number("the file"), version: try reader.number("version"))
        case .admitted: .admitted(try reader.admission())
        case .sameAgain:
            .sameAgain(try reader.ref("the item"), ordinal: try reader.number("the ordinal"))
        case .revised:
            .revised(
                try reader.ref("the item"),
                ordinal: try reader.number("the ordinal"),
                revision: try reader.int("the revision")
            )
        case .lived:
            .lived(
                try reader.ref("the event"),
                of: try reader.ref("the item"),
                step: try reader.text("the step")
            )
        case .quarantined:
            .quarantined(
                number: try reader.number("the number"),
                agency: try reader.agency("the agency"),
                id: try reader.text("the id"),
                code: try reader.choice("the code")
            )
        case .refusedSealed: .refusedSealed
        case .copied:
            .copied(
                try reader.ref("the item"),
                of: try reader.ref("the original"),
                containmentPermille: try reader.int("the containment")
            )
        case .repeated:
            .repeated(try reader.ref("the item"), of: try reader.ref("the first"))
        case .caseOpened, .caseJoined, .caseMerged, .visited: try matter(tag, &reader)
        case .caseEdited: .caseEdited(try reader.editing())
        case .itemMoved: .itemMoved(try reader.move())
        case .caseLived:
            .caseLived(
                try reader.caseID("the case"),
                try reader.scope(),
                try reader.choice("the life"),
                officer: try reader.text("the officer"),
                commandKey: try reader.text("the key")
            )
        case .itemWithdrawn:
            .itemWithdrawn(
                try reader.ref("the item"),
                try reader.scope(),
                commandKey: try reader.text("the key"),
                officer: try reader.text("the officer")
            )
        case .alertRaised: .alertRaised(try reader.alert())
        case .alertChanged: .alertChanged(try reader.alert())
        case .alertAcknowledged:
            .alertAcknowledged(try reader.alert(), commandKey: try reader.text("the key"))
        case .alertOverdue: .alertOverdue(try reader.alert())
        case .void:
            .void(
                commandKey: try reader.text("the key"),
                officer: try reader.text("the officer"),
                try reader.choice("the reason")
            )
        case .clockChanged: .clockChanged(try reader.clockChange())
        case .observed: .observed(try reader.observation(), passed: try reader.alertIDs())
        case .obeyed:
            .obeyed(commandKey: try reader.text("the key"), officer: try reader.text("the officer"))
        case .ruleTried:
            .ruleTried(
                try reader.caseID("the case"),
                try reader.scope(),
                try reader.signal(),
                items: try reader.refs("the items"),
                rulesVersion: try reader.number("the rules' version")
            )
        }
    }

    private static func matter(
        _ tag: Decision.Content.Tag,
        _ reader: inout RecordReader
    ) throws(RecordError) -> Decision.Content {
        switch tag {
        case .caseOpened:
            .caseOpened(
                try reader.caseID("the case"),
                try reader.scope(),
                founder: try reader.ref("the founder"),
                joined: try reader.ref("the item"),
                try reader.evidence()
            )
        case .caseJoined:
            .caseJoined(
                try reader.caseID("the case"),
                try reader.scope(),
                joined: try reader.ref("the item"),
                try reader.evidence()
            )
        case .caseMerged:
            .caseMerged(
                try reader.caseID("the case"),
                try reader.scope(),
                absorbed: try reader.caseID("the absorbed case"),
                try reader.evidence()
            )
        default: .visited(try reader.visit())
        }
    }
}

extension Decision.Content {
    /// The kinds of decisions by their numbers; numbers are never reused.
    package enum Tag: UInt8, CaseIterable, Sendable {
        case configured = 1
        case admitted = 2
        case sameAgain = 3
        case revised = 4
        case lived = 5
        case quarantined = 6
        case refusedSealed = 7
        case copied = 8
        case repeated = 9
        case caseOpened = 10
        case caseJoined = 11
        case visited = 12
        case alertRaised = 13
        case alertChanged = 14
        case alertAcknowledged = 15
        case alertOverdue = 16
        case void = 17
        case clockChanged = 18
        case observed = 19
        case obeyed = 20
        case caseMerged = 21
        case caseEdited = 22
        case itemMoved = 23
        case caseLived = 24
        case itemWithdrawn = 25
        case ruleTried = 26

        /// The value of `decision` in JSON.
        package var token: String {
            switch self {
            case .configured: "configured"
            case .admitted: "admitted"
            case .sameAgain: "same_again"
            case .revised: "revised"
            case .lived: "lived"
            case .quarantined: "quarantined"
            case .refusedSealed: "refused_sealed"
            case .copied: "copied"
            case .repeated: "repeated"
            case .caseOpened: "case_opened"
            case .caseJoined: "case_joined"
            case .visited: "visited"
            case .alertRaised: "alert_raised"
            case .alertChanged: "alert_changed"
            case .alertAcknowledged: "alert_acknowledged"
            case .alertOverdue: "alert_overdue"
            case .void: "void"
            case .clockChanged: "clock_changed"
            case .observed: "observed"
            case .obeyed: "obeyed"
            case .caseMerged: "case_merged"
            case .caseEdited: "case_edited"
            case .itemMoved: "item_moved"
            case .caseLived: "case_lived"
            case .itemWithdrawn: "item_withdrawn"
            case .ruleTried: "rule_tried"
            }
        }
    }

    /// The number of its kind.
    package var tag: Tag {
        switch self {
        case .configured: .configured
        case .admitted: .admitted
        case .sameAgain: .sameAgain
        case .revised: .revised
        case .lived: .lived
        case .quarantined: .quarantined
        case .refusedSealed: .refusedSealed
        case .copied: .copied
        case .repeated: .repeated
        case .caseOpened: .caseOpened
        case .caseJoined: .caseJoined
        case .visited: .visited
        case .alertRaised: .alertRaised
        case .alertChanged: .alertChanged
        case .alertAcknowledged: .alertAcknowledged
        case .alertOverdue: .alertOverdue
        case .void: .void
        case .clockChanged: .clockChanged
        case .observed: .observed
        case .obeyed: .obeyed
        case .caseMerged: .caseMerged
        case .caseEdited: .caseEdited
        case .itemMoved: .itemMoved
        case .caseLived: .caseLived
        case .itemWithdrawn: .itemWithdrawn
        case .ruleTried: .ruleTried
        }
    }
}
