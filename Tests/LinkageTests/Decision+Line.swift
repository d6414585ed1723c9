import Domain

extension Decision {
    /// One readable line: when, what, of which items.
    var line: String {
        "\(at.rfc3339.dropFirst(5).prefix(11)) \(content.line)".replacing("T", with: " ")
    }
}

extension ItemRef {
    var short: String { "\(agency.name)/\(id)" }
}

extension Decision.Content {
    var line: String {
        switch self {
        case .configured(let name, let version): "configured \(name) \(version)"
        case .admitted(let admission):
            "admitted \(admission.ref.short) #\(admission.ordinal)"
                + (admission.isUrgent ? " urgent" : "") + (admission.isLate ? " late" : "")
                + (admission.isAhead ? " ahead" : "")
        case .sameAgain(let ref, let ordinal): "same \(ref.short) #\(ordinal)"
        case .revised(let ref, let ordinal, let revision):
            "revised \(ref.short) #\(ordinal) r\(revision)"
        case .lived(let ref, let item, let step): "lived \(ref.short) of \(item.short) \(step)"
        case .quarantined(let number, let agency, let id, let code):
            "quarantined \(number) \(agency.name)/\(id) \(code.text)"
        case .refusedSealed: "refused sealed"
        case .copied(let ref, let original, let permille):
            "copied \(ref.short) of \(original.short) \(permille)"
        case .repeated(let ref, let first): "repeated \(ref.short) of \(first.short)"
        case .caseOpened(let id, _, let founder, let joined, let evidence):
            "opened \(id.text) \(founder.short) \(joined.short) \(evidence.line)"
        case .caseJoined(let id, _, let joined, let evidence):
            "joined \(id.text) \(joined.short) \(evidence.line)"
        case .caseMerged(let id, _, let absorbed, let evidence):
            "merged \(absorbed.text) into \(id.text) \(evidence.line)"
        case .caseEdited(let editing):
            "edited \(editing.number) \(editing.kind) \(editing.id.text)"
                + " \(editing.others.map(\.text)) moved \(editing.movedCount)"
                + " followed \(editing.followedCount) alerts \(editing.alerts.count)"
        case .itemMoved(let move):
            "moved \(move.item.short) from \(move.from?.text ?? "-") to \(move.to?.text ?? "-")"
        case .caseLived(let id, _, let life, let officer, _):
            "lived \(id.text) \(life) \(officer)"
        case .itemWithdrawn(let ref, _, let key, let officer):
            "withdrawn \(ref.short) \(key) \(officer)"
        case .ruleTried(let id, _, let signal, _, _):
            "tried \(id.text) \(signal.rule) \(signal.value)/\(signal.threshold) \(signal.level.token)"
        case .visited(let report):
            "visited \(report.founder.short) by \(report.ref.short) \(report.heads)"
                + " counted \(report.countedHeads)" + (report.counts ? " counts" : "")
        case .alertRaised(let alert): "raised \(alert.line)"
        case .alertChanged(let alert): "changed \(alert.line)"
        case .alertAcknowledged(let alert, let key): "acknowledged \(key) \(alert.line)"
        case .alertOverdue(let alert): "overdue \(alert.line)"
        case .void(let key, let officer, let reason): "void \(key) \(officer) \(reason)"
        case .clockChanged(let change):
            "clock \(change.event.token) \(change.size.milliseconds / 1000)"
                + (change.officer.isEmpty ? "" : " by \(change.officer)")
        case .observed(let observation, let passed):
            "observed \(observation.condition.token) \(observation.agency?.name ?? "hub")"
                + (observation.isOver ? " over" : "") + " passed \(passed.count)"
        case .obeyed(let key, let officer): "obeyed \(key) \(officer)"
        }
    }
}

extension Evidence {
    var line: String {
        "near \(nearest.short) \(scorePermille)/\(textPermille)" + (sharesPlace ? " place" : "")
            + (sharesRespondent ? " respondent" : "") + (sharesPerson ? " person" : "")
            + (isRelated ? " related" : "")
    }
}

extension Alert {
    var line: String {
        let signals = signals.map { "\($0.rule)=\($0.value)/\($0.threshold)" }
        return "\(kind.token) \(level.token) \(state.token) report \(report) "
            + signals.joined(separator: " ")
            + " items \(itemCount) persons \(persons) agencies \(agencies.count) heads \(heads)"
            + (acknowledgedBy.isEmpty ? "" : " by \(acknowledgedBy)")
    }
}
