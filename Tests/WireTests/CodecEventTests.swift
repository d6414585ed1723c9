import Domain
import Storage
import Testing
import Wire

@Suite struct CodecEventTests {
    private let decoder = EventDecoder()
    private let xinfang: AgencyID

    init() throws {
        xinfang = try #require(AgencyID(name: "xinfang"))
    }

    private func decode(_ event: JSONValue) -> EventDecoder.Outcome {
        decoder.decode(line: event.bytes, sender: xinfang)
    }

    private func item(_ event: JSONValue) -> Item? {
        if case .item(let item, _) = decode(event) { item } else { nil }
    }

    @Test func aFullComplaintIsReadWithEveryMember() throws {
        let event = EventSample.event(data: [
            "title": "拖欠工资", "text": "工地三个月没有发工资。\n请处理。", "form": "visit",
            "purpose": "demand", "competence": "enforcement", "route": 6,
            "category": "labour.wages", "place": "安流镇", "respondent": "某某公司",
            "persons": [
                [
                    .string(EventSample.pseudonym("k1:p:", 7)),
                    .string(EventSample.pseudonym("k2:i:", 8)),
                ]
            ],
            "heads": 6, "affected": 40, "representatives": 3,
            "visit": ["arrived": "2024-03-05T14:30:00+08:00", "peak": 9],
            "urgent": true, "danger": false, "official_no": "44142400001",
            "relates": [["source": "/agency/zhengshu", "id": "G-9"]], "colour": "blue",
        ])
        let item = try #require(self.item(event))
        #expect(item.ref == ItemRef(agency: xinfang, id: "XF-1"))
        #expect(item.kind == .complaint)
        #expect(item.time == Timestamp(rfc3339: "2024-03-05T14:30:00+08:00"))
        #expect(item.division == Division(code: "441424120"))
        #expect(item.text == "工地三个月没有发工资。\n请处理。")
        #expect(item.form == .visit)
        #expect(item.purpose == .demand)
        #expect(item.competence == .enforcement)
        #expect(item.category.key == "labour.wages")
        #expect(
            item.persons.first?.map(\.text) == [
                EventSample.pseudonym("k1:p:", 7), EventSample.pseudonym("k2:i:", 8),
            ]
        )
        #expect((item.heads, item.affected, item.representatives) == (6, 40, 3))
        #expect(item.isUrgent)
        #expect(!item.isDangerToLife)
        #expect(item.relates.first?.id == "G-9")
        #expect(item.officialNumber == "44142400001")
    }

    @Test func reachAndLifecycleAreRead() throws {
        let sentiment = EventSample.event(
            type: "cn.liandong.sentiment.v1",
            data: [
                "text": "帖子", "form": nil,
                "media": ["reach": 50_000, "tone": -400, "level": "provincial", "platform": "论坛"],
            ]
        )
        #expect(item(sentiment)?.media?.reach == 50_000)
        #expect(item(sentiment)?.media?.tone == -400)
        #expect(item(sentiment)?.media?.level == .provincial)
        let step = EventSample.event(
            type: "cn.liandong.life.accepted.v1",
            data: ["item": ["source": "/agency/xinfang", "id": "XF-0"]]
        )
        #expect(item(step)?.kind == .life("accepted"))
        #expect(item(step)?.subjectItem?.id == "XF-0")
    }

    @Test func theDigestIsThatOfTheCanonicalContent() throws {
        let event = EventSample.event(data: [
            "text": "字\u{1F600}\"\\", "heads": .number(6), "extra": [1, .number(2.50)],
        ])
        guard case .item(_, let digest) = decode(event) else {
            Issue.record("not an item")
            return
        }
        #expect(digest == ContentDigest(contentOf: event))
        // Order, unknown attributes, `id` and number forms do not change it; a member of data does.
        let members = try #require(event.members)
        let again = JSONValue.object(members.reversed() + [.init("trace", "x")])
        #expect(decode(again) == decode(event))
        let other = EventSample.event(data: ["text": "字", "heads": 6, "extra": [1, .number(2.5)]])
        guard case .item(_, let otherDigest) = decode(other) else {
            Issue.record("not an item")
            return
        }
        #expect(otherDigest != digest)
    }

    /// Each mistake with its code and the member that the reason must name.
    @Test(arguments: [
        (EventSample.without("specversion"), ErrorCode.missingAttribute, "specversion"),
        (EventSample.with("specversion", "0.3"), .badValue, "specversion"),
        (EventSample.without("type"), .missingAttribute, "type"),
        (EventSample.with("type", "cn.liandong.rumour.v1"), .unknownItemType, "type"),
        (EventSample.with("type", 5), .wrongType, "type"),
        (EventSample.without("source"), .missingAttribute, "source"),
        (EventSample.with("source", "/agency/zhengshu"), .foreignSource, "source"),
        (EventSample.with("source", "xinfang"), .badIdentity, "source"),
        (EventSample.without("id"), .missingAttribute, "id"),
        (EventSample.with("id", ""), .missingAttribute, "id"),
        (EventSample.with("id", 17), .wrongType, "id"),
        (EventSample.with("id", "a\nb"), .badIdentity, "id"),
        (EventSample.with("id", "a\u{85}b"), .badIdentity, "id"),
        (EventSample.with("id", .string(String(repeating: "9", count: 129))), .badIdentity, "id"),
        (EventSample.without("time"), .missingAttribute, "time"),
        (EventSample.with("time", "2024-03-05T14:30:00"), .badTime, "time"),
        (EventSample.with("time", "2024-02-30T14:30:00Z"), .badTime, "time"),
        (EventSample.without("subject"), .missingAttribute, "subject"),
        (EventSample.with("subject", "44142"), .badDivision, "subject"),
        (EventSample.with("subject", "44142A"), .badDivision, "subject"),
        (EventSample.without("data"), .missingAttribute, "data"),
        (EventSample.with("data", nil), .missingAttribute, "data"),
        (EventSample.with("data", []), .wrongType, "data"),
        (EventSample.data("text", nil), .missingAttribute, "data.text"),
        (EventSample.data("text", ""), .missingAttribute, "data.text"),
        (EventSample.data("text", 3), .wrongType, "data.text"),
        (EventSample.data("text", "a\u{0}b"), .badValue, "data.text"),
        (
            EventSample.data("text", .string(String(repeating: "长", count: 21_846))), .textTooLong,
            "data.text"
        ),
        (
            EventSample.data("title", .string(String(repeating: "t", count: 1025))), .textTooLong,
            "data.title"
        ),
        (
            EventSample.data("place", .string(String(repeating: "t", count: 513))), .textTooLong,
            "data.place"
        ),
        (EventSample.data("form", "pigeon"), .badValue, "data.form"),
        (EventSample.data("purpose", "revenge"), .badValue, "data.purpose"),
        (EventSample.data("competence", "none"), .badValue, "data.competence"),
        (EventSample.data("route", 7), .badValue, "data.route"),
        (EventSample.data("category", "labour"), .badValue, "data.category"),
        (EventSample.data("category", "a.b.c"), .badValue, "data.category"),
        (EventSample.data("heads", -1), .badValue, "data.heads"),
        (EventSample.data("heads", .number(1.5)), .badValue, "data.heads"),
        (EventSample.data("heads", "6"), .wrongType, "data.heads"),
        (EventSample.data("affected", 1_000_000_001), .badValue, "data.affected"),
        (EventSample.data("urgent", "yes"), .wrongType, "data.urgent"),
        (EventSample.data("persons", ["k1:p:x"]), .wrongType, "data.persons[0]"),
        (EventSample.data("persons", [[]]), .wrongType, "data.persons[0]"),
        (EventSample.data("persons", [["k1:p:x"]]), .badValue, "data.persons[0][0]"),
        (EventSample.data("visit", ["peak": -2]), .badValue, "data.visit.peak"),
        (EventSample.data("visit", ["arrived": "now"]), .badTime, "data.visit.arrived"),
        (EventSample.data("media", ["tone": 1001]), .badValue, "data.media.tone"),
        (EventSample.data("media", ["author": "someone"]), .badValue, "data.media.author"),
        (EventSample.data("relates", [["id": "1"]]), .missingAttribute, "data.relates[0].source"),
        (EventSample.with("type", "cn.liandong.life.signed.v1"), .missingAttribute, "data.item"),
    ])
    func aMistakeIsNamedWithItsMember(event: JSONValue, code: ErrorCode, member: String) {
        guard case .malformed(let found, let reason, let id, let digest) = decode(event) else {
            Issue.record("taken: \(event.line.prefix(200))")
            return
        }
        #expect(found == code, "\(reason)")
        #expect(reason.contains(member), "\(reason)")
        #expect(reason.utf8.count <= EventDecoder.reasonBytesMax)
        #expect(digest == ContentDigest(hashing: event.bytes))
        if !member.hasPrefix("id"), event["data"]?.members != nil { #expect(id == "XF-1") }
    }

    @Test func whatIsNoJSONIsNamedWithItsPlace() {
        let lines: [([UInt8], ErrorCode, String)] = [
            (Array("id,title,text".utf8), .notJSON, "byte 0"),
            (Array(#"{"id":"1","id":"2"}"#.utf8), .notJSON, "twice"),
            ([0x7B, 0x22, 0xB9, 0xA4, 0x22], .notJSON, "UTF-8"),
            (Array("[]".utf8), .notJSON, "object"),
            (Array(repeating: 0x20, count: ItemLimits.eventBytesMax + 1), .eventTooLarge, "262144"),
        ]
        for (line, code, words) in lines {
            guard
                case .malformed(let found, let reason, let id, _) = decoder.decode(
                    line: line,
                    sender: xinfang
                )
            else {
                Issue.record("taken: \(line.prefix(40))")
                continue
            }
            #expect(found == code)
            #expect(reason.contains(words), "\(reason)")
            #expect(id.isEmpty)
        }
    }

    @Test func reasonsNeverQuoteTheLine() {
        let secret = "张三丰13800138000"
        let events = [
            EventSample.with("time", .string(secret)), EventSample.with("type", .string(secret)),
            EventSample.with("source", .string(secret)),
            EventSample.with("subject", .string(secret)),
            EventSample.data("form", .string(secret)),
            EventSample.data("category", .string(secret)),
            EventSample.data("persons", [[.string(secret)]]),
            EventSample.data(secret, [[.string(secret)]]),
            EventSample.data("relates", [["source": .string(secret), "id": "1"]]),
        ]
        for event in events {
            guard case .malformed(_, let reason, _, _) = decode(event) else { continue }
            #expect(!reason.contains("张三丰"), "\(reason)")
        }
        let twice = Array("{\"\(secret)\":1,\"\(secret)\":2}".utf8)
        guard case .malformed(_, let reason, _, _) = decoder.decode(line: twice, sender: xinfang)
        else {
            Issue.record("taken")
            return
        }
        #expect(!reason.contains("张三丰"))
    }

    @Test func nothingOfAFlawedAccusationIsKept() {
        #expect(decode(EventSample.data("purpose", "accusation", "heads", -1)) == .sealed)
        #expect(
            decoder.decode(line: Array(#"{"data":{"purpose":"Accusation"#.utf8), sender: xinfang)
                == .sealed
        )
        // A whole accusation is an item; the gate refuses it.
        #expect(item(EventSample.data("purpose", "accusation"))?.belongsToSealedLane == true)
        // The word in another item's text is none.
        guard
            case .malformed = decode(
                EventSample.data("purpose", "demand", "place", "accusation", "heads", -1)
            )
        else {
            Issue.record("not malformed")
            return
        }
    }

    @Test(arguments: [UInt64(11), 12, 13])
    func mutatedLinesNeverTrap(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let line = EventSample.event(data: [
            "title": "题", "text": "文", "heads": 3,
            "persons": [[.string(EventSample.pseudonym("k1:p:", 1))]],
            "relates": [["source": "/agency/zhengshu", "id": "1"]],
        ]).bytes
        var items = 0
        for _ in 0..<4000 {
            var bytes = line
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 3 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8(truncatingIfNeeded: random.next() % 128), at: place)
            }
            switch decoder.decode(line: bytes, sender: xinfang) {
            case .item(let item, _):
                items += 1
                #expect(item.ref.agency == xinfang, "seed \(seed)")
            case .malformed(_, let reason, let id, _):
                #expect(reason.utf8.count <= EventDecoder.reasonBytesMax, "seed \(seed)")
                #expect(id.utf8.count <= ItemLimits.idBytesMax, "seed \(seed)")
            case .sealed: Issue.record("seed \(seed)")
            }
        }
        #expect(items > 0, "seed \(seed)")
    }
}

/// Events to take apart.
enum EventSample {
    static func event(
        type: String = "cn.liandong.complaint.v1",
        id: String = "XF-1",
        data: JSONValue
    ) -> JSONValue {
        [
            "specversion": "1.0", "type": .string(type), "source": "/agency/xinfang",
            "id": .string(id), "time": "2024-03-05T14:30:00+08:00", "subject": "441424120",
            "data": data,
        ]
    }

    static let plain = event(data: ["title": "题目", "text": "内容"])

    static func with(_ key: String, _ value: JSONValue) -> JSONValue {
        replacing(plain, key, value)
    }

    static func without(_ key: String) -> JSONValue {
        .object((plain.members ?? []).filter { $0.key != key })
    }

    static func data(_ pairs: (String, JSONValue)...) -> JSONValue {
        var data = plain["data"] ?? nil
        for (key, value) in pairs { data = replacing(data, key, value) }
        return with("data", data)
    }

    static func data(_ key: String, _ value: JSONValue) -> JSONValue { data((key, value)) }

    static func data(_ a: String, _ b: JSONValue, _ c: String, _ d: JSONValue) -> JSONValue {
        data((a, b), (c, d))
    }

    static func data(
        _ a: String,
        _ b: JSONValue,
        _ c: String,
        _ d: JSONValue,
        _ e: String,
        _ f: JSONValue
    ) -> JSONValue {
        data((a, b), (c, d), (e, f))
    }

    /// A text of a pseudonym's form.
    static func pseudonym(_ prefix: String, _ seed: UInt64) -> String {
        var random = SplitMix64(seed: seed)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        return prefix + String((0..<43).map { _ in letters[Int(random.next() % 64)] })
    }

    private static func replacing(
        _ object: JSONValue,
        _ key: String,
        _ value: JSONValue
    ) -> JSONValue {
        var members = (object.members ?? []).filter { $0.key != key }
        members.append(.init(key, value))
        return .object(members)
    }
}
