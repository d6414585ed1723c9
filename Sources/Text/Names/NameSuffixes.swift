/// The endings by which names of places and units are known, from general knowledge of Chinese.
enum NameSuffixes {
    /// An ending, and the characters before it that make no name of it (马路, 农村).
    struct Suffix: Sendable {
        var units: [UInt16]
        /// Its second character; 0 when it has one alone.
        var second: UInt16
        var kind: NameKind
        var refused: UnitSet
    }

    /// Endings by their first unit, the longest first.
    static let byStart: UnitTable<[Suffix]> = {
        var table: [UInt16: [Suffix]] = [:]
        for (kind, endings, refused) in lists {
            let refusedUnits = UnitSet(of: refused)
            for ending in endings.split(separator: " ") {
                let units = PlainText(String(ending)).units
                guard let first = units.first else { continue }
                let suffix = Suffix(
                    units: units,
                    second: units.count > 1 ? units[1] : 0,
                    kind: kind,
                    refused: refusedUnits
                )
                table[first, default: []].append(suffix)
            }
        }
        return UnitTable(table.mapValues { $0.sorted { $0.units.count > $1.units.count } })
    }()

    /// Kind, endings, and what may not stand before them.
    private static let lists: [(NameKind, String, String)] = [
        (
            .estate,
            """
            小区 花园 花苑 家园 公寓 新村 新城 华府 名都 名城 名苑 雅苑 豪庭 豪苑 山庄 别墅 公馆 国际城 广场 \
            大厦 商城 佳苑 嘉园 华庭 华苑 学府 一号院 时代城 之城 苑 公园
            """,
            "个我住该本这那老各宿的们市大"
        ),
        (.village, "村 社区 村委会 居委会 屯", "农乡全各本我该这个新中的山自入进行驻"),
        (
            .road, "大道 路 街 巷 大桥 隧道 立交桥 高架",
            "道马公铁线思出网电管走修上一半堵让问带绕通断大条过该这那的逛上沿销迷回水油岔十丁字后前小老两在段个临"
        ),
        (.site, "工地 项目部 项目 楼盘 安置房 工程", "筑个该本的设程各大这造政施改"),
        (
            .firm,
            """
            有限责任公司 股份有限公司 有限公司 公司 工厂 砖厂 厂 集团 超市 酒店 宾馆 饭店 商行 商店 合作社 \
            市场 养殖场 加油站 石场 网吧 会所 酒楼 酒家 农庄 店 馆 档 铺 驾校 家电城 家具城 培训中心
            """,
            "个该本的分子总各小大这贵家类管理企设餐"
        ),
        (
            .school, "幼儿园 小学 中学 学校 学院 大学 实验学校 职业学校 技校",
            "个该本的各我所中小这民私公办上读大在我们"
        ),
        (.hospital, "人民医院 中医院 卫生院 医院 卫生所 诊所 卫生室", "个该本的各我所这大立在去到"),
        (.town, "街道办 街道 镇 乡", "城乡各本全我的村老家他下该这条个集条在从"),
    ]

    /// What makes another word of a one-character ending when it follows (路面, 厂房).
    static let refusedAfter: UnitTable<UnitSet> = {
        var table: [UInt16: UnitSet] = [:]
        for (ending, followers) in [
            ("路", "面灯边口况过人费段基牌政障途线程由上"), ("桥", "面梁头"), ("街", "坊边上"),
            ("厂", "房家区里"), ("店", "家里员面"), ("馆", "里子"), ("档", "次案期"), ("铺", "面子设"),
        ] {
            guard let unit = PlainText(ending).units.first else { continue }
            table[unit] = UnitSet(of: followers)
        }
        return UnitTable(table)
    }()

    /// Words of trade that stand in the names of many firms and tell them apart from none.
    static let trades: [[UInt16]] = [
        "有限", "责任", "股份", "集团", "建筑", "建设", "建材", "工程", "房地产", "地产", "置业", "物业", "物管", "服务",
        "管理", "科技", "实业", "劳务", "电子", "服装", "制衣", "贸易", "商贸", "投资", "开发", "食品", "五金",
        "塑料", "塑胶", "装饰", "装修", "安装", "园林", "市政", "环保", "能源", "矿业", "运输", "物流", "旅游",
        "文化", "传媒", "教育", "咨询", "信息", "网络", "金融", "发展", "经营", "家具", "机械", "化工", "医药",
        "茶饮", "火锅", "烧烤", "夜宵", "早餐", "面包", "饺子", "牛丸", "手机", "母婴", "摄影", "洗车", "美容",
        "健身", "舞蹈", "家电", "农业", "养殖", "餐饮", "鞋业", "玩具", "陶瓷", "水泥", "石材", "电力", "供水", "燃气", "汽车",
        "印刷", "包装", "游泳", "奶茶", "水果", "快餐", "小吃", "汽修", "理发", "美发", "婚纱", "托管", "培训", "窗帘",
    ].map { PlainText($0).units }

    /// Those words by their last character, each group in the order of the list.
    static let tradesByEnd = UnitTable(Dictionary(grouping: trades) { $0[$0.count - 1] })

    /// Characters that end the left side of a name.
    static let stops = UnitSet(
        of:
            "在的是和与及到从对向将把被住于位我你他们这那该本某由为因经至去往来给找让请了着过等称叫说反映关就又也还都只不没有区县市省镇乡"
    )
}
