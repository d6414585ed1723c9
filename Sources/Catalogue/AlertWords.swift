package import Domain

/// Everything about an alert that an officer reads (预警提示), with the names already looked up.
package struct AlertNotice: Equatable, Sendable {
    /// The identifier.
    package var id: String
    /// What it is about.
    package var kind: AlertKind
    /// The level.
    package var level: AlertLevel
    /// Where it stands.
    package var state: Alert.State
    /// 1 for the first report, later ones are 续报.
    package var report: Int
    /// The case.
    package var caseID: String
    /// The title of the case's founding item; empty where the reader may not see it.
    package var title: String
    /// The division's name.
    package var place: String
    /// The title of the class of content.
    package var category: String
    /// Items, persons and heads.
    package var items: ItemCount
    /// Distinct persons.
    package var persons: PersonCount
    /// Heads of a visit.
    package var heads: HeadCount
    /// The names of the agencies.
    package var agencies: [String]
    /// Why.
    package var signals: [Reason]
    /// When it was raised.
    package var raisedAt: Timestamp
    /// When it must be signed for.
    package var acknowledgeBy: Timestamp
    /// Who signed for it; empty while nobody has.
    package var acknowledgedBy: String
    /// The version of the rules, in hexadecimal.
    package var rulesVersion: String

    /// One rule that fired.
    package struct Reason: Equatable, Sendable {
        /// The rule's name.
        package var rule: String
        /// What the rule measured.
        package var value: Int
        /// The least value of the level reached.
        package var threshold: Int
        /// The level that it gives.
        package var level: AlertLevel

        /// A reason from its parts.
        package init(rule: String, value: Int, threshold: Int, level: AlertLevel) {
            self.rule = rule
            self.value = value
            self.threshold = threshold
            self.level = level
        }

        /// A reason as the engine gave it.
        package init(_ signal: Signal) {
            self.init(
                rule: signal.rule,
                value: signal.value,
                threshold: signal.threshold,
                level: signal.level
            )
        }
    }

    /// A notice from its parts.
    package init(
        id: String,
        kind: AlertKind,
        level: AlertLevel,
        state: Alert.State,
        report: Int,
        caseID: String,
        title: String,
        place: String,
        category: String,
        items: ItemCount,
        persons: PersonCount,
        heads: HeadCount,
        agencies: [String],
        signals: [Reason],
        raisedAt: Timestamp,
        acknowledgeBy: Timestamp,
        acknowledgedBy: String,
        rulesVersion: String
    ) {
        self.id = id
        self.kind = kind
        self.level = level
        self.state = state
        self.report = report
        self.caseID = caseID
        self.title = title
        self.place = place
        self.category = category
        self.items = items
        self.persons = persons
        self.heads = heads
        self.agencies = agencies
        self.signals = signals
        self.raisedAt = raisedAt
        self.acknowledgeBy = acknowledgeBy
        self.acknowledgedBy = acknowledgedBy
        self.rulesVersion = rulesVersion
    }
}

extension Words {
    /// `一级/红` for a level.
    package static func level(_ level: AlertLevel) -> String {
        switch level {
        case .red: "一级/红"
        case .orange: "二级/橙"
        case .yellow: "三级/黄"
        case .blue: "四级/蓝"
        }
    }

    /// The colour alone, `红`.
    package static func colour(_ level: AlertLevel) -> String {
        switch level {
        case .red: "红"
        case .orange: "橙"
        case .yellow: "黄"
        case .blue: "蓝"
        }
    }

    /// Where an alert of a kind stands: what the hub tells of itself is over by itself, a matter when
    /// officers took from it what it rested on.
    package static func state(_ state: Alert.State, of kind: AlertKind) -> String {
        switch state {
        case .unacknowledged: "待签收"
        case .acknowledged: "已签收"
        case .overdue: "逾期未签收"
        case .over: [.feed, .hub].contains(kind) ? "已恢复" : "已解除"
        }
    }

    /// Why a command had no object, by its token.
    package static func voidReason(_ token: String) -> String {
        switch token {
        case "no_such_alert": "没有该预警"
        case "already_acknowledged": "已有人签收"
        case "report_moved_on": "预警已有续报,请重新查看后签收"
        case "same_command_again": "同一指令已执行"
        case "no_step_waits": "时钟无待确认的跳变"
        case "is_over": "所报情况已恢复,无需签收"
        case "no_such_item": "没有该来件"
        case "no_such_case": "没有该类案"
        case "no_such_edit": "没有该编号的并案、拆分记录"
        case "already_undone": "此前已撤销"
        case "already_so": "类案已是该状态"
        case "already_classed": "该件已分类"
        case "too_many_edits": "并案、拆分记录已满,请联系管理员"
        default: token
        }
    }

