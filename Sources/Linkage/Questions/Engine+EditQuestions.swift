package import Domain

// What officers did to cases, for their screens and as labels.
extension Engine {
    /// Days without a new item after which a case cools (趋缓).
    package var coolingDays: Int { configuration.settings.coolingDays }

    /// Officers' edits in their order, after the one with a number.
    package borrowing func edits(after: Int = 0, limit: Int) -> [EditRow] {
        var found: [EditRow] = []
        for place in edits.edits.indices.dropFirst(max(0, after)) {
            if found.count >= min(limit, Engine.rowsMax) { break }
            let (edit, standing) = (edits.edits[place], edits.standings[place])
            let number = Int(items[Int(edit.saying.together[0])].caseNumber)
            found.append(
                EditRow(
                    number: UInt64(place + 1),
                    kind: edit.kind,
                    officer: edit.officer,
                    at: edit.at,
                    isUndone: edit.isUndone,
                    together: refs(standing.together),
                    parted: refs(standing.parted),
                    apart: refs(standing.apart),
                    id: number >= 0 ? cases.cases[number].id : nil
                )
            )
        }
        return found
    }

    private borrowing func refs(_ numbers: [Int32]) -> [ItemRef] {
        withdrawals.without(numbers).map { items[Int($0)].ref }
    }

    /// Other names of a case: those that became one with it, in the order of their opening.
    ///
    /// Costs a look at each case.
    package borrowing func aliases(of id: CaseID) -> [CaseID] {
        guard let number = cases.number(of: id) else { return [] }
        var found: [CaseID] = []
        for (place, known) in cases.cases.enumerated()
        where known.mergedInto >= 0 && cases.live(place) == number {
            if found.count >= Engine.rowsMax { break }
            found.append(known.id)
        }
        return found
    }
}
