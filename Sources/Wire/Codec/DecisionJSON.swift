package import Domain

// Decisions for people, scripts and DELIVER bodies; `docs/journal-entries.md` names the members.
extension Decision {
    /// The decision as JSON: `decision`, `at`, then the members of its kind.
    ///
    /// No pseudonym of a person is ever in it.
    package var json: JSONValue {
        let head: [JSONValue.Member] = [
            .init("decision", .string(content.tag.token)), .init("at", .string(at.rfc3339)),
        ]
        return .object(head + content.jsonMembers)
    }

    /// What subscribers may name it by: an item's or a case's subject, an alert's present one and then
    /// its former ones; none for the rest.
    package var subjects: [Subject] {
        switch content {
        case .admitted(let admission):
            [.item(admission.ref.agency, admission.division, admission.category)]
        case .caseOpened(_, let scope, _, _, _), .caseJoined(_, let scope, _, _),
            .caseMerged(_, let scope, _, _), .caseLived(_, let scope, _, _, _):
            [.matter(scope.division, scope.category)]
        case .caseEdited(let editing):
            [.matter(editing.scope.division, editing.scope.category)]
        case .itemMoved(let move):
            [.matter(move.scope.division, move.scope.category)]
        case .itemWithdrawn(let ref, let scope, _, _):
            [
                .item(ref.agency, scope.division, scope.category),
                .matter(scope.division, scope.category),
            ]
        case .alertRaised(let alert), .alertChanged(let alert), .alertOverdue(let alert),
            .alertAcknowledged(let alert, _):
            [alert.subject] + alert.former.map(\.subject)
        default: []
        }
    }

    /// The place that the first of its subjects names; `nil` where it has no subject.
    package var place: Division? {
        switch content {
        case .admitted(let admission): admission.division
        case .caseOpened(_, let scope, _, _, _), .caseJoined(_, let scope, _, _),
            .caseMerged(_, let scope, _, _), .caseLived(_, let scope, _, _, _),
            .itemWithdrawn(_, let scope, _, _):
            scope.division
        case .caseEdited(let editing): editing.scope.division
        case .itemMoved(let move): move.scope.division
        case .alertRaised(let alert), .alertChanged(let alert), .alertOverdue(let alert),
            .alertAcknowledged(let alert, _):
            alert.division
        default: nil
        }
    }
}

extension Alert {
    /// The subject that the alert has now.
    package var subject: Subject { standing.subject }

    /// The alert as JSON.
    package var json: JSONValue {
        [
            "id": .string(id.text),
            "kind": .string(kind.token),
            "case": .string(caseID.text),
            "division": .string(division.code),
            "category": .string(category.key),
            "level": .string(level.token),
            "state": .string(state.token),
            "report": .integer(Int64(report)),
            "signals": .array(signals.map(\.json)),
            "items": .array(items.map(\.json)),
            "item_count": .integer(Int64(itemCount)),
            "persons": .integer(Int64(persons)),
            "agencies": .array(agencies.map { .string($0.name) }),
            "heads": .integer(Int64(heads)),
            "rules_version": .string(hexadecimal(rulesVersion)),
            "raised_at": .string(raisedAt.rfc3339),
            "acknowledge_by": .string(acknowledgeBy.rfc3339),
            "acknowledged_by": .string(acknowledgedBy),
            "former": .array(former.map { .string($0.subject.text) }),
        ]
    }
}

extension AlertStanding {
    /// The subject that an alert has while it stands so.
    package var subject: Subject { .alert(level, division, category) }
}

extension Signal {
    /// The signal as JSON.
    package var json: JSONValue {
        [
            "rule": .string(rule),
            "value": .integer(Int64(value)),
            "threshold": .integer(Int64(threshold)),
            "level": .string(level.token),
        ]
    }
}

extension ItemRef {
    /// The identity as JSON, `{"source","id"}`.
    package var json: JSONValue { ["source": .string(agency.source), "id": .string(id)] }
}

extension Evidence {
    /// The evidence as JSON.
    package var json: JSONValue {
        [
            "nearest": nearest.json,
            "score_permille": .integer(Int64(scorePermille)),
            "text_permille": .integer(Int64(textPermille)),
            "same_place": .bool(sharesPlace),
            "same_respondent": .bool(sharesRespondent),
            "same_person": .bool(sharesPerson),
            "related": .bool(isRelated),
        ]
    }
}

extension VoidReason {
    /// The token in JSON.
    package var token: String {
        switch self {
        case .noSuchAlert: "no_such_alert"
        case .alreadyAcknowledged: "already_acknowledged"
        case .reportMovedOn: "report_moved_on"
        case .sameCommandAgain: "same_command_again"
        case .noStepWaits: "no_step_waits"
        case .isOver: "is_over"
        case .noSuchItem: "no_such_item"
        case .noSuchCase: "no_such_case"
        case .noSuchEdit: "no_such_edit"
        case .alreadyUndone: "already_undone"
        case .alreadySo: "already_so"
        case .tooManyEdits: "too_many_edits"
        case .notPermitted: "not_permitted"
        case .alreadyClassed: "already_classed"
        }
    }
}

