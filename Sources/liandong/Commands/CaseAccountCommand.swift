import ArgumentParser
import Catalogue
import Domain
import Hub
import Settings
import Storage
import Wire

extension CaseCommand {
    struct Account: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What became known of a case when, and who was told (知情与处置经过).",
            discussion: """
                On the hub's machine, from the decision log and the audit log: the first item of each agency
                and when it reached the hub, what was linked and edited, each report of each alert with the
                rule that spoke and those who were told, who asked, read and commanded, which feeds were
                silent and when the hub did not run, and what is missing. Where the audit log is not what was
                written, the sheet says so and the command fails.
                Of one item, also one that was withdrawn, it tells who was told of it.
                Example: liandong case account 441424-C-0123456789AB --config hub.yaml
                Example: liandong case account xinfang/XF-2026-118 --config hub.yaml
                """
        )

        @Argument(help: "The case, or AGENCY/NUMBER for one item.")
        var object: String
        @Option(help: "The hub's file.")
        var config = "hub.yaml"
        @OptionGroup var format: FormatOptions

        func run() throws {
            let (settings, county) = try reading { () throws(SettingsError) in
                let settings = try HubSettings(file: config)
                return (settings, try CountyConfiguration(folder: settings.folder))
            }
            let names = CountyNames(
                divisions: county.divisions,
                categories: county.categories,
                agencies: county.agencies
            )
            let known = CaseID(text: object).map(CaseAccount.Object.matter)
            let what = try known ?? .item(try ItemCommand.ref(object))
            OperatorNote.leave(.account, object, settings.dataFolder)
            let heads = try? AuditCommand.heads(settings.auditHeads)
            let account: CaseAccount
            do throws(CaseAccount.Failure) {
                account = try CaseAccount(
                    what,
                    PosixDisk(),
                    folder: settings.dataFolder,
                    heads: heads ?? []
                )
            } catch {
                throw CommandFailure(.fellShort, error.description)
            }
            let sheet = CaseAccountSheet(
                object: object,
                account: account,
                names: names,
                hasHeads: !(heads ?? []).isEmpty
            )
            output(sheet.json, isJSON: format.isJSON) { sheet.lines }
            if let fault = account.faults.first {
                throw CommandFailure(
                    .fellShort,
                    "the audit log is not what was written: \(fault); see liandong audit verify"
                )
            }
        }
    }
}

/// The account of a case in words and as a document.
struct CaseAccountSheet {
    let object: String
    let account: CaseAccount
    let names: CountyNames
    /// The heads of the second place were held against the audit log.
    let hasHeads: Bool

    private typealias Registered = (admission: Admission, at: Timestamp)

    private static let toldMax = 30

    var lines: [String] {
        [AccountWords.title(object), AccountWords.internalUse, "", AccountWords.items]
            + part(items.map { "  " + $0 }) + ["", AccountWords.links] + part(links)
            + ["", AccountWords.alerts] + part(alerts) + ["", AccountWords.looks] + part(looks)
            + ["", AccountWords.gaps] + gaps
    }

    private func part(_ lines: [String]) -> [String] {
        lines.isEmpty ? ["  " + AccountWords.none] : lines
    }

    private var registrations: [Registered] {
        account.events.compactMap { event in
            guard case .admitted(let admission) = event.decision.content else { return nil }
            return (admission, event.decision.at)
        }
    }

    /// The first item of each agency, in the order in which they reached the hub.
    private var items: [String] {
        var first: [AgencyID: Registered] = [:]
        var (counts, order): ([AgencyID: Int], [AgencyID]) = ([:], [])
        for registration in registrations {
            let agency = registration.admission.ref.agency
            counts[agency, default: 0] += 1
            if first[agency] == nil {
                first[agency] = registration
                order.append(agency)
            }
        }
        return order.compactMap { agency in
            first[agency].map { found in
                AccountWords.first(
                    agency: names.of(agency),
                    id: found.admission.ref.id,
                    items: counts[agency] ?? 0,
                    received: found.admission.time,
                    registered: found.at
                )
            }
        }
    }

    private var links: [String] {
        account.events.compactMap { event in
            switch event.decision.content {
            case .caseOpened, .caseJoined, .caseMerged, .caseEdited, .itemMoved, .caseLived,
                .itemWithdrawn, .copied, .repeated, .ruleTried:
                "  \(Words.moment(event.decision.at))  "
                    + Width.plain(Words.decision(event.decision.content, names: names))
            default: nil
            }
        }
    }

