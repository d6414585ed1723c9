package import Domain

/// What a demonstration says (演示用语); every number comes from the caller.
package enum DemoWords {
    /// The first line.
    package static func heading(seed: UInt64) -> String {
        "联动演示:一个县的一年 (种子 \(seed)) —— \(Words.simulated)"
    }

    /// The head of an act.
    package static func act(_ name: String) -> String { "【\(name)】" }

    /// Agencies that have connected.
    package static func joined(_ names: [String]) -> String {
        "\(names.joined(separator: "、"))接入,链路加密 (CURVE),\(names.count) 家各有发件箱"
    }

    /// What became of a key that nobody registered.
    package static func wrongKey(isRefused: Bool) -> String {
        isRefused ? "未登记的密钥:拒绝,一件未收" : "未登记的密钥:未被拒绝"
    }

    /// An agency's first item of a case, and how many it has in the end.
    package static func firstItem(
        _ agency: String,
        at time: Timestamp,
        items: ItemCount
    ) -> String {
        "\(Words.time(time)) \(agency)首件 (全年 \(items.text),单看都不起眼)"
    }

    /// A level reached, with its reasons.
    package static func climb(_ alert: AlertNotice, at time: Timestamp) -> String {
        let reasons = alert.signals.filter { $0.level == alert.level }.map(Words.reason)
        return "\(Words.time(time)) 【\(Words.level(alert.level))】\(alert.items.text)"
            + "、\(alert.persons.text)、\(alert.agencies.count) 家:"
            + reasons.joined(separator: ";")
    }

    /// When linkage reached 黄.
    package static func linked(_ time: Timestamp?) -> String {
        "联动到黄:" + (time.map { Words.day($0.countyDay) } ?? "从未")
    }

    /// When one agency alone would have, by the same engine and rules.
    package static func alone(
        _ agency: String,
        at time: Timestamp?,
        linked: Timestamp?
    ) -> String {
        guard let time else { return "只看\(agency):从未" }
        let day = "只看\(agency):\(Words.day(time.countyDay))"
        guard let linked else { return day }
        let lead = time.countyDay.number - linked.countyDay.number
        return day + (lead > 0 ? ",晚 \(lead) 天" : lead == 0 ? ",同一天" : ",早 \(-lead) 天")
    }

    /// A kill in mid push.
    package static func cut(before: Int, written: UInt64, synced: UInt64) -> String {
        "已回执 \(before) 件时 kill -9:日志写到第 \(written) 条,落盘到第 \(synced) 条"
    }

    /// The start after it.
    package static func restarted(milliseconds: Int) -> String {
        "重启 \(milliseconds) 毫秒后继续,各单位续传,已回执的一件不少、一件不重"
    }

    /// What `verify` says.
    package static func verified(isSound: Bool, entries: Int, decisions: Int) -> String {
        isSound
            ? "停机核验通过:\(entries) 条记录完整,\(decisions) 条结论与全新引擎重算逐字节一致" : "核验未通过"
    }

    /// What `verify` says of all bytes at the end of the year.
    package static func verifiedAtEnd(isSound: Bool, entries: Int, decisions: Int) -> String {
        isSound ? "年末核验通过:\(entries) 条记录、\(decisions) 条结论,链条完整" : "年末核验未通过"
    }

    /// An agency's items of the year.
    package static func agency(_ name: String, _ items: ItemCount) -> String {
        "\(name) \(items.text)"
    }

    /// What was linked.
    package static func links(
        cases: CaseCount,
        repeats: ItemCount,
        copies: ItemCount
    ) -> String {
        "同一事项 \(cases.text),重复信访 \(repeats.text),同文转来 \(copies.text)"
    }

    /// How the cases agree with the simulator.
    package static func comparison(
        exact: CaseCount,
        of shared: CaseCount,
        nearMisses: Int,
        allNearMisses: Int
    ) -> String {
        "与模拟真值逐宗相符 \(exact.value)/\(shared.value) 宗,"
            + "易混件误并 \(nearMisses)/\(allNearMisses) 对"
    }

    /// The year in the words of an office's report.
    package static func year(
        petitions: ItemCount,
        firstTime: ItemCount,
        cases: (CaseCount, ItemCount),
        visits: (VisitCount, HeadCount),
        urgent: ItemCount
    ) -> String {
        "全年群众来信来访 \(Words.grouped(petitions.value)) 宗(初访 \(Words.grouped(firstTime.value))"
            + " 宗),类案 \(cases.0.value) 宗 \(cases.1.value) 件,群访 \(visits.0.value) 宗 "
            + "\(visits.1.value) 人次,突发 \(urgent.value) 件"
    }

    /// What follows it.
    package static func closing(
        lost: ItemCount,
        wrong: ItemCount,
        missed: ItemCount,
        seconds: Int
    ) -> String {
        ";丢失 \(lost.value),错并 \(wrong.value),漏并 \(missed.value) (\(seconds) 秒)"
    }

    /// What became of real items.
    package static func real(items: Int, receipted: Int, lost: Int) -> String {
        "来件 \(Words.grouped(items)) 件,回执 \(Words.grouped(receipted)) 件,丢失 \(lost) 件"
    }

    /// The hub goes on.
    package static func kept(_ endpoint: String, folder: String, process: Int32) -> String {
        "\(endpoint) 仍在运行:liandong watch --config \(folder)/officer.yaml,停止用 kill \(process)。"
    }
}