extension Decision.Content {
    /// The members of its kind, as they stand in the decision's JSON.
    package var jsonMembers: [JSONValue.Member] {
        switch self {
        case .configured(let name, let version):
            let file = ConfigurationFile.Name(rawValue: name)?.token ?? "founding"
            return [
                .init("file", .string(file)), .init("version", .string(hexadecimal(version))),
            ]
        case .admitted(let admission): return admission.jsonMembers
        case .sameAgain(let ref, let ordinal):
            return [.init("item", ref.json), .init("ordinal", .integer(Int64(clamping: ordinal)))]
        case .revised(let ref, let ordinal, let revision):
            return [
                .init("item", ref.json), .init("ordinal", .integer(Int64(clamping: ordinal))),
                .init("revision", .integer(Int64(revision))),
            ]
        case .lived(let ref, let of, let step):
            return [
                .init("event", ref.json), .init("item", of.json), .init("step", .string(step)),
            ]
        case .quarantined(let number, let agency, let id, let code):
            return [
                .init("number", .integer(Int64(clamping: number))),
                .init("source", .string(agency.source)), .init("id", .string(id)),
                .init("code", .string(code.text)),
            ]
        case .refusedSealed: return []
        default: return linkMembers
        }
    }

    private var linkMembers: [JSONValue.Member] {
        switch self {
        case .copied(let ref, let of, let containmentPermille):
            [
                .init("item", ref.json), .init("of", of.json),
                .init("containment_permille", .integer(Int64(containmentPermille))),
            ]
        case .repeated(let ref, let of): [.init("item", ref.json), .init("of", of.json)]
        case .caseOpened(let id, let scope, let founder, let joined, let evidence):
            [
                .init("case", .string(id.text)),
                .init("division", .string(scope.division.code)),
                .init("category", .string(scope.category.key)),
                .init("founder", founder.json),
                .init("item", joined.json), .init("evidence", evidence.json),
            ]
        case .caseJoined(let id, let scope, let joined, let evidence):
            [
                .init("case", .string(id.text)),
                .init("division", .string(scope.division.code)),
                .init("category", .string(scope.category.key)),
                .init("item", joined.json),
                .init("evidence", evidence.json),
            ]
        case .caseMerged(let id, let scope, let absorbed, let evidence):
            [
                .init("case", .string(id.text)),
                .init("division", .string(scope.division.code)),
                .init("category", .string(scope.category.key)),
                .init("absorbed", .string(absorbed.text)),
                .init("evidence", evidence.json),
            ]
        case .caseEdited(let editing): editing.jsonMembers
        case .itemMoved(let move): move.jsonMembers
        case .caseLived(let id, let scope, let life, let officer, let key):
            [
                .init("case", .string(id.text)),
                .init("division", .string(scope.division.code)),
                .init("category", .string(scope.category.key)),
                .init("life", .string(life.token)),
                .init("officer", .string(officer)), .init("command", .string(key)),
            ]
        case .itemWithdrawn(let ref, _, _, _): [.init("item", ref.json)]
        case .ruleTried(let id, let scope, let signal, let items, let version):
            [
                .init("case", .string(id.text)),
                .init("division", .string(scope.division.code)),
                .init("category", .string(scope.category.key)), .init("signal", signal.json),
                .init("items", .array(items.map(\.json))),
                .init("rules_version", .string(hexadecimal(version))),
            ]
        case .visited(let report):
            [
                .init("founder", report.founder.json), .init("item", report.ref.json),
                .init("heads", .integer(Int64(report.heads))),
                .init("counted_heads", .integer(Int64(report.countedHeads))),
                .init("counts", .bool(report.counts)),
            ]
        case .alertRaised(let alert), .alertChanged(let alert), .alertOverdue(let alert):
            [.init("alert", alert.json)]
        case .alertAcknowledged(let alert, let key):
            [.init("alert", alert.json), .init("command", .string(key))]
        case .void(let key, let officer, let reason):
            [
                .init("command", .string(key)), .init("officer", .string(officer)),
                .init("reason", .string(reason.token)),
            ]
        case .clockChanged(let change): change.jsonMembers
        case .observed(let observation, let passed):
            observation.jsonMembers
                + [.init("passed", .array(passed.map { .string($0.text) }))]
        case .obeyed(let key, let officer):
            [.init("command", .string(key)), .init("officer", .string(officer))]
        default: []
        }
    }
}

extension Admission {
    fileprivate var jsonMembers: [JSONValue.Member] {
        [
            .init("item", ref.json),
            .init("ordinal", .integer(Int64(clamping: ordinal))),
            .init("type", .string(kind.type)),
            .init("time", .string(time.rfc3339)),
            .init("division", .string(division.code)),
            .init("category", .string(category.key)),
            .init("urgent", .bool(isUrgent)),
            .init("late", .bool(isLate)),
            .init("ahead", .bool(isAhead)),
        ]
    }
}

/// Sixteen hexadecimal digits, as versions of files are written.
package func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
