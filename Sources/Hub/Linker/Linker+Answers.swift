import Domain
import Linkage
import Wire

extension Linker {
    /// Answers a question at this point of the journal, with the rows that the asker may see.
    mutating func answer(
        _ session: SessionID,
        _ number: UInt64,
        _ question: Question,
        _ asker: Asker
    ) {
        let page: Answer?
        let hidden = hidden(from: asker)
        // What titles were made for subscribers is noted with their deliveries.
        _ = titles.takeBeginnings()
        switch question {
        case .status:
            let reading = links.gauges.now
            let waiting = links.linker.count
            let refused = engine.counts.sealedRefused.value
            page = Answer(
                rows: withAnswers { $0.status(reading, waiting: waiting, refused: refused) }
            )
        case .counts:
            let counts = engine.counts
            let isWhole = asker.rights.maySeeAll(.cases, now: asker.now)
            page = Answer(rows: withAnswers { $0.counts(counts, isWhole: isWhole) })
        case .alert(let id):
            let found = engine.alert(id).flatMap { sees(asker, $0, hidden: hidden) ? $0 : nil }
            page = Answer(
                rows: withAnswers(asker) { .array([found].compactMap(\.self).map($0.alert)) }
            )
        case .alerts(let after, let limit, let activeOnly, let level):
            page = alerts(asker, after, limit, activeOnly: activeOnly, level)
        case .cases(let after, let limit, let itemsMin):
            page = cases(asker, after, limit, itemsMin: itemsMin)
        case .matter(let id, let after, let limit):
            page = seen(id, asker, hidden).map { matter($0, asker, after: after, limit: limit) }
        case .matterOf(let ref, let after, let limit):
            page = matter(of: ref, asker, after: after, limit: limit)
        case .why(let id, let after, let limit):
            page = seen(id, asker, hidden).map { why($0.id, asker, after: after, limit: limit) }
        case .whyOf(let ref, let after, let limit):
            page = why(of: ref, asker, after: after, limit: limit)
        case .likely(let item, let limit):
            guard let rows = engine.likely(item, limit: limit) else {
                let reason =
                    "\(item.ref.agency.name) is no registered agency, or sends accusations alone."
                links.tell(.refusedQuery(session, number: number, .malformedQuery, reason: reason))
                return
            }
            let visible = rows.filter { sees(asker, item: $0.item.ordinal, hidden: hidden) }
            page = Answer(
                rows: withAnswers(asker) { answers in .array(visible.map(answers.likely)) }
            )
        case .edits(let after, let limit): page = edits(asker, after: after, limit: limit)
        case .visits(let after, let limit): page = visits(asker, after: after, limit: limit)
        case .text(let opening):
            let ref = opening.item
            guard let item = text(of: ref, asker) else {
                page = nil
                break
            }
            guard let item else {
                let reason = "The text of \(ref.id) of \(ref.agency.name) was erased."
                links.tell(.refusedQuery(session, number: number, .textErased, reason: reason))
                return
            }
            let read = Answer(rows: withAnswers(asker) { .array([$0.text(item)]) })
            links.tell(.opened(session, number: number, read, .text, [opening]))
            return
        case .quarantine(let after, let limit):
            guard asker.seesAll else {
                page = Answer(rows: [])
                break
            }
            let (read, openings) = quarantine(after: after, limit: limit)
            links.tell(.opened(session, number: number, read, .quarantine, openings))
            return
        case .life(let ref): page = life(of: ref, asker)
        case .unclassed(let after, let limit): page = unclassed(asker, after: after, limit: limit)
        }
        guard let page else {
            // The same words whether there is none or none for the asker.
            links.tell(
                .refusedQuery(session, number: number, .noSuchCase, reason: question.nothing)
            )
            return
        }
        let beginnings = titles.takeBeginnings()
        links.tell(.answer(session, number: number, page, beginnings: beginnings))
    }

    /// An item with its text; `nil` where there is none for the asker, and inside it where it was erased.
    private func text(of ref: ItemRef, _ asker: Asker) -> Item?? {
        guard let ordinal = engine.ordinal(of: ref), let subject = engine.subject(ofItem: ordinal),
            sees(asker, item: ordinal, hidden: hidden(from: asker)),
            let entry = titles.entry(of: ref)
        else { return nil }
        guard let item = records.item(entry) else { return .some(nil) }
        // Until somebody has said what it is, nobody else reads it.
        if titles.isUnclassed(ref), !isOwn(ref.agency, asker),
            !asker.rights.access.permits(.classify, [subject], at: asker.now)
        {
            return nil
        }
        let purpose = item.purpose ?? engine.purpose(of: ref)
        let isPermitted = asker.rights.access.permits(
            .text,
            [subject],
            purpose: purpose,
            at: asker.now
        )
        let isCleared =
            !links.clearances.hides(
                .init(items: [ref]),
                from: asker.clearances([subject], purpose: purpose)
            )
        return isPermitted && isCleared ? item : nil
    }

