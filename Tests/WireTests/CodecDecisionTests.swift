import Domain
import Storage
import Testing
import Wire

@Suite struct CodecDecisionTests {
    private static let first = ItemRef(agency: Known.xinfang, id: "XF-1")
    private static let second = ItemRef(agency: Known.zhengshu, id: "工单-2")
    private static let at = Timestamp(milliseconds: 1_709_620_200_250)
    private static let caseID = CaseID(county: Known.county, foundedBy: first)

    private static let evidence = Evidence(
        nearest: first,
        scorePermille: 640,
        textPermille: 520,
        sharesPlace: true,
        isRelated: true
    )

    private static let alert: Alert = {
        var alert = Alert(
            id: AlertID(county: Known.county, kind: .matter, foundedBy: first),
            kind: .matter,
            caseID: caseID,
            division: Known.town,
            category: .unknown,
            level: .orange,
            raisedAt: at,
            acknowledgeBy: at + .minutes(30)
        )
        alert.report = 2
        alert.state = .acknowledged
        alert.signals = [Signal(rule: "items-24h", value: 11, threshold: 10, level: .orange)]
        alert.items = [first, second]
        alert.itemCount = 11
        alert.persons = 9
        alert.agencies = [Known.xinfang, Known.zhengshu]
        alert.heads = 4
        alert.rulesVersion = 0x0123_4567_89AB_CDEF
        alert.acknowledgedBy = "wang"
        alert.remember(
            AlertStanding(level: .yellow, division: Known.town, category: .unknown)
        )
        return alert
    }()

    static let scope = CaseScope(division: Known.town, category: .unknown)

    /// One decision of every kind, in the order of their numbers.
    static let decisions: [Decision] = [
        Decision.Content.configured(name: 1, version: 0xFEDC),
        .admitted(
            Admission(
                ref: first,
                ordinal: 1,
                kind: .life("accepted"),
                time: at,
                division: Known.town,
                category: .unknown,
                isUrgent: true,
                isLate: false,
                isAhead: true
            )
        ),
        .sameAgain(first, ordinal: 1), .revised(first, ordinal: 1, revision: 2),
        .lived(second, of: first, step: "accepted"),
        .quarantined(number: 1, agency: Known.xinfang, id: "", code: .notJSON), .refusedSealed,
        .copied(second, of: first, containmentPermille: 930), .repeated(second, of: first),
        .caseOpened(caseID, scope, founder: first, joined: second, evidence),
        .caseJoined(caseID, scope, joined: second, evidence),
        .visited(
            VisitReport(founder: first, ref: second, heads: 90, countedHeads: 87, counts: false)
        ),
        .alertRaised(alert), .alertChanged(alert), .alertAcknowledged(alert, commandKey: "k-1"),
        .alertOverdue(alert), .void(commandKey: "k-2", officer: "li", .reportMovedOn),
        .clockChanged(
            ClockChange(event: .confirmed, from: at, to: at + .hours(1), officer: "wang")
        ),
        .observed(
            Observation(.outboxStuck, agency: Known.xinfang, since: at, value: 400, bound: 300),
            passed: [alert.id]
        ),
        .obeyed(commandKey: "k-3", officer: "wang"),
        .caseMerged(caseID, scope, absorbed: CaseID(county: 441_424, number: 99), evidence),
        .caseEdited(
            CaseEditing(
                number: 3,
                kind: .undo,
                officer: "li",
                commandKey: "k-4",
                id: caseID,
                scope: scope,
                others: [CaseID(county: 441_424, number: 99)],
                movedCount: 2,
                followed: [first],
                followedCount: 1,
                alerts: [alert.id]
            )
        ),
        .itemMoved(ItemMove(item: first, from: caseID, to: nil, scope: scope, edit: 3)),
        .caseLived(caseID, scope, .closed, officer: "li", commandKey: "k-5"),
        .itemWithdrawn(first, scope, commandKey: "k-6", officer: "li"),
        .ruleTried(
            caseID,
            scope,
            Signal(rule: "growth-1h", value: 12, threshold: 10, level: .yellow),
            items: [first],
            rulesVersion: 0xFEDC
        ),
    ].map { Decision(at: at, content: $0) }

    @Test func theSampleHoldsEveryKind() {
        #expect(Self.decisions.map(\.content.tag) == Decision.Content.Tag.allCases)
    }

    @Test(arguments: decisions)
    func aDecisionReadsBackFromItsBytes(decision: Decision) throws {
        #expect(try DecisionCodec.decode(DecisionCodec.encode(decision)) == decision)
    }

    /// The byte picture of `docs/journal-entries.md`, written out.
    @Test func aDecisionHasTheBytesOfThePicture() {
        let decision = Decision(
            at: Timestamp(milliseconds: 258),
            content: .repeated(Self.first, of: ItemRef(agency: Known.zhengshu, id: "2"))
        )
        let bytes: [UInt8] =
            [1, 9, 0, 0, 0, 0, 0, 0, 1, 2] + [0, 0, 0, 7] + Array("xinfang".utf8) + [0, 0, 0, 4]
            + Array("XF-1".utf8) + [0, 0, 0, 8] + Array("zhengshu".utf8) + [0, 0, 0, 1, 0x32]
        #expect(DecisionCodec.encode(decision) == bytes)
    }

