import Domain
import Linkage
import Wire

/// Turns the engine's rows into the JSON of an ANSWER, with names and titles beside the codes.
struct Answers {
    let names: Names
    let titles: Titles
    var readership = Readership.all

    /// A decision as subscribers get it: its JSON, an alert with labels.
    func notice(_ decision: Decision, number: UInt64) -> Notice {
        let alert = decision.content.alert
        func body(for readership: Readership) -> [UInt8] {
            guard let alert, let members = decision.json.members else { return decision.json.bytes }
            var answers = self
            answers.readership = readership
            let named = answers.alert(alert)
            let rest = members.map { $0.key == "alert" ? .init("alert", named) : $0 }
            return JSONValue.object(rest).bytes
        }
        let first = alert?.items.first
        let isUnclassed = first.map { titles.isUnclassed($0) } ?? false
        return Notice(
            number: number,
            subjects: decision.subjects,
            level: alert?.level,
            at: decision.at,
            matters: decision.matters,
            report: alert.map { AlertReport($0) },
            body: body(for: .all),
            bodyForOthers: isUnclassed ? body(for: .none) : nil,
            owner: first?.agency
        )
    }

    /// The title as this reader may see it.
    private func title(of ref: ItemRef) -> String { isKept(ref) ? "" : titles.title(of: ref) }

    /// Whether an item's words are not for this reader, since nobody has said yet what it is.
    private func isKept(_ ref: ItemRef) -> Bool {
        !readership.reads(of: ref.agency) && titles.isUnclassed(ref)
    }

    /// An item with its text, for whoever read it on demand.
    func text(_ item: Item) -> JSONValue {
        [
            "source": .string(item.ref.agency.source), "id": .string(item.ref.id),
            "agency": .string(names.of(item.ref.agency)), "time": .string(item.time.rfc3339),
            "title": .string(item.title), "text": .string(item.text),
            "place": .string(item.place), "respondent": .string(item.respondent),
            "subject": .string(item.division.code), "category": .string(item.category.key),
            "form": item.form.map { .string($0.rawValue) } ?? .null,
            "heads": .integer(Int64(item.heads)),
        ]
    }

    func alert(_ alert: Alert) -> JSONValue {
        guard var members = alert.json.members else { return alert.json }
        members.append(.init("labels", labels(alert)))
        return .object(members)
    }

