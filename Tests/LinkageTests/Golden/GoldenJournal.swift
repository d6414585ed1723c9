import Domain
import Foundation
import Hashing
import Journal
import Linkage
import Wire

/// The short journal that lies in this folder, and what was decided on it.
///
/// `journal.jsonl` has one entry a line: `founding`, `file`, `from` (an agency's line), `ack` or
/// `tick`; `watch.jsonl` has `clock`, `observe` and `confirm_clock` besides. An entry without `at` has the highest item time so far, as a hub with a scenario clock
/// gives it, so that `make accept-same` feeds the same file to real hubs and must find the same
/// decisions. `decisions.jsonl` has one decision a line with the SHA-256 of its bytes.
enum GoldenJournal {
    /// What is wrong with the file, for whoever edits it.
    struct Mistake: Error, CustomStringConvertible {
        var description: String
    }

    private static let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")

    /// The journals in this folder.
    enum File: String, CaseIterable {
        /// What agencies, officers and files bring; real hubs are fed it too.
        case journal
        /// What clocks, feeds and the hub itself bring besides.
        case watch
        /// What rules beyond plain counts say: growth, reach, trials, words, returns, protected periods.
        case warnings

        var path: String { "/\(folder)/\(rawValue).jsonl" }
        var decisionsPath: String {
            self == .journal
                ? "/\(folder)/decisions.jsonl" : "/\(folder)/\(rawValue)-decisions.jsonl"
        }
    }

    /// The entries, in order.
    static func entries(of file: File = .journal) throws -> [Entry] {
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        let decoder = EventDecoder()
        var entries: [Entry] = []
        for (number, line) in text.split(separator: "\n").enumerated() {
            let value = try JSONValue(parsing: String(line))
            guard let content = try content(value, decoder) else {
                throw Mistake(description: "\(file.rawValue).jsonl:\(number + 1) is no entry")
            }
            var at = entries.last?.at ?? Timestamp(milliseconds: 0)
            if let text = value["at"]?.text {
                guard let given = Timestamp(rfc3339: text), given >= at else {
                    throw Mistake(
                        description: "\(file.rawValue).jsonl:\(number + 1) goes back in time"
                    )
                }
                at = given
            } else if case .item(let item, _) = content {
                at = max(at, item.time)
            }
            entries.append(Entry(at: at, content: content))
        }
        return entries
    }

    private static func content(
        _ value: JSONValue,
        _ decoder: EventDecoder
    ) throws -> Entry.Content? {
        if let founding = value["founding"] {
            return .founding(
                Founding(
                    engineVersion: Engine.version,
                    county: Division(code: founding["county"]?.text ?? "") ?? .unknown,
                    hasScenarioClock: founding["scenario_clock"]?.flag ?? false,
                    epoch: UInt32(founding["epoch"]?.int ?? 1)
                )
            )
        }
        if let token = value["file"]?.text, let content = value["content"] {
            let names = ConfigurationFile.Name.allCases
            guard let name = names.first(where: { $0.token == token }) else { return nil }
            return .configuration(try ConfigurationCodec.file(name, content).file)
        }
        if let sender = value["from"]?.text.flatMap({ AgencyID(name: $0) }),
            let line = value["line"]
        {
            switch decoder.decode(line: line.bytes, sender: sender) {
            case .item(let item, let digest):
                // The gate lets nothing of an accusation in.
                return item.belongsToSealedLane ? .sealedRefusal : .item(item, digest)
            case .sealed: return .sealedRefusal
            case .malformed(let code, let reason, let id, _):
                return .quarantine(
                    Quarantined(agency: sender, id: id, code: code, reason: reason)
                )
            }
        }
        if let officer = value["officer"]?.text, let report = value["report"]?.int,
            let key = value["key"]?.text,
            let alert = value["ack"]?.text.flatMap({ AlertID(text: $0) })
        {
            let action = Command.Action.acknowledge(alert, report: Int(report), note: "")
            return .command(Command(officer: officer, idempotencyKey: key, action: action))
        }
        if let officer = value["officer"]?.text, let key = value["key"]?.text,
            let wish = value["wish"]?.members
        {
            // As an officer's program sends it.
            let body = JSONValue.object([.init("key", .string(key))] + wish)
            let frame = Frame(.command, number: 1) { $0.append(contentsOf: body.bytes) }
            guard case .command(let request) = try Message(frame).content else { return nil }
            return .command(Command(officer: officer, idempotencyKey: key, action: request.action))
        }
        return watched(value) ?? (value["tick"]?.flag == true ? .tick : nil)
    }

    private static func watched(_ value: JSONValue) -> Entry.Content? {
        func time(_ value: JSONValue?) -> Timestamp? {
            value?.text.flatMap { Timestamp(rfc3339: $0) }
        }
        if value["confirm_clock"]?.flag == true, let officer = value["officer"]?.text,
            let key = value["key"]?.text
        {
            return .command(
                Command(officer: officer, idempotencyKey: key, action: .confirmClock)
            )
        }
        if let change = value["clock"], let from = time(change["from"]),
            let to = time(change["to"]),
            let event = ClockChange.Event.allCases.first(where: {
                $0.token == change["event"]?.text
            })
        {
            let officer = change["officer"]?.text ?? ""
            return .clock(ClockChange(event: event, from: from, to: to, officer: officer))
        }
        guard let seen = value["observe"], let since = time(seen["since"]),
            let condition = Observation.Condition.allCases.first(where: {
                $0.token == seen["condition"]?.text
            })
        else { return nil }
        return .observation(
            Observation(
                condition,
                agency: seen["agency"]?.text.flatMap { AgencyID(name: $0) },
                since: since,
                value: Int(seen["value"]?.int ?? 0),
                bound: Int(seen["bound"]?.int ?? 0),
                isOver: seen["over"]?.flag ?? false
            )
        )
    }

    /// The lines of `decisions.jsonl`, the digest of all bytes last.
    static func lines(_ decisions: [Decision]) -> [String] {
        var digest = DecisionDigest()
        var lines = decisions.map { decision in
            let bytes = DecisionCodec.encode(decision)
            digest.add(bytes)
            let line: JSONValue = [
                "sha256": .string(Digest32.sha256(bytes).hex), "decision": decision.json,
            ]
            return line.line
        }
        let last: JSONValue = [
            "decisions": .integer(Int64(decisions.count)),
            "decisions_digest": .string(digest.value.hex),
        ]
        lines.append(last.line)
        return lines
    }

    /// What was recorded.
    static func recorded(of file: File) throws -> [String] {
        try String(contentsOfFile: file.decisionsPath, encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    /// Whether this run is asked to record.
    static var isRecording: Bool { ProcessInfo.processInfo.environment["LIANDONG_RECORD"] == "1" }

    /// Records what is decided now.
    static func record(_ lines: [String], of file: File) throws {
        let text = lines.joined(separator: "\n") + "\n"
        try text.write(toFile: file.decisionsPath, atomically: true, encoding: .utf8)
    }
}
