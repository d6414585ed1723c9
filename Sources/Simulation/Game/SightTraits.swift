import Domain
import Wire

/// What can be measured of a sight, without knowing what to look for (特征).
///
/// Counts, sizes, gaps and answering times of each kind of message; every number and every time of a body by
/// its path; every text by its form; gauges; the forms of log lines. Each trait is a name and a number.
struct SightTraits {
    /// The traits by the hash of their names.
    private(set) var values: [UInt64: Float] = [:]
    /// The names, where they were asked for.
    private(set) var names: [UInt64: String] = [:]

    private let isNaming: Bool
    private var series: [UInt64: Series] = [:]
    private var asked: [UInt64: (time: Int64, label: String)] = [:]
    private var deliveries = 0

    /// Values of one kind in the order in which they came.
    private struct Series {
        var count = 0
        var first = 0.0
        var last = 0.0
        var least = Double.infinity
        var most = -Double.infinity
        var sum = 0.0
        var leastStep = Double.infinity
        var mostStep = -Double.infinity

        mutating func note(_ value: Double) {
            if count == 0 {
                first = value
            } else {
                leastStep = min(leastStep, value - last)
                mostStep = max(mostStep, value - last)
            }
            last = value
            least = min(least, value)
            most = max(most, value)
            sum += value
            count += 1
        }
    }

    private static let measures = [
        "count", "first", "last", "least", "most", "sum", "least_step", "most_step", "less_seen",
    ]

    /// The traits of a sight.
    ///
    /// - Parameters:
    ///   - sight: What was seen.
    ///   - isNaming: Keep the names, for a report.
    init(_ sight: Sight, isNaming: Bool = false) {
        self.isNaming = isNaming
        for message in sight.messages { take(message) }
        for page in sight.pages {
            for value in page.values { note("gauges/" + value.name, Double(value.value)) }
        }
        for line in sight.log {
            note("log/lines", 1)
            note("log/" + SightTraits.form(line.text), 1)
        }
        flatten()
    }

    // MARK: Messages

    private mutating func take(_ message: Sight.Message) {
        guard let frame = try? Frame(decoding: message.bytes) else { return }
        let channel = "\(message.channel)"
        if message.isOwn {
            noteQuestion(frame, channel, message.time)
            return
        }
        let kind = frame.kind?.name ?? "\(frame.kindCode)"
        let body = Array(frame.body)
        let json = body.first == UInt8(ascii: "{") ? try? JSONValue(parsing: body) : nil
        let label = label(frame, channel, json)
        for name in Set(["\(channel)/\(kind)", "\(channel)/\(kind)\(label)"]) {
            note(name + "/bytes", Double(message.bytes.count))
            note(name + "/time", Double(message.time))
            note(name + "/number", Double(frame.number))
        }
        if let question = question(of: frame, channel) {
            let name = "\(channel)/after/\(question.label)"
            note(name, Double(message.time - question.time))
            // What is there in the end need not have been there in the beginning.
            if message.time > GameWorld.end / 2 {
                note(name + "/late half", Double(message.time - question.time))
            }
        }
        let name = "\(channel)/\(kind)\(label)"
        if let json {
            walk(json, name, message.time)
        } else if let inside = try? Message(frame) {
            walk(inside.content, name, message.time)
        }
        if channel == "desk", frame.kind == .deliver { deliveries += 1 }
    }

    /// What a message is about, so that like is held against like.
    private func label(_ frame: Frame, _ channel: String, _ json: JSONValue?) -> String {
        if let kind = json?["decision"]?["decision"]?.text { return "/" + kind }
        switch frame.kind {
        case .answer, .error, .outcome:
            return asked[SightTraits.key(channel, frame.number)].map { "/" + $0.label } ?? ""
        default: return ""
        }
    }