    /// What an alert is about.
    package static func kind(_ kind: AlertKind) -> String {
        switch kind {
        case .matter: "类案"
        case .visit: "群访"
        case .urgent: "突发"
        case .feed: "报送"
        case .hub: "枢纽"
        case .wording: "用语"
        }
    }

    /// `首报`, or `续报` with its Chinese number.
    package static func report(_ number: Int) -> String {
        number <= 1 ? "首报" : "续报" + chineseNumber(number - 1)
    }

    /// Numbers to 99 as they stand after 续报; digits above.
    package static func chineseNumber(_ number: Int) -> String {
        let digits = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"]
        switch number {
        case 0..<10: return digits[number]
        case 10..<20: return "十" + (number == 10 ? "" : digits[number - 10])
        case 20..<100:
            return digits[number / 10] + "十" + (number % 10 == 0 ? "" : digits[number % 10])
        default: return String(number)
        }
    }

    /// A reason in an officer's words: `近7天不同人数 5,达到黄(5)`.
    package static func reason(_ reason: AlertNotice.Reason) -> String {
        let watched = Observation.Condition.allCases.first { $0.token == reason.rule }
        if let watched { return condition(watched, reason.value, bound: reason.threshold) }
        let colour = Words.colour(reason.level)
        switch reason.rule {
        case "medium": return "\(medium(reason.value))报道,达到\(colour)"
        case "joint": return "诉求与舆情同案(舆情\(reason.value)件),提高一级至\(colour)"
        case "returned": return "办结后再次反映(第\(reason.value)次),达到\(colour)"
        case "wording": return "文中有需核实的用语(待核实)"
        case "urgent", "danger": return "\(rule(reason.rule)),达到\(colour)"
        default: return "\(rule(reason.rule)) \(reason.value),达到\(colour)(\(reason.threshold))"
        }
    }

    /// A medium by its number from 1.
    private static func medium(_ number: Int) -> String {
        switch number {
        case ...1: "本地媒体"
        case 2: "省级媒体"
        default: "中央媒体"
        }
    }

    /// A rule's name in words; the name itself where a county made up its own.
    package static func rule(_ name: String) -> String {
        switch name {
        case "urgent": return "联动单位标注重大紧急"
        case "danger": return "联动单位标注危及生命"
        case "medium": return "媒体层级"
        case "joint": return "诉求与舆情同案"
        case "returned": return "办结后再次反映"
        case "wording": return "文中用语"
        default: break
        }
        let (measure, window) = parts(ofRule: name)
        switch measure {
        case "items": return window + "件数"
        case "persons": return window + "不同人数"
        case "agencies": return window + "来源单位数"
        case "heads": return "来访人次"
        case "case-heads": return window + "同案来访人次"
        case "growth": return window + "件数(较前期)"
        case "reach": return "传播量"
        case "spread": return window + "转发增量"
        case "risks": return window + "排查风险数"
        default: return name
        }
    }

    /// `items` and `近24小时` of `items-24h`: the shipped rules are named by what they measure and how far back.
    private static func parts(ofRule name: String) -> (measure: Substring, window: String) {
        guard let dash = name.lastIndex(of: "-") else { return (name[...], "") }
        let last = name[name.index(after: dash)...]
        let units: [(Character, String)] = [("m", "分钟"), ("h", "小时"), ("d", "天")]
        guard let unit = units.first(where: { last.last == $0.0 })?.1, last.count > 1,
            last.dropLast().allSatisfy(\.isNumber)
        else { return (name[...], "") }
        return (name[..<dash], "近\(last.dropLast())\(unit)")
    }

    /// The lines of an alert as DOMAIN §10 orders them; each fits no particular width.
    ///
    /// Level, matter, when and where, how many, why, what to do, by when.
    package static func alert(_ notice: AlertNotice) -> [String] {
        let what = notice.title.isEmpty ? kind(notice.kind) + "预警" : notice.title
        var counts = [notice.items.text]
        if notice.persons > .zero { counts.append(notice.persons.text) }
        if notice.heads > .zero { counts.append(notice.heads.text) }
        var lines = [
            "【\(level(notice.level))】\(kind(notice.kind))·\(what)",
            "\(report(notice.report)) \(time(notice.raisedAt)) \(notice.place) \(notice.category)"
                + " \(counts.joined(separator: "、"))"
                + " (\(notice.agencies.joined(separator: "、")))",
            "依据:" + notice.signals.map(reason).joined(separator: ";")
                + " (规则版本 \(notice.rulesVersion.prefix(8)))",
        ]
        switch notice.state {
        case .acknowledged: lines.append("已由\(notice.acknowledgedBy)签收")
        case .over: lines.append("\(state(.over, of: notice.kind)),无需签收")
        case .unacknowledged, .overdue:
            lines.append(
                "\(state(notice.state, of: notice.kind)),时限\(time(notice.acknowledgeBy))"
                    + ";建议先核实事实,再签收:liandong alert ack \(notice.id)"
            )
        }
        return lines
    }
}
