internal import Domain
import Text

/// Guesses which column is which attribute, from the words that agencies use for their headings.
struct MappingGuess {
    /// What a person must decide.
    struct LeftOpen {
        var column: String?
        var what: String
        var remedy: String
    }

    private(set) var mapping = Mapping()
    private(set) var leftOpen: [LeftOpen] = []

    private let headings: [String]
    private let rows: [ExportRow]
    private let county: Division
    private let towns: [MappingProposal.Town]
    private var used: Set<String> = []

    init(headings: [String], rows: [ExportRow], county: Division, towns: [MappingProposal.Town]) {
        self.headings = headings.filter { !$0.isEmpty }
        self.rows = rows
        self.county = county
        self.towns = towns
    }

    /// The heading means an attribute or a personal column.
    static func isKnown(_ heading: String) -> Bool {
        targets.contains { $0.words.contains { matches(heading, $0) } }
            || personal.contains { $0.words.contains { matches(heading, $0) } }
    }

    /// Makes the mapping; the format, encoding and path come from the outline.
    mutating func guessAttributes(from outline: Mapping) {
        mapping = outline
        mapping.rules = []
        guessPersons()
        for (target, words) in MappingGuess.targets {
            guard let column = column(words) else { continue }
            used.insert(column)
            addRule(target, column)
        }
        if !mapping.rules.contains(where: { $0.target == "subject" }) {
            mapping.rules.append(
                Mapping.Rule(target: "subject", constant: .string(county.code))
            )
        }
        for target in ["id", "time", "data.text"]
        where !mapping.rules.contains(where: { $0.target == target }) {
            leftOpen.append(
                LeftOpen(
                    what: "no column was recognised for \(target)",
                    remedy: "Name it in the mapping under attributes"
                )
            )
        }
    }

    // MARK: Attributes

    private static let targets: [(target: String, words: [String])] = [
        (
            "id",
            [
                "信访件编号", "工单编号", "工单号", "诉求编号", "受理编号", "登记编号", "件编号", "xfjbh", "order_no",
                "orderno", "ticket_id", "编号", "id", "序号",
            ]
        ),
        (
            "time",
            [
                "登记时间", "登记日期", "受理时间", "来电时间", "信访日期", "发布时间", "创建时间", "提交时间", "djsj",
                "xfrq", "created_at", "create_time", "accept_time", "call_time", "时间", "日期",
            ]
        ),
        ("data.title", ["标题", "主题", "诉求标题", "工单标题", "事项名称", "title", "subject"]),
        (
            "data.text",
            [
                "投诉内容", "诉求内容", "主要内容", "信访内容", "反映内容", "工单内容", "概况", "gkxx", "tsnr",
                "内容", "content", "description", "正文", "摘要",
            ]
        ),
        ("data.form", ["信访形式", "受理渠道", "诉求来源", "来源渠道", "xfxs", "形式", "渠道", "channel"]),
        ("data.purpose", ["信访目的", "来电类别", "诉求类型", "工单类型", "xfmddm", "目的", "category_type"]),
        ("subject", ["问题属地", "属地", "事发镇街", "所属镇街", "镇街", "乡镇", "wtsddm", "town", "area"]),
        ("data.place", ["事发地", "事发地址", "事发地点", "地点", "place", "location"]),
        ("data.respondent", ["被反映单位", "被投诉单位", "被投诉企业", "被诉单位", "涉事单位", "respondent"]),
        ("data.heads", ["信访人数", "来访人数", "实际来访人数", "xfrs", "heads"]),
        ("data.affected", ["涉及人数", "涉事人数", "sjrs", "affected"]),
        ("data.representatives", ["代表人数", "来访代表人数"]),
        ("data.urgent", ["重大紧急标志", "重大紧急", "是否紧急", "zdjjbz", "urgent"]),
        ("data.official_no", ["信访信息系统编号", "国家编号"]),
        ("data.media.platform", ["平台", "发布平台", "platform"]),
        ("data.media.url", ["链接", "网址", "url"]),
        ("data.media.reach", ["阅读量", "浏览量", "播放量", "views"]),
        ("data.media.comments", ["评论数", "评论量", "comments"]),
        ("data.media.shares", ["转发数", "转发量", "shares"]),
    ]

    private static func matches(_ heading: String, _ word: String) -> Bool {
        let name = heading.lowercased()
        // Inner keys of JSON: the last part decides.
        return name == word || name.hasSuffix("." + word)
    }

    /// The first column that has one of the words as its heading, else one that ends with it.
    private func column(_ words: [String]) -> String? {
        for word in words {
            if let hit = headings.first(where: {
                !used.contains($0) && MappingGuess.matches($0, word)
            }) {
                return hit
            }
        }
        for word in words where word.unicodeScalars.allSatisfy({ $0.value > 127 }) && word.count > 2
        {
            if let hit = headings.first(where: { !used.contains($0) && $0.contains(word) }) {
                return hit
            }
        }
        return nil
    }

