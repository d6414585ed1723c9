/// A title, and whom it accuses (标题所指).
///
/// A title that only mentions a unit accuses nobody: 已向信访局反映 says where the writer has been, 请纪委查处 whom the
/// writer trusts. Where it is not clear, the unit counts as accused.
struct ChargedTitle: Sendable {
    private let clauses: [[UInt16]]

    init(_ title: String) {
        clauses = title.prefix(1024).split { ChargedTitle.ends.contains($0) }
            .map { PlainText(String($0)).characters }
    }

    /// Whether somebody is accused whose name stands at one of the places that are found in a clause.
    func accuses(_ places: ([UInt16]) -> [Range<Int>]) -> Bool {
        clauses.contains { clause in
            places(clause).contains { ChargedTitle.accuses(at: $0, in: clause) }
        }
    }

    private static func accuses(at place: Range<Int>, in clause: [UInt16]) -> Bool {
        let (before, after) = (clause[..<place.lowerBound], clause[place.upperBound...])
        if isMention(before, after) { return false }
        return before.holds(anyOf: charges) || isPerson(after) || isDeed(after)
            || isTopic(before) && after.holds(anyOf: charges)
    }

    /// It names where somebody went, or who is asked to act: no bribe is meant, no helper of the accused.
    private static func isMention(
        _ before: ArraySlice<UInt16>,
        _ after: ArraySlice<UInt16>
    ) -> Bool {
        if after.prefix(6).holds(anyOf: greetings) { return true }
        let isAddressed = precedes(before, addressed)
        guard isAddressed || precedes(before, visited) else { return false }
        if after.prefix(8).holds(anyOf: reports) { return true }
        guard isAddressed, !before.suffix(6).holds(anyOf: asked) else { return false }
        return after.prefix(4).holds(anyOf: inquiries) || !after.holds(anyOf: dealings)
    }

    /// One of some words stands right before a name, or before the county's that goes with it: 向五华县纪委.
    private static func precedes(_ before: ArraySlice<UInt16>, _ words: [[UInt16]]) -> Bool {
        let isNamed = before.last.map { levels.contains($0) } ?? false
        let lengths = isNamed ? 0...4 : 0...0
        return lengths.contains { length in
            let lead = before.dropLast(length)
            return words.contains { lead.ends(with: $0) }
        }
    }

    /// 局长, 的干部, 李某 behind a unit's name.
    private static func isPerson(_ after: ArraySlice<UInt16>) -> Bool {
        let link = links.first { after.starts(with: $0) } ?? []
        let rest = after.dropFirst(link.count)
        return posts.contains { rest.starts(with: $0) } || rest.prefix(4).holds(anyOf: [somebody])
    }

    /// 包庇, 吃拿卡要 close behind it, and not 查处 between.
    private static func isDeed(_ after: ArraySlice<UInt16>) -> Bool {
        let near = after.prefix(12)
        let first = near.indices.prefix(9).first { start in
            deeds.contains { near[start...].starts(with: $0) }
        }
        return first.map { !near[..<$0].holds(anyOf: inquiries + reports) } ?? false
    }

    /// 关于 or 对 before it: 对信访局的举报.
    private static func isTopic(_ before: ArraySlice<UInt16>) -> Bool { precedes(before, topics) }

    private static let ends: Set<Character> = [
        "，", "。", "！", "？", "；", ",", "!", "?", ";", "\n",
    ]
    private static let charges = words("举报 检举 控告 控诉 揭发 反映 投诉 状告 查处 彻查 严查 严惩 追究")
    private static let topics = words("关于 对 对于 针对 就")
    private static let greetings = words("您好 你好")
    /// Who is spoken to, or asked to act.
    private static let addressed = words(
        """
        向 请 请求 要求 恳求 恳请 求 盼 盼望 希望 期望 望 建议 呼吁 敦促 抄送 报送 移送 转送 转至 送至 寄至 已报 上报 \
        移交 转交 上交 递交 提交 尊敬的 敬爱的 亲爱的
        """
    )
    /// Who was gone to: a mention where what was done there follows.
    private static let visited = words("到 去 至 往 在 经 由 找 给 被 跟")
    private static let reports = words(
        """
        反映 举报 检举 投诉 控告 控诉 信访 上访 来访 走访 报案 求助 申诉 登记 答复 协调 调解 转办 交办 转送 受理 咨询 递交 提交 \
        备案
        """
    )
    private static let inquiries = words("查 立案 处理 督办 通报 审 受理 介入 打击 深挖 严惩")
    private static let asked = words("请托")
    private static let dealings = words(
        "行贿 贿赂 送礼 送钱 红包 打招呼 请托 勾结 串通 输送 好处 疏通 收买 吃饭 宴请 吃喝 庇护 包庇 保护伞"
    )
    private static let posts = words(
        """
        书记 副书记 主任 副主任 局长 副局长 部长 副部长 镇长 副镇长 常委 委员 干部 领导 人员 工作人员 办案 科长 副科长 股长 \
        组长 副组长 所长 队长 科员 负责人 负责同志 一把手 班子 成员 职工 管理员
        """
    )
    private static let links = words("的 原 前 时任 现任 某 一名 有关 相关")
    private static let deeds = words(AccusationWords.deeds)
    private static let somebody: [UInt16] = PlainText("某").units
    private static let levels = Set(PlainText("县市省区镇乡级").units)

    private static func words(_ list: String) -> [[UInt16]] {
        list.split(whereSeparator: \.isWhitespace).map { PlainText(String($0)).units }
    }
}

extension ArraySlice<UInt16> {
    /// Whether one of some words stands in it.
    func holds(anyOf words: [[UInt16]]) -> Bool {
        indices.contains { start in words.contains { self[start...].starts(with: $0) } }
    }

    /// Whether it ends with a word.
    func ends(with word: [UInt16]) -> Bool {
        count >= word.count && suffix(word.count).elementsEqual(word)
    }
}
