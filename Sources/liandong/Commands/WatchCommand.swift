import ArgumentParser
import Catalogue
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Wire

/// Alerts as they come, with their reasons.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Subscribe: alerts as they come, with the reasons (订阅).",
        discussion: """
            First the alerts that nobody has signed for, then every change. A hub that goes away is
            waited for. Subjects have tokens with points between them, * for one and > for the rest.
            With --name the hub remembers, on its disk, how far you have come, and goes on there on
            whatever machine you watch next with the same key: nothing is missed while you are away,
            for 30 days. What is printed counts as seen.
            Example: liandong watch 'alert.red.>' 'case.44.14.24.>' --config DIR/officer.yaml
            Example: liandong watch --name duty --config DIR/officer.yaml
            """
    )

    @OptionGroup var officer: OfficerOptions
    @OptionGroup var format: FormatOptions
    @Argument(help: "Subjects; all alerts when none is given.")
    var subjects: [String] = []
    @Option(help: "A durable subscription: a-z, 0-9, -, _ and ., at most 64.")
    var name: String?
    @Option(help: "With --name: begin anew with everything since then; a day, a time, or start.")
    var since: String?
    @Option(help: "End after so many decisions; 0 never ends.")
    var count = 0
    @Flag(help: "End when the snapshot is complete.")
    var snapshot = false
    @Flag(help: "With --name: end when everything that waits has been shown.")
    var caughtUp = false
    @Flag(help: "List your durable subscriptions and how far they are behind.")
    var list = false

    func validate() throws {
        guard name == nil, since != nil || caughtUp else { return }
        throw ValidationError("--since and --caught-up need --name")
    }

    func run() throws {
        if list { return try listNames() }
        let settings = try reading { () throws(SettingsError) in
            try OfficerSettings(file: officer.config)
        }
        var watch = Watch<ZeroMQConnection>(
            subjects.isEmpty ? ["alert.>"] : subjects,
            durable: try terms(),
            agent: Version.agent
        ) { () throws(ConnectionError) in
            try ZeroMQConnection(
                endpoint: settings.endpoint,
                hubKey: settings.hubPublicKey,
                secretKey: settings.keys.secretKey
            )
        }
        do throws(Line.Failure) {
            try follow(&watch)
        } catch {
            throw CommandFailure(error, endpoint: settings.endpoint)
        }
    }

    private func follow(_ watch: inout Watch<ZeroMQConnection>) throws(Line.Failure) {
        var seen = 0
        var hasBegun = false
        var shown: UInt64 = 0
        // With nothing for so long, everything that waited has come.
        let patience: Int64 = caughtUp ? 1500 : 60_000
        while count == 0 || seen < count {
            switch try watch.next(within: patience) {
            case .begun: shown = 0
            case .interrupted(let reason, _):
                // Somebody who has just mistyped an address should not wait for ever.
                guard hasBegun else { throw .network(ConnectionError(reason)) }
                Terminal.complain("与枢纽的连接中断,正在重连:\(reason)")
            case .subscription(.delivered(let delivery, let number)):
                hasBegun = true
                show(delivery)
                if delivery.again == 0 { shown = number }
                seen += 1
                if name != nil { _ = try watch.settle(number...number) }
            case .subscription(.snapshotComplete(let count)):
                hasBegun = true
                if !format.isJSON, name == nil {
                    Terminal.complain("待签收 \(count) 条;以下为实时。\(Words.internalOnly)")
                }
                if snapshot { return }
            case .subscription(.settled(let position)):
                if caughtUp, position.settled == shown, shown > 0 { return }
            case .subscription(.replayed), .subscription(.replayEnded): break
            case nil: if caughtUp, hasBegun { return }
            }
        }
    }

    private func terms() throws -> DurableTerms? {
        guard let name else { return nil }
        var beginning: DurableTerms.Beginning?
        if let since {
            if since == "start" {
                beginning = .start
            } else if let time = Timestamp(rfc3339: since)
                ?? Timestamp(rfc3339: since + "T00:00:00+08:00")
            {
                beginning = .time(time)
            } else {
                throw CommandFailure(
                    .wrongUse,
                    "--since \(since): give start, a day (2024-06-01) or 2024-06-01T08:00:00+08:00"
                )
            }
        }
        return DurableTerms(name: name, beginning: beginning)
    }

    private func listNames() throws {
        let rows = try officer.rows(Query(.subscriptions), max: 10_000)
        output(["subscriptions": .array(rows)], isJSON: format.isJSON) {
            if rows.isEmpty { return ["没有长期订阅。"] }
            return rows.map { row in
                let state = row["held"]?.flag == true ? "在线" : "离线"
                let subjects = row.list("subjects").compactMap(\.text).joined(separator: " ")
                return "\(row.string("name"))  \(state)  落后 \(row.integer("behind")) 条研判记录  "
                    + "上次使用 \(row.string("used_at"))  \(subjects)"
            }
        }
    }

    private func show(_ delivery: Delivery) {
        if format.isJSON {
            var members: [JSONValue.Member] = [
                .init("phase", .string(delivery.phase.rawValue)),
                .init("subject", .string(delivery.subject)),
            ]
            if delivery.again > 0 {
                members.append(.init("again", .integer(Int64(delivery.again))))
            }
            members.append(.init("decision", delivery.decision))
            Terminal.print(JSONValue.object(members).line)
        } else if let alert = delivery.decision["alert"].flatMap({ AlertNotice($0) }) {
            Terminal.print(lines: alert.lines() + [""])
        } else {
            Terminal.print(Ink.dim.write(delivery.subject))
        }
    }
}