    private var alerts: [String] {
        account.events.flatMap { event -> [String] in
            guard let alert = event.decision.content.alert else { return [] }
            let what = Width.plain(Words.decision(event.decision.content, names: names))
            return [
                "  " + AccountWords.alert(alert, at: event.decision.at, what: what),
                "  " + AccountWords.told(told(event)),
            ]
        }
    }

    /// Each one that was told, once, by the first time.
    private func told(
        _ event: CaseAccount.Event
    ) -> [(who: String, at: Timestamp, isReplay: Bool)] {
        var first: [String: CaseAccount.Told] = [:]
        for told in event.told where first[told.who].map({ told.at < $0.at }) ?? true {
            first[told.who] = told
        }
        return first.values.sorted { ($0.at, $0.who) < ($1.at, $1.who) }
            .prefix(Self.toldMax)
            .map { (who: $0.who, at: $0.at, isReplay: $0.act == .replayed) }
    }

    private var looks: [String] {
        counted.map { look in
            "  "
                + AccountWords.look(
                    who: look.who,
                    act: AccountWords.act(look.act.rawValue),
                    first: look.first,
                    count: look.count
                )
        }
    }

    /// Who did what, how often and when first; deliveries of what is no alert among them.
    private var counted: [(who: String, act: AuditRecord.Act, first: Timestamp, count: Int)] {
        struct Key: Hashable {
            let who: String
            let act: AuditRecord.Act
        }
        var found: [Key: (first: Timestamp, count: Int)] = [:]
        let told = account.events.filter { $0.decision.content.alert == nil }.flatMap(\.told)
        for look in account.looks + told {
            let key = Key(who: look.who, act: look.act)
            let before = found[key] ?? (look.at, 0)
            found[key] = (min(before.first, look.at), before.count + 1)
        }
        return found.sorted { left, right in
            (left.value.first, left.key.who, left.key.act.rawValue)
                < (right.value.first, right.key.who, right.key.act.rawValue)
        }.map { ($0.key.who, $0.key.act, $0.value.first, $0.value.count) }
    }

    private var gaps: [String] {
        var lines = registrations.filter(\.admission.isLate).map { late in
            let seconds = Int(max(0, (late.at - late.admission.time).milliseconds) / 1000)
            return "  " + AccountWords.late(late.admission.ref.id, seconds)
        }
        lines += account.spells.map { spell in
            let agency = spell.observation.agency.map { names.of($0) }
            return "  "
                + AccountWords.spell(spell.observation, until: spell.until, agency: agency)
        }
        if let fault = account.faults.first {
            let first = Width.plain(fault.description)
            lines.append("  " + AccountWords.broken(account.faults.count, first: first))
        }
        if !hasHeads { lines.append("  " + AccountWords.noHeads) }
        if account.lostLines > 0 { lines.append("  " + AccountWords.lost(account.lostLines)) }
        if account.leftOut > 0 { lines.append("  " + AccountWords.leftOut(account.leftOut)) }
        lines.append("  " + AccountWords.scope(account.events.count))
        return lines
    }

    var json: JSONValue {
        let events = account.events.map { event -> JSONValue in
            [
                "number": .integer(Int64(clamping: event.number)), "decision": event.decision.json,
                "told": .array(
                    told(event).map {
                        [
                            "who": .string($0.who), "at": .string($0.at.rfc3339),
                            "replay": .bool($0.isReplay),
                        ]
                    }
                ),
            ]
        }
        let looks = counted.map { look -> JSONValue in
            [
                "who": .string(look.who), "act": .string(look.act.rawValue),
                "first": .string(look.first.rfc3339), "count": .integer(Int64(look.count)),
            ]
        }
        let spells = account.spells.map { spell -> JSONValue in
            [
                "condition": .string(spell.observation.condition.token),
                "agency": spell.observation.agency.map { .string($0.name) } ?? .null,
                "since": .string(spell.observation.since.rfc3339),
                "until": spell.until.map { .string($0.rfc3339) } ?? .null,
            ]
        }
        return [
            "object": .string(object),
            "cases": .array(account.cases.sorted { $0.text < $1.text }.map { .string($0.text) }),
            "events": .array(events), "looks": .array(looks),
            "audit_gaps": .integer(Int64(account.lostLines)), "spells": .array(spells),
            "left_out": .integer(Int64(account.leftOut)),
            "audit_heads": .bool(hasHeads),
            "audit_findings": .array(account.faults.map { .string($0.description) }),
        ]
    }
}