    @Test func anOutlineTellsTimeAndPlaceAsTheWholeDecisionDoes() {
        var outlined: Set<Decision.Content.Tag> = []
        for decision in Self.decisions {
            let bytes = DecisionCodec.encode(decision)
            guard let outline = DecisionOutline(bytes) else { continue }
            outlined.insert(decision.content.tag)
            #expect(outline.place == decision.place)
            #expect(outline.at == decision.at)
            for count in 0..<bytes.count {
                let cut = DecisionOutline(Array(bytes.prefix(count)))
                #expect(cut == nil || cut == outline, "cut behind \(count) bytes")
            }
        }
        #expect(
            outlined == [
                .admitted, .caseOpened, .caseJoined, .caseMerged, .caseLived, .alertRaised,
                .alertChanged, .alertAcknowledged, .alertOverdue,
            ]
        )
    }

    @Test func theFirstSubjectNamesThePlaceOfADecision() {
        for decision in Self.decisions {
            #expect(
                decision.place?.tokens.joined(separator: ".")
                    == decision.subjects.first.map {
                        $0.tokens.dropFirst($0.tokens[0] == "case" ? 1 : 2).prefix(4).joined(
                            separator: "."
                        )
                    }
            )
        }
    }

    @Test(arguments: decisions)
    func aCutOrLengthenedDecisionIsRefused(decision: Decision) {
        let bytes = DecisionCodec.encode(decision)
        for count in 0..<bytes.count {
            #expect(throws: RecordError.self) {
                try DecisionCodec.decode(Array(bytes.prefix(count)))
            }
        }
        #expect(throws: RecordError.trailing(count: 1)) { try DecisionCodec.decode(bytes + [0]) }
    }

    @Test(arguments: [UInt64(31), 32, 33])
    func mutatedDecisionsAreRefusedOrHaveOneForm(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var taken = 0
        for round in 0..<8000 {
            let bytes = Mutation.of(
                DecisionCodec.encode(Self.decisions[round % Self.decisions.count]),
                &random
            )
            guard let decision = try? DecisionCodec.decode(bytes) else { continue }
            taken += 1
            #expect(DecisionCodec.encode(decision) == bytes, "seed \(seed)")
            _ = decision.json.bytes
        }
        #expect(taken > 0, "seed \(seed)")
    }

    @Test func anAlertIsTheSameToEveryReader() throws {
        let json = Self.decisions[14].json
        #expect(json["decision"]?.text == "alert_acknowledged")
        #expect(json["at"]?.text == "2024-03-05T14:30:00.250+08:00")
        #expect(json["command"]?.text == "k-1")
        let alert = try #require(json["alert"])
        #expect(
            alert.members?.map(\.key) == [
                "id", "kind", "case", "division", "category", "level", "state", "report",
                "signals", "items", "item_count", "persons", "agencies", "heads",
                "rules_version", "raised_at", "acknowledge_by", "acknowledged_by",
                "former",
            ]
        )
        #expect(alert["id"]?.text == Self.alert.id.text)
        #expect(alert["case"]?.text == Self.caseID.text)
        #expect(alert["division"]?.text == "441424120")
        #expect(alert["level"]?.text == "orange")
        #expect(alert["items"]?[1] == ["source": "/agency/zhengshu", "id": "工单-2"])
        #expect(
            alert["signals"]?[0]
                == ["rule": "items-24h", "value": 11, "threshold": 10, "level": "orange"]
        )
        #expect(alert["rules_version"]?.text == "0123456789abcdef")
        #expect(alert["acknowledge_by"]?.text == "2024-03-05T15:00:00.250+08:00")
    }

    @Test func everyDecisionHasItsTokenAndReadsBackAsJSON() throws {
        for decision in Self.decisions {
            let json = try JSONValue(parsing: decision.json.bytes)
            #expect(json == decision.json)
            #expect(json["decision"]?.text == decision.content.tag.token)
        }
        let tokens = Decision.Content.Tag.allCases.map(\.token)
        #expect(Set(tokens).count == tokens.count)
    }

    @Test func itemsCasesAndAlertsHaveSubjects() {
        let subjects = Self.decisions.map { $0.subjects.map(\.text) }
        #expect(subjects[1] == ["item.xinfang.44.14.24.120.other.unknown"])
        #expect(subjects[9] == ["case.44.14.24.120.other.unknown"])
        #expect(subjects[10] == subjects[9])
        #expect(subjects[20] == subjects[9])
        for index in 12...15 {
            #expect(
                subjects[index] == [
                    "alert.orange.44.14.24.120.other.unknown",
                    "alert.yellow.44.14.24.120.other.unknown",
                ]
            )
        }
        #expect([0, 2, 6, 7, 8, 11, 16, 17, 18, 19].allSatisfy { subjects[$0].isEmpty })
    }
}