    private mutating func addRule(_ target: String, _ column: String) {
        var rule = Mapping.Rule(target: target, columns: [column])
        rule.reading = Mapping.targets[target] ?? .text
        switch target {
        case "data.form": rule.values = table(column, MappingGuess.forms)
        case "data.purpose": rule.values = table(column, MappingGuess.purposes)
        case "subject":
            rule.values = towns.map { Mapping.Value(from: $0.title, to: $0.division.code) }
            rule.match = .contains
            rule.otherwise = county.code
            if towns.isEmpty {
                rule = Mapping.Rule(target: target, constant: .string(county.code))
                leftOpen.append(
                    LeftOpen(
                        column: column,
                        what: "the column names places, but no townships are known",
                        remedy: "Give the county's townships, or write a value table"
                    )
                )
            }
        default: break
        }
        mapping.rules.append(rule)
    }

    /// A value table for the values that occur; those that no word explains are left to a person.
    private mutating func table(_ column: String, _ words: [(String, String)]) -> [Mapping.Value] {
        var table: [Mapping.Value] = []
        for value in distinct(column) {
            if let word = words.first(where: { value.contains($0.0) }) {
                table.append(Mapping.Value(from: value, to: word.1))
            } else {
                leftOpen.append(
                    LeftOpen(
                        column: column,
                        what: "\(quoted(value)) has no counterpart",
                        remedy: "Add it to “values”, or give “otherwise”"
                    )
                )
            }
        }
        return table
    }

    private func distinct(_ column: String) -> [String] {
        var values: [String] = []
        for row in rows where values.count < 40 {
            let value = Folding.heading(row[column] ?? "")
            if !value.isEmpty, !values.contains(value) { values.append(value) }
        }
        return values
    }

    private static let forms: [(String, String)] = [
        ("来信", "letter"), ("信件", "letter"), ("来访", "visit"), ("走访", "visit"), ("接访", "visit"),
        ("12345", "hotline"), ("热线", "hotline"), ("网上", "online"), ("网络", "online"),
        ("网站", "online"), ("微信", "online"), ("小程序", "online"), ("APP", "online"),
        ("邮件", "online"), ("邮箱", "online"), ("来电", "phone"), ("电话", "phone"), ("传真", "fax"),
        ("网格", "grid"), ("媒体", "media"), ("微博", "media"), ("抖音", "media"), ("信", "letter"),
        ("访", "visit"),
    ]
    private static let purposes: [(String, String)] = [
        ("揭发", "accusation"), ("控告", "accusation"), ("检举", "accusation"), ("举报", "accusation"),
        ("申诉", "appeal"), ("求决", "demand"), ("求助", "demand"), ("投诉", "demand"),
        ("诉求", "demand"), ("建议", "suggestion"), ("意见", "suggestion"), ("咨询", "consultation"),
        ("表扬", "other"), ("其他", "other"), ("其它", "other"),
    ]

    // MARK: Personal columns

    private enum Personal {
        case identity
        case phone
        case account
        case name
        case address
    }

    private static let personal: [(kind: Personal, words: [String])] = [
        (.identity, ["身份证号", "身份证", "身份证号码", "证件号码", "证件号", "sfzh", "idcard", "id_no", "id_card"]),
        (
            .phone,
            [
                "联系电话", "电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "来电号码", "主叫号码", "lxdh",
                "phone", "mobile", "tel",
            ]
        ),
        (.account, ["账号", "帐号", "用户名", "网名", "昵称", "openid", "account", "user_id"]),
        (
            .name,
            [
                "姓名", "信访人", "信访人姓名", "来电人", "来电人姓名", "来访人", "投诉人", "投诉人姓名", "反映人",
                "联系人", "xm", "name", "caller",
            ]
        ),
        (.address, ["住址", "住所", "家庭住址", "联系地址", "户籍地", "户籍地址", "居住地址", "现住址", "zz", "address"]),
    ]

    private mutating func guessPersons() {
        var person = Mapping.PersonColumns()
        for heading in headings {
            guard let kind = personalKind(heading) else { continue }
            used.insert(heading)
            switch kind {
            case .identity where person.identity == nil: person.identity = heading
            case .identity: mapping.masks.numbers.append(heading)
            case .phone:
                if person.phone == nil { person.phone = heading }
                mapping.masks.phones.append(heading)
            case .account where person.account == nil: person.account = heading
            case .account: mapping.masks.numbers.append(heading)
            case .name: mapping.masks.names.append(heading)
            case .address: mapping.masks.addresses.append(heading)
            }
        }
        if person != Mapping.PersonColumns() {
            mapping.persons = [person]
        } else {
            leftOpen.append(
                LeftOpen(
                    what:
                        "no column with a person's number was recognised; repeats will not be found",
                    remedy: "Name it under persons, if the export has one"
                )
            )
        }
    }

    /// By the heading, else by what most of the values look like.
    private func personalKind(_ heading: String) -> Personal? {
        for (kind, words) in MappingGuess.personal
        where words.contains(where: {
            MappingGuess.matches(heading, $0) || heading.hasSuffix($0) && $0.count > 2
        }) {
            return kind
        }
        let values = rows.prefix(50).compactMap { $0[heading] }.map(Folding.heading)
            .filter { !$0.isEmpty }
        guard values.count >= 2 else { return nil }
        func most(_ looks: (String) -> Bool) -> Bool {
            values.count(where: looks) * 5 > values.count * 3
        }
        if most({ PersonNumber(identity: $0) != nil }) { return .identity }
        if most({ $0.utf8.count == 11 && PersonNumber(phone: $0) != nil }) { return .phone }
        return nil
    }
}
