import ArgumentParser
import Catalogue
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// How the hub is doing.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How the hub is doing: lag, sync time, sessions, and the totals.",
        discussion: "Example: liandong status --config DIR/officer.yaml --format json"
    )

    @OptionGroup var officer: OfficerOptions
    @OptionGroup var format: FormatOptions

    func run() throws {
        let (status, counts) = try officer.withLine { line throws(Line.Failure) in
            (try line.ask(Query(.status)).rows, try line.ask(Query(.counts)).rows)
        }
        output(["status": status, "counts": counts], isJSON: format.isJSON) {
            [
                "原始记录 \(Words.grouped(status.integer("entries")))"
                    + "  已研判 \(Words.grouped(status.integer("applied")))"
                    + "  滞后 \(status.integer("lag_ms")) ms",
                "写盘 \(status.integer("sync_us")) µs"
                    + " (最长 \(status.integer("sync_us_max")) µs)"
                    + "  联动单位 \(status.integer("intake_sessions"))"
                    + "  值班席 \(status.integer("desk_sessions"))",
                "来件 \(Words.grouped(counts.integer("items"))) 件:"
                    + counts.list("agencies").map {
                        "\($0.string("name")) \(Words.grouped($0.integer("items")))"
                    }.joined(separator: "、"),
                "信访 \(Words.grouped(counts.integer("petitions"))) 件"
                    + "(初次 \(Words.grouped(counts.integer("petitions_first"))))"
                    + "  联动 \(counts.integer("cases")) 宗"
                    + "  群访 \(counts.integer("joint_visits")) 批"
                    + " \(counts.integer("joint_visit_heads")) 人次"
                    + "  突发 \(counts.integer("urgent")) 件",
                "待校验 \(counts.integer("quarantined"))",
                status.string("disk_full_since").isEmpty
                    ? ""
                    : "磁盘已满,停发回执,腾出空间后自动恢复:"
                        + status.string("disk_full_reason"),
                feeds(status),
                status["clock_held"]?.flag == true
                    ? "时钟跳变待确认,期限暂停:核对时间后由管理员执行 liandong clock confirm" : "",
                audit(status),
                status.string("journal_failure"),
            ].filter { !$0.isEmpty }
        }
    }
}

extension StatusCommand {
    /// Why the audit log, or its head in the second place, is not kept just now, in words.
    private func audit(_ status: JSONValue) -> String {
        let found = status.list("troubles").first { $0.string("code") == "audit" }
        return found.map { "审计日志或其末端留存暂不能写入:" + $0.string("what") } ?? ""
    }

    /// The feeds that suffer from something, in words.
    private func feeds(_ status: JSONValue) -> String {
        let troubled = status.list("feeds").compactMap { feed -> String? in
            let words = feed.list("open").compactMap { token in
                Observation.Condition.allCases.first { $0.token == token.text }
            }.map { Words.condition($0) }
            return words.isEmpty
                ? nil : "\(feed.string("name")) \(words.joined(separator: "、"))"
        }
        return troubled.isEmpty ? "" : "报送异常:" + troubled.joined(separator: ";")
    }
}
