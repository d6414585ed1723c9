package import Domain

/// What the account of a case says (知情与处置经过).
package enum AccountWords {
    /// The parts, in their order.
    package static let items = "一、来件"
    package static let links = "二、关联"
    package static let alerts = "三、预警与告知"
    package static let looks = "四、查阅与处置"
    package static let gaps = "五、空档与口径"
    /// Under the title.
    package static let internalUse = "内部资料,不对外发布。由研判记录和审计记录生成,不含个人信息。"

    /// The title.
    package static func title(_ object: String) -> String { "知情与处置经过  \(object)" }

    /// The first item of an agency.
    package static func first(
        agency: String,
        id: String,
        items: Int,
        received: Timestamp,
        registered: Timestamp
    ) -> String {
        let minutes = max(0, (registered - received).milliseconds) / 60_000
        return "\(agency) \(ItemCount(items).text):首件 \(id),单位收到 \(Words.moment(received)),"
            + "平台登记 \(Words.moment(registered))(相隔 \(Words.span(seconds: Int(minutes) * 60)))"
    }

    /// One report of an alert.
    package static func alert(_ alert: Alert, at time: Timestamp, what: String) -> String {
        let signals = alert.signals.map {
            "\(Words.rule($0.rule)) \($0.value)(界限 \($0.threshold))"
        }
        return "\(Words.moment(time))  \(what)  \(Words.level(alert.level)),第\(alert.report)报,"
            + "\(ItemCount(alert.itemCount).text),依据:\(signals.joined(separator: "、"))"
    }

    /// Those who were told: who, when first, and whether it was by a replay.
    package static func told(
        _ names: [(who: String, at: Timestamp, isReplay: Bool)]
    ) -> String {
        guard !names.isEmpty else { return "    告知:审计记录中没有送达" }
        let each = names.map {
            "\($0.who) \(Words.moment($0.at))" + ($0.isReplay ? "(回放)" : "")
        }
        return "    告知:" + each.joined(separator: ";")
    }

    /// Somebody who asked, read or commanded, and how often.
    package static func look(who: String, act: String, first: Timestamp, count: Int) -> String {
        "\(who)  \(act)  首次 \(Words.moment(first)),共\(count)次"
    }

    /// What an act of the audit log is called.
    package static func act(_ token: String) -> String {
        switch token {
        case "asked": "查询"
        case "read": "调阅原文"
        case "commanded": "指令"
        case "refused": "被拒"
        case "delivered": "送达"
        case "replayed": "回放"
        case "operated": "本机操作"
        default: token
        }
    }

    /// Nothing stands in a part.
    package static let none = "(无)"
    /// Lines of the audit log are missing.
    package static func lost(_ count: Int) -> String { "审计记录有 \(count) 处缺失,告知情况可能不全" }
    /// The audit log is not what was written.
    package static func broken(_ count: Int, first: String) -> String {
        "审计记录核验不通过(\(count)处),告知与查阅情况不可作为凭据。首处:\(first)"
    }
    /// The heads of the second place were not held against the audit log.
    package static let noHeads = "审计记录未与第二处所存末端核对,整本重写无从发现"
    /// A feed was silent, or the hub did not run.
    package static func spell(
        _ observation: Observation,
        until: Timestamp?,
        agency: String?
    ) -> String {
        let end = until.map { Words.moment($0) } ?? "未恢复"
        return "\(agency ?? "枢纽") \(Words.condition(observation.condition)):"
            + "\(Words.moment(observation.since)) 至 \(end)"
    }
    /// An item that came late.
    package static func late(_ id: String, _ seconds: Int) -> String {
        "\(id) 单位收到后 \(Words.span(seconds: seconds)) 才到平台"
    }
    /// The account ends before the matter does.
    package static func leftOut(_ count: Int) -> String { "另有 \(count) 条记录超出本表容量,未列入" }
    /// How far the account goes.
    package static func scope(_ decisions: Int) -> String {
        "依据 \(Words.grouped(decisions)) 条研判记录。已撤回的来件不列。"
    }
}
