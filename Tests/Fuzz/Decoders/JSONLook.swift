import Domain
import Hashing
import LiandongClient
import Wire

/// JSON texts: the value, its canonical form, the agency's own reader beside it, and events.
enum JSONLook {
    /// Kept from input to input like the hub's, so that a buffer that is not cleared shows.
    nonisolated(unsafe) private static let parser = JSONParser()
    nonisolated(unsafe) private static let open = EventDecoder()
    nonisolated(unsafe) private static let sealed = EventDecoder(lane: .sealed)

    static let sender: AgencyID = {
        guard let agency = AgencyID(name: "xinfang") else { fatalError("an agency's name") }
        return agency
    }()

    static func look(_ bytes: [UInt8]) -> Bool {
        let value = value(of: bytes)
        compareReaders(bytes, value)
        let isItem = lookAtEvent(bytes, value)
        lookAtBatch(bytes)
        return value != nil || isItem
    }

    private static func value(of bytes: [UInt8]) -> JSONValue? {
        let value: JSONValue
        do throws(JSONError) {
            value = try parser.value(of: bytes)
        } catch {
            hold(!error.explanation.isEmpty, "a refusal says why")
            if error.reason == .syntax { hold(error.offset != nil, "a refusal says where") }
            return nil
        }
        let text = value.bytes
        guard let again = try? parser.value(of: text) else {
            fatalError("a value's own text is not taken: \(value.line)")
        }
        hold(again.bytes == text, "the compact form is stable")
        let canonical = value.canonicalBytes
        hold(again.canonicalBytes == canonical, "one content has one canonical form")
        guard let pretty = try? JSONValue(parsing: value.prettyText) else {
            fatalError("the form for people is not taken")
        }
        hold(pretty == again, "the form for people says the same")
        return value
    }

    /// The hub's reader and the agency's take the same texts, but for bounds that they state.
    private static func compareReaders(_ bytes: [UInt8], _ value: JSONValue?) {
        do throws(JSONReader.Failure) {
            let tree = try JSONReader.read(bytes[...])
            hold((try? JSONReader.read(tree.bytes[...])) == tree, "a tree reads back")
            hold((try? JSONReader.read(tree.prettyBytes[...])) == tree, "also indented")
            guard value == nil else { return }
            do throws(JSONError) {
                _ = try parser.value(of: bytes)
            } catch {
                switch error.reason {
                case .numberOutOfRange, .tooDeep, .duplicateKey: break
                default: fatalError("only the agency's reader takes it: \(error)")
                }
            }
        } catch {
            let isBound =
                error.what.hasPrefix("the key") || error.what.hasPrefix("more than 64 levels")
                || error.what.hasPrefix("a number of more than")
            hold(value == nil || isBound, "only the hub's reader takes it: \(error.what)")
        }
    }

    private static func lookAtEvent(_ line: [UInt8], _ value: JSONValue?) -> Bool {
        let outcome = open.decode(line: line, sender: sender)
        let other = sealed.decode(line: line, sender: sender)
        check(outcome)
        check(other)
        guard case .item(let item, let digest) = outcome else { return false }
        hold(other == outcome, "an item is one in either lane")
        hold(item.ref.agency == sender, "an item is its sender's")
        guard let value else { fatalError("an item that is no JSON") }
        hold(ContentDigest(contentOf: value) == digest, "both ways to the digest agree")
        return true
    }

    private static func check(_ outcome: EventDecoder.Outcome) {
        guard case .malformed(_, let reason, _, _) = outcome else { return }
        hold(
            (1...EventDecoder.reasonBytesMax).contains(reason.utf8.count),
            "a reason is short: \(reason)"
        )
    }

    /// Lines together are what they are one by one.
    private static func lookAtBatch(_ bytes: [UInt8]) {
        var lines: [Range<Int>] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: 10), lines.count < 8 {
            lines.append(start..<end)
            start = end + 1
        }
        lines.append(start..<bytes.count)
        guard lines.count > 1 else { return }
        let single = lines.map { open.decode(line: Array(bytes[$0]), sender: sender) }
        var count = 0
        bytes.withUnsafeBytes { all in
            open.decode(lines: lines, in: all, sender: sender) { place, outcome in
                hold(place == count, "outcomes come in order")
                hold(outcome == single[place], "a line is the same alone and among others")
                count += 1
            }
        }
        hold(count == lines.count, "each line has an outcome")
    }
}

extension JSONLook {
    static func seeds(_ root: String) -> [Seed] {
        let numbers = "[0,-0,1.5,-2e3,1e20,18446744073709551615,9007199254740993,4.9e-324]"
        let escapes = #"{"\u00e9\ud83d\ude00":"\"\\\/\b\f\n\r\t\u001f","é":null,"":[true,false]}"#
        let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        let texts: [(String, String)] = [
            ("numbers", numbers), ("escapes", escapes), ("deep", deep), ("empty", " {} "),
            ("twice", #"{"a":1,"a":2}"#), ("broken", #"{"a":[1,}"#), ("half", #""\ud800""#),
            ("complaint", complaint.line), ("media", media.line), ("life", life.line),
            ("accusation", accusation.line),
            ("batch", complaint.line + "\n" + life.line + "\n{\n" + media.line),
        ]
        return texts.map { Seed($0.0, Array($0.1.utf8)) }
    }

    /// A complaint with every member.
    static var complaint: JSONValue {
        event(
            "cn.liandong.complaint.v1",
            [
                "title": "拖欠工资", "text": "工地三个月没有发工资。", "form": "visit", "purpose": "demand",
                "competence": "enforcement", "route": 6, "category": "labour.wages",
                "place": "安流镇", "respondent": "某某公司", "persons": [[pseudonym("k1:p:", 7)]],
                "heads": 6, "affected": 40, "representatives": 3,
                "visit": ["arrived": "2024-03-05T14:30:00+08:00", "peak": 9], "urgent": true,
                "danger": false, "official_no": "44142400001",
                "relates": [["source": "/agency/zhengshu", "id": "G-9"]], "colour": "blue",
            ]
        )
    }

    private static var media: JSONValue {
        event(
            "cn.liandong.sentiment.v1",
            [
                "text": "路灯不亮",
                "media": [
                    "platform": "微博", "url": "https://example.org/1", "reach": 900, "comments": 4,
                    "shares": 1, "tone": -2, "level": "local",
                ],
            ]
        )
    }

    private static var life: JSONValue {
        event(
            "cn.liandong.life.accepted.v1",
            [
                "item": ["source": "/agency/xinfang", "id": "XF-1"]
            ]
        )
    }

    private static var accusation: JSONValue {
        event("cn.liandong.complaint.v1", ["text": "反映某人", "purpose": "accusation"])
    }

    private static func pseudonym(_ prefix: String, _ byte: UInt8) -> JSONValue {
        .string(prefix + Base64URL.encode([UInt8](repeating: byte, count: 32)))
    }

    private static func event(_ type: String, _ data: JSONValue) -> JSONValue {
        [
            "specversion": "1.0", "type": .string(type), "source": "/agency/xinfang",
            "id": "XF-1", "time": "2024-03-05T14:30:00.25+08:00", "subject": "441424120",
            "data": data,
        ]
    }
}