    /// The asker's post is one of the agency's.
    private func isOwn(_ agency: AgencyID, _ asker: Asker) -> Bool {
        asker.rights.access.units(in: links.grants.current, at: asker.now).contains(agency)
    }

    /// What became of an item; nobody but its own agency is told even that it came.
    private mutating func life(of ref: ItemRef, _ asker: Asker) -> Answer? {
        guard isOwn(ref.agency, asker), let row = engine.life(of: ref),
            row.isWithdrawn || sees(asker, item: ref, hidden: hidden(from: asker))
        else { return nil }
        return Answer(rows: withAnswers { .array([$0.life(row)]) })
    }

    private mutating func unclassed(_ asker: Asker, after: UInt64, limit: Int) -> Answer {
        let hidden = hidden(from: asker)
        var (last, rows) = (after, [UnclassedRow]())
        while rows.count < limit {
            let page = engine.unclassed(after: last, limit: 500)
            for row in page where rows.count < limit {
                last = row.item.ordinal
                if sees(asker, item: row.item.ordinal, hidden: hidden) { rows.append(row) }
            }
            guard page.count == 500 else { break }
        }
        let register = links.grants.current
        let now = asker.now
        var owners: [Subject: String?] = [:]
        var told: [JSONValue] = []
        for row in rows {
            guard let subject = engine.subject(ofItem: row.item.ordinal) else { continue }
            if owners[subject] == nil {
                owners[subject] = register.owner(of: .classify, over: subject, at: now)
            }
            let owner = owners[subject] ?? nil
            told.append(withAnswers(asker) { $0.unclassed(row, owner: owner, now: now) })
        }
        // A cursor names a row that the asker sees.
        let next = rows.count == limit ? rows.last.map { String($0.item.ordinal) } : nil
        return Answer(rows: .array(told), next: next)
    }

    /// A case as far as the asker may see it.
    private func seen(_ id: CaseID, _ asker: Asker, _ hidden: Set<CaseID>) -> CaseRow? {
        engine.caseRow(id).flatMap { sees(asker, $0, hidden: hidden) ? $0 : nil }
    }

    private mutating func matter(
        of ref: ItemRef,
        _ asker: Asker,
        after: UInt64,
        limit: Int
    ) -> Answer? {
        let hidden = hidden(from: asker)
        guard let ordinal = engine.ordinal(of: ref), sees(asker, item: ordinal, hidden: hidden)
        else { return nil }
        if let row = engine.caseRow(ofItem: ordinal), sees(asker, row, hidden: hidden) {
            return matter(row, asker, after: after, limit: limit)
        }
        let alone = engine.member(ordinal)
        return Answer(
            rows: withAnswers(asker) { .array([alone].compactMap(\.self).map($0.member)) }
        )
    }

    private mutating func why(
        of ref: ItemRef,
        _ asker: Asker,
        after: UInt64,
        limit: Int
    ) -> Answer? {
        let hidden = hidden(from: asker)
        guard let ordinal = engine.ordinal(of: ref), sees(asker, item: ordinal, hidden: hidden)
        else { return nil }
        guard let row = engine.caseRow(ofItem: ordinal), sees(asker, row, hidden: hidden) else {
            return Answer(rows: [])
        }
        return why(row.id, asker, after: after, limit: limit)
    }

    /// Edits, as many as one ANSWER holds beside its frame; a row may name thousands of items.
    ///
    /// An edit is for whoever may see all that it joined and parted.
    private mutating func edits(_ asker: Asker, after: Int, limit: Int) -> Answer {
        var page = Page(limit: limit)
        let hidden = hidden(from: asker)
        var last = after
        while let row = engine.edits(after: last, limit: 1).first {
            let isSeen = (row.together + row.apart).allSatisfy {
                sees(asker, item: $0, hidden: hidden)
            }
            guard !isSeen || page.take(withAnswers { $0.edit(row) }) else { break }
            last += 1
        }
        return page.answer(next: String(last))
    }

    private mutating func visits(_ asker: Asker, after: Int, limit: Int) -> Answer {
        let hidden = hidden(from: asker)
        let found = visible(after: after, limit: limit) { linker, after in
            linker.engine.visits(after: after ?? 0, limit: 500).map { ($0, $0.number) }
        } where: { linker, row in
            linker.sees(asker, item: row.founder, hidden: hidden)
        }
        return Answer(
            rows: withAnswers(asker) { answers in .array(found.map(answers.visit)) },
            next: found.count == limit ? found.last.map { String($0.number) } : nil
        )
    }

