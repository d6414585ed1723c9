package import Domain

// What the hub says of itself, its clock and the feeds (自检).
extension Words {
    /// The name of a condition.
    package static func condition(_ condition: Observation.Condition) -> String {
        switch condition {
        case .linkDown: "链路中断"
        case .daemonGone: "报送程序中断"
        case .outboxStuck: "发送积压"
        case .quiet: "长时间无来件"
        case .lag: "研判滞后"
        case .slowSync: "写盘缓慢"
        case .diskLow: "磁盘空间不足"
        case .diskGrowth: "磁盘增长过快"
        case .clock: "时钟跳变"
        case .outage: "停机"
        case .backlog: "补传"
        }
    }

    /// A condition with what was measured and its bound.
    package static func condition(
        _ what: Observation.Condition,
        _ value: Int,
        bound: Int,
        since: Timestamp? = nil
    ) -> String {
        let begin = since.map { "自\(time($0))" } ?? ""
        switch what {
        case .linkDown, .daemonGone, .outboxStuck, .quiet:
            return "\(condition(what))\(begin)已\(span(seconds: value))"
                + "(界限\(span(seconds: bound)))"
        case .clock: return "时钟跳变\(span(seconds: value)),期限暂停,待确认"
        case .lag, .slowSync: return "\(condition(what)) \(value) 毫秒(界限 \(bound))"
        case .diskLow: return "磁盘剩余 \(grouped(value)) MiB(界限 \(grouped(bound)))"
        case .diskGrowth: return "磁盘约 \(value) 小时后写满(界限 \(bound))"
        case .outage: return "停机\(begin),重新研判 \(value) 条,保留残尾 \(bound) 处"
        case .backlog: return "补传 \(value) 件,均过时限,不单独预警"
        }
    }

    /// A step of the clock or its end.
    package static func clock(_ change: ClockChange) -> String {
        let size = span(seconds: Int(abs(change.size.milliseconds / 1000)))
        let way = change.size < TimeSpan(milliseconds: 0) ? "回拨" : "前拨"
        switch change.event {
        case .stepped: return "时钟\(way)\(size):\(moment(change.from)) → \(moment(change.to)),期限暂停"
        case .returned: return "时钟复原,期限继续"
        case .confirmed:
            let who = change.officer.isEmpty ? "平稳五分钟" : change.officer
            return "时钟确认(\(who)):\(moment(change.to)),期限继续"
        }
    }

    /// A length of time in its largest two units: `3小时20分`.
    package static func span(seconds: Int) -> String {
        let (days, hours) = (seconds / 86_400, seconds / 3600 % 24)
        let (minutes, rest) = (seconds / 60 % 60, seconds % 60)
        if days > 0 { return "\(days)天" + (hours > 0 ? "\(hours)小时" : "") }
        if hours > 0 { return "\(hours)小时" + (minutes > 0 ? "\(minutes)分" : "") }
        if minutes > 0 { return "\(minutes)分" + (rest > 0 ? "\(rest)秒" : "") }
        return "\(rest)秒"
    }
}
