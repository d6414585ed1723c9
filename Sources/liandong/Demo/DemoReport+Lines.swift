import Catalogue
import Domain
import Simulation
import Wire

extension DemoReport {
    /// The acts in some 25 lines, for people.
    func lines(isWholeYear: Bool) -> [String] {
        var lines = joining
        lines += earlyLines
        lines += cutLines
        if isWholeYear { lines += yearLines }
        lines.append("")
        lines.append(lastLine)
        return lines
    }

    /// What came of real items: receipts, and the largest cases by title.
    func realLines() -> [String] {
        var table = Table([
            .init(title: "件", alignment: .right), .init(title: "人", alignment: .right),
            .init(title: "最早"), .init(title: "标题", isFlexible: true),
        ])
        for matter in told.hub.largest(20) {
            let first = Timestamp(rfc3339: matter.row.string("first"))
            table.add([
                String(matter.members.count), String(matter.row.integer("persons")),
                first.map { Words.day($0.countyDay) } ?? "", matter.row.string("title"),
            ])
        }
        return table.lines(columnsMax: Terminal.columns)
            + ["", DemoWords.real(items: source.count, receipted: told.receipted, lost: lost)]
    }

    private var joining: [String] {
        let names = told.hub.counts.list("agencies").map { $0.string("name") }
        return [
            DemoWords.act("接入"),
            "  " + DemoWords.joined(names),
            "  " + DemoWords.wrongKey(isRefused: told.wrongKeyExit == 3),
        ]
    }

    private var earlyLines: [String] {
        guard let early else { return [] }
        var lines = ["", DemoWords.act("早知道"), "  " + early.matter.row.string("title")]
        lines += early.holdings.map {
            "  " + DemoWords.firstItem($0.name, at: $0.first, items: ItemCount($0.items))
        }
        lines += early.climb.compactMap { told in
            AlertNotice(told.json).map { "  " + DemoWords.climb($0, at: told.at) }
        }
        lines.append("  " + DemoWords.linked(early.linked))
        lines += early.holdings.map {
            "  " + DemoWords.alone($0.name, at: $0.alone, linked: early.linked)
        }
        return lines
    }

    private var cutLines: [String] {
        guard let cut = told.cut else { return [] }
        return [
            "", DemoWords.act("断电"),
            "  " + DemoWords.cut(before: cut.before, written: cut.written, synced: cut.synced),
            "  "
                + DemoWords.verified(
                    isSound: cut.verified["sound"]?.flag == true,
                    entries: cut.verified.integer("entries"),
                    decisions: cut.verified.integer("decided_again")
                ),
            "  " + DemoWords.restarted(milliseconds: cut.milliseconds),
            "  "
                + DemoWords.verifiedAtEnd(
                    isSound: verified["sound"]?.flag == true,
                    entries: verified.integer("entries"),
                    decisions: verified.integer("decisions")
                ),
        ]
    }

    private var yearLines: [String] {
        var lines = ["", DemoWords.act("全年")]
        let counts = told.hub.counts
        lines += counts.list("agencies").map {
            "  " + DemoWords.agency($0.string("name"), ItemCount($0.integer("items")))
        }
        lines.append(
            "  "
                + DemoWords.links(
                    cases: CaseCount(counts.integer("cases")),
                    repeats: ItemCount(counts.integer("repeats")),
                    copies: ItemCount(counts.integer("copies"))
                )
        )
        if let comparison {
            lines.append(
                "  "
                    + DemoWords.comparison(
                        exact: comparison.exactMatters,
                        of: comparison.sharedMatters,
                        nearMisses: comparison.joinedNearMisses,
                        allNearMisses: comparison.nearMisses
                    )
            )
            lines += comparison.differences.map { "  " + $0 }
        }
        return lines
    }

    private var lastLine: String {
        let totals = told.hub.seen.totals
        return DemoWords.year(
            petitions: totals.petitions,
            firstTime: totals.firstTime,
            cases: (totals.classCases, totals.classCaseItems),
            visits: (totals.visits, totals.visitHeads),
            urgent: totals.urgent
        )
            + DemoWords.closing(
                lost: ItemCount(max(0, lost)),
                wrong: comparison?.wrongItems ?? .zero,
                missed: comparison?.missedItems ?? .zero,
                seconds: Int(seconds)
            )
    }

    /// Everything for a program.
    var json: JSONValue {
        .object(present: [
            "seed": source.year.map { .integer(Int64(bitPattern: $0.seed)) },
            "items": .integer(Int64(source.count)),
            "receipted": .integer(Int64(told.receipted)),
            "set_aside": .integer(Int64(told.setAside)),
            "lost": .integer(Int64(lost)),
            "wrong_key_exit": .integer(Int64(told.wrongKeyExit)),
            "seconds": .number(seconds),
            "counts": told.hub.counts,
            "partition": .string(told.hub.partition),
            "largest": .array(
                told.hub.largest(10).map {
                    [
                        "case": .string($0.id), "items": .integer(Int64($0.members.count)),
                        "ids": .array($0.refs.map { .string($0.id) }),
                    ]
                }
            ),
            "early": early.map { DemoReport.json($0) },
            "cut": told.cut.map {
                [
                    "written": .integer(Int64($0.written)), "synced": .integer(Int64($0.synced)),
                    "receipted_before": .integer(Int64($0.before)),
                    "verify": $0.verified,
                    "restart_ms": .integer(Int64($0.milliseconds)),
                ]
            },
            "comparison": comparison.map { DemoReport.json($0) },
            "verify": verified,
            "shortfall": shortfall.map { .string($0) },
        ])
    }

    private static func json(_ early: EarlyKnowledge) -> JSONValue {
        [
            "case": .string(early.matter.id),
            "items": .integer(Int64(early.matter.members.count)),
            "linked": early.linked.map { .string($0.rfc3339) } ?? .null,
            "climb": .array(
                early.climb.map {
                    ["at": .string($0.at.rfc3339), "level": .string($0.level.token)]
                }
            ),
            "alone": .array(
                early.holdings.map {
                    [
                        "agency": .string($0.agency.name), "items": .integer(Int64($0.items)),
                        "first": .string($0.first.rfc3339),
                        "yellow": $0.alone.map { .string($0.rfc3339) } ?? .null,
                    ]
                }
            ),
        ]
    }

    private static func json(_ comparison: YearComparison) -> JSONValue {
        [
            "wrong_items": .integer(Int64(comparison.wrongItems.value)),
            "missed_items": .integer(Int64(comparison.missedItems.value)),
            "exact_matters": .integer(Int64(comparison.exactMatters.value)),
            "shared_matters": .integer(Int64(comparison.sharedMatters.value)),
            "joined_near_misses": .integer(Int64(comparison.joinedNearMisses)),
            "near_misses": .integer(Int64(comparison.nearMisses)),
            "stray_items": .integer(Int64(comparison.strayItems.value)),
            "large_matters": .integer(Int64(comparison.largeMatters.value)),
            "exact_large_matters": .integer(Int64(comparison.exactLargeMatters.value)),
            "differences": .array(comparison.differences.map { .string($0) }),
        ]
    }
}
