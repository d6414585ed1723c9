import Domain
import Linkage
import Wire

extension Linker {
    /// Answers a question at this point of the journal.
    mutating func answer(_ session: SessionID, _ number: UInt64, _ question: Question) {
        let page: Answer
        switch question {
        case .status:
            let reading = links.gauges.now
            let waiting = links.linker.count
            page = Answer(rows: withAnswers { $0.status(reading, waiting: waiting) })
        case .counts:
            let counts = engine.counts
            page = Answer(rows: withAnswers { $0.counts(counts) })
        case .alert(let id):
            let found = engine.alert(id).map { [$0] } ?? []
            page = Answer(rows: withAnswers { answers in .array(found.map(answers.alert)) })
        case .alerts(let after, let limit, let activeOnly, let level):
            page = alerts(after, limit, activeOnly: activeOnly, level)
        case .cases(let after, let limit, let itemsMin):
            let found = engine.cases(after: after, limit: limit, itemsMin: itemsMin)
            let (now, cooling) = (appliedAt, engine.coolingDays)
            page = Answer(
                rows: withAnswers { answers in
                    .array(
                        found.map { answers.matter($0, at: now ?? $0.last, coolingDays: cooling) }
                    )
                },
                next: found.count == limit ? found.last?.id.text : nil
            )
        case .matter(let id, let after, let limit):
            guard let row = engine.caseRow(id) else { return refuse(session, number, id) }
            page = matter(row, after: after, limit: limit)
        case .matterOf(let ref, let after, let limit):
            guard let ordinal = engine.ordinal(of: ref) else {
                return refuse(session, number, ref)
            }
            if let row = engine.caseRow(ofItem: ordinal) {
                page = matter(row, after: after, limit: limit)
            } else {
                let alone = engine.member(ordinal)
                page = Answer(
                    rows: withAnswers { .array([alone].compactMap(\.self).map($0.member)) }
                )
            }
        case .why(let id, let after, let limit):
            guard let row = engine.caseRow(id) else { return refuse(session, number, id) }
            page = why(row.id, after: after, limit: limit)
        case .whyOf(let ref, let after, let limit):
            guard let ordinal = engine.ordinal(of: ref) else {
                return refuse(session, number, ref)
            }
            page =
                engine.caseRow(ofItem: ordinal).map { why($0.id, after: after, limit: limit) }
                ?? Answer(rows: [])
        case .likely(let item, let limit):
            guard let rows = engine.likely(item, limit: limit) else {
                let reason =
                    "\(item.ref.agency.name) is no registered agency, or sends accusations alone."
                links.tell(.refusedQuery(session, number: number, .malformedQuery, reason: reason))
                return
            }
            page = Answer(rows: withAnswers { answers in .array(rows.map(answers.likely)) })
        case .edits(let after, let limit):
            page = edits(after: after, limit: limit)
        case .visits(let after, let limit):
            let found = engine.visits(after: after, limit: limit)
            page = Answer(
                rows: withAnswers { answers in .array(found.map(answers.visit)) },
                next: found.count == limit ? found.last.map { String($0.number) } : nil
            )
        case .quarantine(let after, let limit): page = quarantine(after: after, limit: limit)
        }
        links.tell(.answer(session, number: number, page))
    }

    private func refuse(_ session: SessionID, _ number: UInt64, _ id: CaseID) {
        let reason = "There is no case \(id.text)."
        links.tell(.refusedQuery(session, number: number, .noSuchCase, reason: reason))
    }

    private func refuse(_ session: SessionID, _ number: UInt64, _ ref: ItemRef) {
        let reason = "There is no item \(ref.id) of \(ref.agency.name)."
        links.tell(.refusedQuery(session, number: number, .noSuchCase, reason: reason))
    }

