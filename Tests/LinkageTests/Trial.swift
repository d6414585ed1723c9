import Domain
import Linkage

/// A small county for tests: files, items and commands in few words.
enum Trial {
    static let agencies = ["xinfang", "zhengshu", "rongmeiti"]
    static let county = division("441424")
    static let anliu = "441424120"
    static let shuizhai = "441424100"

    static func division(_ code: String) -> Division { Division(code: code) ?? .unknown }

    static func agency(_ name: String) -> AgencyID {
        guard let agency = AgencyID(name: name) else { preconditionFailure("\(name)") }
        return agency
    }

    static func ref(_ text: String) -> ItemRef {
        let parts = text.split(separator: "/")
        return ItemRef(agency: agency(String(parts[0])), id: String(parts[1]))
    }

    /// A time of 2025 in the county, `03-05 14:30`.
    static func time(_ text: String) -> Timestamp {
        let parts = text.split(separator: " ")
        guard let time = Timestamp(rfc3339: "2025-\(parts[0])T\(parts[1]):00+08:00") else {
            preconditionFailure("\(text)")
        }
        return time
    }

    /// A person by number, known by an identity card, a telephone or both.
    static func person(_ number: Int, _ kinds: String = "p") -> [Pseudonym] {
        kinds.compactMap { kind in
            let digits = String(number)
            let filler = String(repeating: "A", count: 43 - digits.count)
            return Pseudonym(text: "k1:\(kind):\(filler)\(digits)")
        }
    }

    static func digest(_ number: UInt64) -> ContentDigest {
        ContentDigest(StableHash.mix(number, 1), 0, 0, 0)
    }

    /// An item; its content's digest comes from `content`.
    static func item(
        _ ref: String,
        _ time: String,
        _ title: String,
        _ text: String,
        town: String = anliu,
        content: UInt64 = 1,
        at: String? = nil,
        _ change: (inout Item) -> Void = { _ in }
    ) -> Entry {
        var item = Item(
            ref: Trial.ref(ref),
            kind: .complaint,
            time: Trial.time(time),
            division: division(town),
            title: title,
            text: text,
            form: .hotline
        )
        change(&item)
        return Entry(at: Trial.time(at ?? time), content: .item(item, digest(content)))
    }

    static func acknowledge(
        _ at: String,
        _ id: AlertID,
        report: Int,
        key: String,
        officer: String = "zhang"
    ) -> Entry {
        let action = Command.Action.acknowledge(id, report: report, note: "")
        let command = Command(officer: officer, idempotencyKey: key, action: action)
        return Entry(at: time(at), content: .command(command))
    }

    static func tick(_ at: String) -> Entry { Entry(at: time(at), content: .tick) }

    static func alert(_ kind: AlertKind, _ founder: String) -> AlertID {
        AlertID(county: county, kind: kind, foundedBy: ref(founder))
    }

    /// The standard, and how common some words are: a stream that has just begun knows no rarity.
    static let linkage: LinkageSettings = {
        var settings = LinkageSettings.standard
        settings.pairTexts = 2000
        settings.pairFrequencies = [
            "工资": 60, "拖欠": 40, "工地": 50, "没有": 300, "反映": 400, "来访": 60, "补偿": 50,
        ]
        return settings
    }()

    static let rules = Rules(
        rules: [
            rule("persons-7d", .persons, .days(7), [3, 5, 10, 30]),
            rule("items-24h", .items, .hours(24), [3, 5, 10, 30]),
            rule("agencies-72h", .agencies, .hours(72), [2, 3, 4, 5], itemsMin: 3),
            rule("heads", .heads, .days(1), [5, 30, 50, 100]),
        ],
        urgentLevel: .orange,
        dangerLevel: .red,
        acknowledgeWithin: [
            .red: .minutes(10), .orange: .minutes(30), .yellow: .hours(2), .blue: .hours(24),
        ],
        lateAfter: .hours(24),
        jointVisitHeadsMin: 5
    )