    /// What an officer's screen prints instead of codes.
    func labels(_ alert: Alert) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("title", .string(alert.items.first.map { title(of: $0) } ?? "")),
            .init("place", .string(names.of(alert.division))),
            .init("category", .string(names.of(alert.category))),
            .init("agencies", .array(alert.agencies.map { .string(names.of($0)) })),
        ]
        members += untitled(alert.items.first)
        return .object(members)
    }

    /// Why there is no title: a reader is told that the text was erased, with the code of it, or that nobody has
    /// classed the item yet.
    private func untitled(_ ref: ItemRef?) -> [JSONValue.Member] {
        guard let ref else { return [] }
        if isKept(ref) { return [.init("unclassed", .bool(true))] }
        guard titles.isErased(ref) else { return [] }
        return [.init("erased", .string(ErrorCode.textErased.text))]
    }

    /// The most items of either side that the row of an edit names.
    private static let sideMax = 1000

    /// An officer's edit, with the items that it names and how many there are.
    func edit(_ row: EditRow) -> JSONValue {
        [
            "edit": .integer(Int64(clamping: row.number)),
            "kind": .string(row.kind.token),
            "officer": .string(row.officer),
            "at": .string(row.at.rfc3339),
            "undone": .bool(row.isUndone),
            "case": row.id.map { .string($0.text) } ?? .null,
            "together": .array(row.together.prefix(Answers.sideMax).map(item)),
            "together_count": .integer(Int64(row.together.count)),
            "parted": .array(row.parted.prefix(Answers.sideMax).map(item)),
            "apart": .array(row.apart.prefix(Answers.sideMax).map(item)),
            "apart_count": .integer(Int64(row.apart.count)),
        ]
    }

    /// Why an item is in its case, with all that its score is made of.
    func why(_ row: WhyRow) -> JSONValue {
        var members = self.member(row.item).members ?? []
        if let absorbed = row.absorbed { members.append(.init("absorbed", .string(absorbed.text))) }
        switch row.basis {
        case .founded: members.append(.init("basis", "founded"))
        case .edited(let number):
            members.append(.init("basis", "edited"))
            members.append(.init("edit", .integer(Int64(clamping: number))))
        case .linked(let account):
            members.append(.init("basis", "linked"))
            members.append(.init("link", link(account)))
        }
        return .object(members)
    }

    /// What a text that was not sent yet would repeat.
    func likely(_ row: LikelyRow) -> JSONValue {
        .object(
            (member(row.item).members ?? []) + [
                .init("case", row.matter.map { .string($0.text) } ?? .null),
                .init("linked", .bool(row.isLinked)),
                .init("repeats", .bool(row.isCopy)),
                .init("pair", pair(row.pair)),
            ]
        )
    }

    private func link(_ account: LinkAccount) -> JSONValue {
        [
            "newcomer": item(account.newcomer),
            "rule": .string(account.rule),
            "score": .integer(Int64(account.scorePermille)),
            "recomputed": account.recomputedPermille.map { .integer(Int64($0)) } ?? .null,
            "of": .integer(Int64(account.wanted)),
            "missing": .integer(Int64(account.missingPermille)),
            "shift": .integer(Int64(account.shiftPermille)),
            "bar": .integer(Int64(account.barPermille)),
            "engine": .integer(Int64(account.engine)),
            "linkage": .string(account.linkage == 0 ? "" : hexadecimal(account.linkage)),
            "pairs": .array(account.pairs.map(pair)),
        ]
    }

    private func pair(_ pair: PairAccount) -> JSONValue {
        [
            "item": item(pair.item),
            "title": .string(title(of: pair.item)),
            "by": pair.isByText ? "text" : "fields",
            "score": .integer(Int64(pair.scorePermille)),
            "recomputed": .integer(Int64(pair.recomputedPermille)),
            "parts": .array(
                pair.parts.map {
                    [
                        "key": .string($0.key), "value": .integer(Int64($0.value)),
                        "weight": .integer(Int64($0.weight)),
                    ]
                }
            ),
        ]
    }

    func matter(_ row: CaseRow, at now: Timestamp, coolingDays: Int) -> JSONValue {
        let members: JSONValue = [
            "case": .string(row.id.text),
            "title": .string(title(of: row.founder)),
            "founder": item(row.founder),
            "items": .integer(Int64(row.items.value)),
            "persons": .integer(Int64(row.persons.value)),
            "visits": .integer(Int64(row.visits)),
            "heads": .integer(Int64(row.heads.value)),
            "agencies": .array(
                row.agencies.map {
                    [
                        "agency": .string($0.agency.name),
                        "name": .string(names.of($0.agency)),
                        "items": .integer(Int64($0.items.value)),
                    ]
                }
            ),
            "division": .string(row.division.code),
            "place": .string(names.of(row.division)),
            "category": .string(row.category.key),
            "category_title": .string(names.of(row.category)),
            "first": .string(row.first.rfc3339),
            "last": .string(row.last.rfc3339),
            "life": .string(Answers.life(row, at: now, coolingDays: coolingDays)),
        ]
        return .object((members.members ?? []) + untitled(row.founder))
    }

    /// Open, cooling, closed or reopened.
    private static func life(_ row: CaseRow, at now: Timestamp, coolingDays: Int) -> String {
        let isCool = now - row.last > .days(Int64(coolingDays))
        return isCool && row.life != .closed ? "cooling" : row.life.token
    }

    func member(_ member: CaseMember) -> JSONValue {
        let members: JSONValue = [
            "source": .string(member.ref.agency.source),
            "id": .string(member.ref.id),
            "title": .string(title(of: member.ref)),
            "ordinal": .integer(Int64(clamping: member.ordinal)),
            "time": .string(member.time.rfc3339),
            "copy": .bool(member.isCopy),
        ]
        return .object((members.members ?? []) + untitled(member.ref))
    }

    /// What became of an item, for its own agency.
    func life(_ row: LifeRow) -> JSONValue {
        [
            "source": .string(row.ref.agency.source), "id": .string(row.ref.id),
            "time": .string(row.time.rfc3339),
            "state": .string(row.isWithdrawn ? "withdrawn" : "registered"),
            "unclassed": .bool(row.isUnclassed),
            "case": row.id.map { .string($0.text) } ?? .null,
            "steps": .array(
                row.steps.map { ["step": .string($0.name), "at": .string($0.at.rfc3339)] }
            ),
        ]
    }

    /// An item that waits for a purpose, with who is to say it; the owner is `nil` where no post may.
    func unclassed(_ row: UnclassedRow, owner: String?, now: Timestamp) -> JSONValue {
        .object(
            (member(row.item).members ?? []) + [
                .init("agency", .string(names.of(row.item.ref.agency))),
                .init("since", .string(row.since.rfc3339)),
                .init("due", .string(row.due.rfc3339)),
                .init("overdue", .bool(now > row.due)),
                .init("owner", owner.map { .string($0) } ?? .null),
            ]
        )
    }

    func visit(_ row: VisitRow) -> JSONValue {
        [
            "visit": .integer(Int64(row.number)),
            "founder": item(row.founder),
            "counting": item(row.counting),
            "heads": .integer(Int64(row.heads.value)),
            "joint": .bool(row.isJoint),
            "time": .string(row.time.rfc3339),
            "reports": .array(
                row.reports.map {
                    [
                        "item": item($0.ref),
                        "heads": .integer(Int64($0.heads)),
                        "counts": .bool($0.counts),
                    ]
                }
            ),
        ]
    }

    /// The totals; without the right to the items no cell below five is in them, nor what would tell one.
    func counts(_ counts: Counts, isWhole: Bool) -> JSONValue {
        func cell(_ value: Int) -> JSONValue {
            number(isWhole ? value : SmallCells.shown(value))
        }
        let published = isWhole ? nil : counts.published
        func sum<Unit>(
            _ count: Count<Unit>,
            _ shown: KeyPath<PublishedCounts, Int?>
        ) -> JSONValue {
            guard let published else { return number(count.value) }
            return number(published[keyPath: shown])
        }
        return [
            "items": sum(counts.items, \.items),
            "agencies": .array(
                counts.agencies.indices.map { index in
                    row(counts.agencies[index], published?.agencies[index])
                }
            ),
            "petitions": sum(counts.petitions, \.petitions),
            "petitions_first": sum(counts.petitionsFirst, \.petitionsFirst),
            "petitions_repeat": sum(counts.petitionsRepeat, \.petitionsRepeat),
            "repeats": cell(counts.repeats.value),
            "copies": cell(counts.copies.value),
            "cases": cell(counts.cases.value),
            "class_cases": cell(counts.classCases.value),
            "class_case_items": cell(counts.classCaseItems.value),
            "joint_visits": cell(counts.jointVisits.value),
            "joint_visit_heads": cell(counts.jointVisitHeads.value),
            "urgent": cell(counts.urgent.value),
            "quarantined": cell(counts.quarantined.value),
            "lived": cell(counts.lived),
            "revised": cell(counts.revised),
            "same_again": cell(counts.sameAgain),
        ]
    }

    /// One agency's items; as they may be shown where not all may be.
    private func row(_ whole: Counts.AgencyItems, _ shown: PublishedCounts.Row?) -> JSONValue {
        let all: [Int?] = [
            whole.complaints.value, whole.sentiments.value, whole.risks.value, whole.all.value,
        ]
        let cells = shown.map { [$0.complaints, $0.sentiments, $0.risks, $0.all] } ?? all
        return [
            "agency": .string(whole.agency.name),
            "name": .string(names.of(whole.agency)),
            "complaints": number(cells[0]),
            "sentiments": number(cells[1]),
            "risks": number(cells[2]),
            "items": number(cells[3]),
        ]
    }

    /// How the hub is.
    ///
    /// No number of it counts lines that were refused for their lane (`refused` of those applied).
    func status(_ reading: Gauges.Reading, waiting: Int, refused: Int) -> JSONValue {
        let entries = reading.lastEntry - min(reading.sealedRefusals, reading.lastEntry)
        return [
            "serving_since": reading.servingSince.map { .string($0.rfc3339) } ?? .null,
            "entries": .integer(Int64(entries)),
            "applied": .integer(Int64(reading.appliedEntry) - Int64(refused)),
            "applied_at": reading.appliedAt.map { .string($0.rfc3339) } ?? .null,
            "decisions": .integer(Int64(reading.decisions) - Int64(refused)),
            "waiting": .integer(Int64(waiting)),
            "lag_ms": .integer(reading.lagMilliseconds),
            "sync_us": .integer(reading.syncMicroseconds),
            "sync_us_max": .integer(reading.syncMicrosecondsMax),
            "syncs": .integer(Int64(reading.syncs)),
            "intake_sessions": .integer(Int64(reading.intakeSessions)),
            "desk_sessions": .integer(Int64(reading.deskSessions)),
            "refusals": .integer(Int64(reading.refusals)),
            "disk_free_bytes": reading.diskFreeBytes.map { .integer($0) } ?? .null,
            "disk_full_since": reading.diskFullSince.map {
                .string(Timestamp(milliseconds: $0).rfc3339)
            } ?? .null,
            "disk_full_reason": reading.diskFullReason.map { .string($0) } ?? .null,
            "state": .string(reading.state.rawValue),
            "troubles": .array(
                reading.troubles.map { ["code": .string($0.code), "what": .string($0.what)] }
            ),
            "connections": .integer(Int64(reading.connections)),
            "backlog": .integer(Int64(reading.backlogEntries)),
            "resident_bytes": .integer(reading.residentBytes),
            "feeds": .array(
                reading.feeds.map { feed in
                    [
                        "agency": .string(feed.agency.name),
                        "name": .string(names.of(feed.agency)),
                        "sessions": .integer(Int64(feed.sessions)),
                        "outbox_age_ms": .integer(feed.oldestMilliseconds),
                        "silent_ms": .integer(feed.silentMilliseconds),
                        "open": .array(feed.open.map { .string($0.token) }),
                    ]
                }
            ),
            "clock_steps": .integer(Int64(reading.clockSteps)),
            "clock_held": .bool(reading.isClockHeld),
            "journal_failure": reading.journalFailure.map { .string($0) } ?? .null,
        ]
    }

    private func item(_ ref: ItemRef) -> JSONValue {
        ["source": .string(ref.agency.source), "id": .string(ref.id)]
    }

    private func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }

    private func number<Unit>(_ count: Count<Unit>) -> JSONValue { .integer(Int64(count.value)) }
}