    /// Edits, as many as one ANSWER holds beside its frame; a row may name thousands of items.
    private mutating func edits(after: Int, limit: Int) -> Answer {
        var page = Page(limit: limit)
        while let row = engine.edits(after: after + page.rows.count, limit: 1).first,
            page.take(withAnswers { $0.edit(row) })
        {}
        return page.answer(next: String(after + page.rows.count))
    }

    /// Reasons, as many as one ANSWER holds; the cases that became one with it stand on the first
    /// page.
    private mutating func why(_ id: CaseID, after: UInt64, limit: Int) -> Answer {
        var page = Page(limit: limit)
        for row in after == 0 ? engine.absorptions(into: id).prefix(limit / 2) : [] {
            _ = page.take(withAnswers { $0.why(row) })
        }
        var last = after
        while let row = engine.why(id, after: last, limit: 1).first,
            page.take(withAnswers { $0.why(row) })
        {
            last = row.item.ordinal
        }
        return page.answer(next: String(last))
    }

    /// Rows of an ANSWER, as many as are wanted and as it holds beside its frame.
    private struct Page {
        let limit: Int
        var rows: [JSONValue] = []
        private var room = ProtocolLimits.answerBytesMax - 4096

        init(limit: Int) { self.limit = limit }

        var isFull: Bool { rows.count >= limit || room < 0 }

        /// Takes a row; `false` when it has to wait for the next page.
        mutating func take(_ row: JSONValue) -> Bool {
            guard !isFull else { return false }
            room -= row.bytes.count + 1
            if room < 0, !rows.isEmpty { return false }
            rows.append(row)
            return true
        }

        func answer(next: String) -> Answer {
            Answer(rows: .array(rows), next: isFull ? next : nil)
        }
    }

    private mutating func matter(_ row: CaseRow, after: UInt64, limit: Int) -> Answer {
        let members = engine.caseMembers(row.id, after: after, limit: limit)
        let now = appliedAt ?? row.last
        let cooling = engine.coolingDays
        let aliases = after == 0 ? engine.aliases(of: row.id) : []
        let rows: [JSONValue] = withAnswers { answers in
            guard after == 0 else { return members.map(answers.member) }
            let head = answers.matter(row, at: now, coolingDays: cooling)
            let names = JSONValue.array(aliases.map { .string($0.text) })
            let whole = JSONValue.object((head.members ?? []) + [.init("aliases", names)])
            return [whole] + members.map(answers.member)
        }
        return Answer(
            rows: .array(rows),
            next: members.count == limit ? members.last.map { String($0.ordinal) } : nil
        )
    }

    /// Pages of alerts; a filter may leave a page short, so the cursor is the last one looked at.
    private mutating func alerts(
        _ after: AlertID?,
        _ limit: Int,
        activeOnly: Bool,
        _ level: AlertLevel?
    ) -> Answer {
        let found = engine.alerts(after: after, limit: limit, activeOnly: activeOnly)
        let wanted = found.filter { level == nil || $0.level == level }
        return Answer(
            rows: withAnswers { answers in .array(wanted.map(answers.alert)) },
            next: found.count == limit ? found.last?.id.text : nil
        )
    }

    private mutating func quarantine(after: Int, limit: Int) -> Answer {
        let entries = titles.quarantine(after: after, limit: limit)
        var rows: [JSONValue] = []
        for (offset, entry) in entries.enumerated() {
            guard case .quarantine(let position, let line)? = records.record(entry) else {
                continue
            }
            rows.append([
                "number": .integer(Int64(after + offset + 1)),
                "agency": .string(position.stream.agency.name),
                "id": .string(line.id),
                "code": .string(line.code.text),
                "reason": .string(line.reason),
                "line": .string(String(decoding: line.line, as: UTF8.self)),
            ])
        }
        return Answer(
            rows: .array(rows),
            next: entries.count == limit ? String(after + entries.count) : nil
        )
    }

    /// Rows with names and titles.
    func withAnswers<Result>(_ make: (Answers) -> Result) -> Result {
        make(Answers(names: names, titles: titles))
    }
}