    static func rule(
        _ name: String,
        _ measure: Rules.Measure,
        _ window: TimeSpan,
        _ least: [Int],
        itemsMin: Int = 1
    ) -> Rules.Rule {
        let bands = zip(least, AlertLevel.allCases).map { Rules.Band(least: $0, level: $1) }
        return Rules.Rule(
            name: name,
            measure: measure,
            window: window,
            bands: bands,
            itemsMin: itemsMin
        )
    }

    /// The founding entry and all five files.
    static func opening(at text: String = "03-01 08:00") -> [Entry] {
        let founding = Founding(
            engineVersion: Engine.version,
            county: county,
            hasScenarioClock: false,
            epoch: 1
        )
        let agencies = [("xinfang", true, 1), ("zhengshu", false, 2), ("rongmeiti", false, 3)].map {
            AgencyRegister.Agency(
                id: agency($0.0),
                title: $0.0,
                registersPetitions: $0.1,
                visitRank: $0.2,
                defaultPurpose: .demand
            )
        }
        let towns = [(anliu, "安流镇"), (shuizhai, "水寨镇")].map {
            DivisionRegister.Town(division: division($0.0), title: $0.1)
        }
        let divisions = DivisionRegister(county: county, countyTitle: "五华县", towns: towns)
        let files: [(ConfigurationFile.Name, ConfigurationFile.Content)] = [
            (.divisions, .divisions(divisions)),
            (.categories, .categories(CategoryRegister(titles: []))),
            (.agencies, .agencies(AgencyRegister(agencies: agencies))),
            (.linkage, .linkage(linkage)),
            (.rules, .rules(rules)),
        ]
        return [Entry(at: time(text), content: .founding(founding))]
            + files.map { name, content in
                Entry(at: time(text), content: .configuration(file(name, content)))
            }
    }

    /// A file in force; its version is made up from its name.
    static func file(
        _ name: ConfigurationFile.Name,
        _ content: ConfigurationFile.Content
    ) -> ConfigurationFile {
        ConfigurationFile(name: name, version: UInt64(name.rawValue) * 11, content: content)
    }

    /// The decisions of the opening and these entries, the opening's own left out.
    static func decisions(_ entries: [Entry]) -> [Decision] {
        var engine = Engine()
        var decisions: [Decision] = []
        for entry in opening() { engine.apply(entry, into: &decisions) }
        decisions = []
        for entry in entries { engine.apply(entry, into: &decisions) }
        return decisions
    }

    /// The same as readable lines.
    static func lines(_ entries: [Entry]) -> [String] { decisions(entries).map(\.line) }

    /// The engine after the opening and these entries.
    static func engine(_ entries: [Entry]) -> Engine {
        var engine = Engine()
        var decisions: [Decision] = []
        for entry in opening() + entries { engine.apply(entry, into: &decisions) }
        return engine
    }

    /// An engine that went along a whole journal under other settings of the linkage.
    static func engine(whole entries: [Entry], _ settings: LinkageSettings) -> Engine {
        var engine = Engine()
        var decisions: [Decision] = []
        for entry in entries {
            var entry = entry
            if case .configuration(let known) = entry.content, known.name == .linkage {
                entry.content = .configuration(file(.linkage, .linkage(settings)))
            }
            engine.apply(entry, into: &decisions)
        }
        return engine
    }
}

// What an engine answers after these entries.
extension Trial {
    static func counts(_ entries: [Entry]) -> Counts {
        let engine = engine(entries)
        return engine.counts
    }

    static func quarantineCount(_ entries: [Entry]) -> Int {
        let engine = engine(entries)
        return engine.quarantineCount
    }

    static func standing(_ id: AlertID, _ entries: [Entry]) -> Alert? {
        let engine = engine(entries)
        return engine.alert(id)
    }

    static func row(_ id: CaseID, _ entries: [Entry]) -> CaseRow? {
        let engine = engine(entries)
        return engine.caseRow(id)
    }

    static func visits(_ entries: [Entry]) -> [VisitRow] {
        let engine = engine(entries)
        return engine.visits(limit: 100)
    }
}

extension Trial {
    /// The case that an item founds.
    static func matter(_ founder: String) -> CaseID {
        CaseID(county: county, foundedBy: ref(founder))
    }
}