    private mutating func noteQuestion(_ frame: Frame, _ channel: String, _ time: Int64) {
        var label = frame.kind?.name ?? ""
        if frame.kind == .query, let json = try? JSONValue(parsing: Array(frame.body)),
            let query = json["query"]?.text
        {
            label += "-" + query
        }
        guard frame.kind != .pong else { return }
        asked[SightTraits.key(channel, frame.number)] = (time, label)
    }

    private func question(
        of frame: Frame,
        _ channel: String
    ) -> (time: Int64, label: String)? {
        switch frame.kind {
        case .answer, .error, .outcome, .receipts, .welcome:
            asked[SightTraits.key(channel, frame.number)]
        default: nil
        }
    }

    private static func key(_ channel: String, _ number: UInt64) -> UInt64 {
        hash(channel) &* 31 &+ number
    }

    // MARK: Bodies

    private mutating func walk(_ value: JSONValue, _ path: String, _ time: Int64) {
        switch value {
        case .integer(let number): note(path, Double(number))
        case .number(let number): note(path, number)
        case .bool(let flag): note(path, flag ? 1 : 0)
        case .null: note(path + "/null", 1)
        case .string(let text):
            note(path + "/length", Double(text.utf8.count))
            if let moment = Timestamp(rfc3339: text) {
                let wall = GameWorld.origin.milliseconds + time
                note(path + "/late", Double(wall - moment.milliseconds))
            } else {
                note(path + "=" + SightTraits.form(text), 1)
            }
        case .array(let elements):
            note(path + "/elements", Double(elements.count))
            for element in elements { walk(element, path + "/*", time) }
        case .object(let members):
            for member in members { walk(member.value, path + "/" + member.key, time) }
        }
    }

    private mutating func walk(_ content: Message.Content, _ path: String, _ time: Int64) {
        switch content {
        case .ping(let expect), .pong(let expect):
            if let expect { note(path + "/expect", Double(expect)) }
        case .receipts(let receipts):
            note(path + "/credit", Double(receipts.credit))
            for receipt in receipts.receipts { note(path + "/status=\(receipt.status)", 1) }
        case .replayChunk(let chunk):
            note(path + "/records", Double(chunk.records.count))
            note(path + "/token", Double(chunk.token.utf8.count))
            for record in chunk.records {
                note(path + "/record", Double(record.count))
                guard chunk.form == .json, let json = try? JSONValue(parsing: Array(record)) else {
                    continue
                }
                walk(json, path + "/json/" + (json["decision"]?["decision"]?.text ?? ""), time)
            }
        default: break
        }
    }

    /// A text without the words that hold digits: numbers and identifiers differ in every trial.
    private static func form(_ text: String) -> String {
        var bytes: [UInt8] = []
        var word: [UInt8] = []
        func end(of word: [UInt8]) -> [UInt8] {
            let hasDigit = word.contains { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            return hasDigit ? [UInt8(ascii: "#")] : word
        }
        for byte in text.utf8.prefix(240) {
            let isOfWord =
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
            if isOfWord {
                word.append(byte)
            } else {
                bytes += end(of: word) + [byte]
                word = []
            }
        }
        return String(decoding: bytes + end(of: word), as: UTF8.self)
    }

    // MARK: Numbers

    private mutating func note(_ name: String, _ value: Double) {
        let hash = SightTraits.hash(name)
        series[hash, default: Series()].note(value)
        if isNaming { names[hash] = name }
    }

    private mutating func flatten() {
        let seen = Double(deliveries)
        for (hash, one) in series {
            let measured = [
                Double(one.count), one.first, one.last, one.least, one.most, one.sum, one.leastStep,
                one.mostStep, one.last - seen,
            ]
            for (place, value) in measured.enumerated() where value.isFinite {
                // Of what came once all the others are the first.
                if one.count == 1, (2...5).contains(place) { continue }
                let key = hash &+ UInt64(place + 1) &* 0x9e37_79b9_7f4a_7c15
                values[key] = Float(value)
                if isNaming, let name = names[hash] {
                    names[key] = name + " " + SightTraits.measures[place]
                }
            }
        }
    }

    private static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