    private mutating func cases(
        _ asker: Asker,
        _ after: CaseID?,
        _ limit: Int,
        itemsMin: Int
    ) -> Answer {
        let hidden = hidden(from: asker)
        let found = visible(after: after, limit: limit) { linker, after in
            linker.engine.cases(after: after, limit: 500, itemsMin: itemsMin).map { ($0, $0.id) }
        } where: { linker, row in
            linker.sees(asker, row, hidden: hidden)
        }
        let (now, cooling) = (appliedAt, engine.coolingDays)
        return Answer(
            rows: withAnswers(asker) { answers in
                .array(found.map { answers.matter($0, at: now ?? $0.last, coolingDays: cooling) })
            },
            next: found.count == limit ? found.last?.id.text : nil
        )
    }

    /// The first rows that are wanted, from as many as it takes: a page that ended with what the asker may
    /// not see would name it in its cursor.
    private borrowing func visible<Row, Cursor>(
        after: Cursor?,
        limit: Int,
        _ read: (borrowing Linker, Cursor?) -> [(row: Row, cursor: Cursor)],
        where isWanted: (borrowing Linker, Row) -> Bool
    ) -> [Row] {
        var found: [Row] = []
        var cursor = after
        while found.count < limit {
            let page = read(self, cursor)
            guard let last = page.last else { break }
            for (row, _) in page where found.count < limit && isWanted(self, row) {
                found.append(row)
            }
            cursor = last.cursor
        }
        return found
    }

    /// Reasons, as many as one ANSWER holds; the cases that became one with it stand on the first
    /// page.
    private mutating func why(
        _ id: CaseID,
        _ asker: Asker,
        after: UInt64,
        limit: Int
    ) -> Answer {
        var page = Page(limit: limit)
        let hidden = hidden(from: asker)
        func isSeen(_ row: WhyRow) -> Bool {
            sees(asker, item: row.item.ordinal, hidden: hidden)
        }
        for row in after == 0 ? engine.absorptions(into: id).prefix(limit / 2) : []
        where isSeen(row) {
            _ = page.take(withAnswers(asker) { $0.why(row) })
        }
        var last = after
        while let row = engine.why(id, after: last, limit: 1).first {
            guard !isSeen(row) || page.take(withAnswers(asker) { $0.why(row) }) else { break }
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

    private mutating func matter(
        _ row: CaseRow,
        _ asker: Asker,
        after: UInt64,
        limit: Int
    ) -> Answer {
        let hidden = hidden(from: asker)
        let members = visible(after: after, limit: limit) { linker, after in
            linker.engine.caseMembers(row.id, after: after ?? 0, limit: 500)
                .map { ($0, $0.ordinal) }
        } where: { linker, member in
            linker.sees(asker, item: member.ordinal, hidden: hidden)
        }
        let now = appliedAt ?? row.last
        let cooling = engine.coolingDays
        let aliases = after == 0 ? engine.aliases(of: row.id) : []
        let rows: [JSONValue] = withAnswers(asker) { answers in
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

    private mutating func alerts(
        _ asker: Asker,
        _ after: AlertID?,
        _ limit: Int,
        activeOnly: Bool,
        _ level: AlertLevel?
    ) -> Answer {
        let hidden = hidden(from: asker)
        let found = visible(after: after, limit: limit) { linker, after in
            linker.engine.alerts(after: after, limit: 500, activeOnly: activeOnly)
                .map { ($0, $0.id) }
        } where: { linker, alert in
            (level == nil || alert.level == level) && linker.sees(asker, alert, hidden: hidden)
        }
        return Answer(
            rows: withAnswers(asker) { answers in .array(found.map(answers.alert)) },
            next: found.count == limit ? found.last?.id.text : nil
        )
    }

    /// Lines kept aside, and those among them that were given out: a whole item may stand in one (LD-1052).
    private mutating func quarantine(after: Int, limit: Int) -> (Answer, [Opening]) {
        let entries = titles.quarantine(after: after, limit: limit)
        var rows: [JSONValue] = []
        var openings: [Opening] = []
        for (offset, entry) in entries.enumerated() {
            guard case .quarantine(let position, let line)? = records.record(entry) else {
                continue
            }
            if !line.line.isEmpty {
                openings.append(
                    Opening(
                        item: ItemRef(agency: position.stream.agency, id: line.id),
                        purpose: Opening.checking,
                        line: after + offset + 1
                    )
                )
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
        let page = Answer(
            rows: .array(rows),
            next: entries.count == limit ? String(after + entries.count) : nil
        )
        return (page, openings)
    }

    /// Rows with names and titles, as an asker may see them.
    private func withAnswers<Result>(_ asker: Asker, _ make: (Answers) -> Result) -> Result {
        withAnswers(Readership(asker.rights.access, links.grants.current, at: asker.now), make)
    }

    /// Rows with names and titles.
    func withAnswers<Result>(
        _ readership: Readership = .all,
        _ make: (Answers) -> Result
    ) -> Result {
        make(Answers(names: names, titles: titles, readership: readership))
    }

    /// What an officer may see by the register in force.
    func readership(of officer: String) -> Readership {
        let register = links.grants.current
        let access = Access(.person(officer), register, lane: nil)
        return Readership(access, register, at: appliedAt ?? Timestamp(milliseconds: 0))
    }
}
