import Storage

/// The tables that names are built from; all of them invented, syllable by syllable.
enum PlaceNames {
    /// A place of a kind in a town.
    static func make(_ kind: Place.Kind, town: Int, random: inout SplitMix64) -> Place {
        let townName = Town.all[town].name
        let base = String(townName.dropLast())
        switch kind {
        case .estate:
            let short = random.pick(estateFirst) + random.pick(estateSecond)
            return Place(
                kind: kind,
                town: town,
                name: short + random.pick(["小区", ""]),
                short: short,
                unit: invented(&random) + "物业",
                builder: invented(&random) + "置业"
            )
        case .village:
            let short = random.pick(villageFirst) + random.pick(villageSecond) + "村"
            return Place(
                kind: kind,
                town: town,
                name: short,
                short: short,
                unit: short + "委会",
                builder: invented(&random) + random.pick(["产业园", "公路改线工程", "光伏项目", "水利枢纽"])
            )
        case .road:
            let name = random.pick(roadFirst) + random.pick(roadSecond)
            return simple(kind, town, name, unit: townName + "政府")
        case .firm:
            let trade = random.pick(trades)
            let stem = invented(&random)
            return Place(
                kind: kind,
                town: town,
                name: stem + trade + "有限公司",
                short: stem + trade,
                unit: stem + trade + "有限公司",
                builder: stem + trade + "有限公司"
            )
        case .site:
            let short = invented(&random) + random.pick(siteSecond)
            // Few contractors, so that one builds in several towns.
            let unit = random.pick(contractors) + random.pick(["建筑", "建设", "劳务"]) + "公司"
            return Place(
                kind: kind,
                town: town,
                name: short + random.pick(["项目", "工地"]),
                short: short,
                unit: unit,
                builder: unit
            )
        case .school:
            let name = random.pick(schoolFirst) + random.pick(["小学", "中学", "幼儿园", "学校"])
            return simple(kind, town, name, unit: townName + name)
        case .eatery, .store:
            let trade = random.pick(kind == .eatery ? eateries : stores)
            let name = random.pick(shopFirst) + random.pick(shopSecond) + trade
            var place = simple(kind, town, name, unit: name)
            place.street = random.pick(roadFirst) + random.pick(["路", "街"])
            return place
        case .hospital:
            let name =
                random.chance(permille: 400)
                ? invented(&random) + random.pick(["医院", "门诊部", "口腔诊所"])
                : base + random.pick(["卫生院", "中心卫生院", "第二卫生院", "康复医院", "妇幼门诊"])
            return simple(kind, town, name, unit: name)
        case .bus:
            let other = Town.all[(town + 1 + random.below(15)) % 16].name.dropLast()
            let name =
                random.chance(permille: 500)
                ? "\(base)至\(other)班线" : "\(base)\(random.number(in: 1...38))路公交"
            return simple(kind, town, name, unit: invented(&random) + "客运公司")
        case .river:
            let name = random.pick(villageFirst) + random.pick(["溪", "河", "圳", "陂河", "水库"])
            return simple(kind, town, name, unit: townName + "水利所")
        case .quarry:
            let name = invented(&random) + random.pick(["石场", "采石场", "砂石场", "碎石厂"])
            return simple(kind, town, name, unit: name)
        case .farm:
            let name = invented(&random) + random.pick(["养殖场", "生态农场", "牧场"])
            return simple(kind, town, name, unit: name)
        }
    }

    /// Something that names the spot inside a place, so that two spots are seldom called alike.
    static func spot(in kind: Place.Kind, random: inout SplitMix64) -> String {
        switch kind {
        case .estate:
            random.chance(permille: 500)
                ? "\(random.number(in: 1...26))栋\(random.number(in: 1...4))单元"
                : invented(&random) + random.pick(["座", "苑", "组团"])
        case .village:
            random.pick(hamlets) + invented(&random) + random.pick(["片", "屋", "塘边", "坑尾", "坪上"])
        case .road: invented(&random) + random.pick(landmarks)
        case .river: invented(&random) + random.pick(["陂头", "桥下", "码头", "拐弯处", "水闸"])
        default: ""
        }
    }

    private static func simple(
        _ kind: Place.Kind,
        _ town: Int,
        _ name: String,
        unit: String
    ) -> Place {
        Place(kind: kind, town: town, name: name, short: name, unit: unit, builder: unit)
    }

    /// A pair of syllables that no real firm is called by.
    static func invented(_ random: inout SplitMix64) -> String {
        random.pick(stemFirst) + random.pick(stemSecond)
    }

    private static func split(_ text: String) -> [String] {
        text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
    }

    private static let stemFirst = split(
        """
        岚 砚 澜 铎 屿 骏 珩 菘 钰 禾 嵘 峤 璟 骁 昊 沐 芮 翊 晟 霖 颢 祺 煜 桓 垚 浚 皓 崧 棋 沣
        """
    )
    private static let stemSecond = split(
        "筑 岱 衡 舫 昶 牧 桐 笙 晏 棠 谷 钧 麓 川 栎 禹 驰 帆 坤 彤 骅 辰 楷 峻 朗 湛"
    )
    private static let contractors = split(
        """
        骏岱 澜谷 铎桐 砚川 珩麓 屿帆 嵘驰 璟坤 晟楷 霖峻 颢禹 桓栎 浚朗 崧湛 沣彤 垚骅 皓衡 祺钧
        岚晏 禾昶 煜舫 峤笙 钰棠 翊辰
        """
    )
    private static let estateFirst = split(
        """
        锦绣 御景 翠湖 东方 阳光 滨江 盛世 龙腾 华景 丽水 凤凰 金桂 银杏 桃源 紫荆 香樟 云山 明月 星河 嘉和
        祥和 鸿福 半山 江畔 学府 状元 柏悦 雅居 荔园 梅苑 竹海 松涛 听澜 观澜 临江 揽月 朝阳 晨曦 怡景 悦水
        """
    )
    private static let estateSecond = split(
        "华庭 花园 名苑 豪庭 新城 公馆 家园 春天 国际 御府 名邸 雅筑 一品 华府 佳苑 水岸 尚城 广场 里 轩"
    )
    private static let villageFirst = split(
        """
        福 新 大 上 下 石 黄 罗 联 长 高 油 双 龙 平 岭 官 葵 竹 樟 枫 梓 松 桥 员 坝 万 增 洋 锡 琴 布 五 三
        七 益 复 桂 蓝 河 塘 湖 水 畲 鲤 雁
        """
    )
    private static let villageSecond = split(
        "江 田 塘 坑 岗 湖 坪 潭 陂 岭 洞 径 段 美 楼 光 兴 民 和 西 东 南 北 安 塅 桥 湾 背 嶂 径口 子塘 洋段"
    )
    private static let hamlets = split(
        """
        老屋 新屋 塘尾 坳背 围龙屋 排上 岭下 河唇 樟树下 井头 寨背 石壁 大坪组 桥头组 一组 二组 三组 四组 五组
        六组 七组 八组 祠堂前 学校旁 村口 竹园里 山下片 水口 圳背 茶亭 老圩 渡口 禾坪 屋场 半坑 上片 下片
        """
    )
    private static let landmarks = split(
        """
        五金店门口 药房对面 旅馆旁 汽修厂门口 幼儿园旁 米粉店前 大厦楼下 加油站对面 桥头 酒行门口 渔具店旁 仓库外
        菜场后门 诊所门口 路口 修车铺前 花店旁 茶行对面 木材行门口 批发部旁 洗衣店前 粮油店门口 公寓楼下 车行旁
        """
    )
    private static let roadFirst = split(
        """
        解放 人民 兴华 环城 工业 站前 沿江 振兴 教育 文化 新风 河滨 建设 府前 迎宾 中山 和平 团结 胜利 前进
        光明 幸福 友谊 公园 体育 金山 银河 长兴 富民 惠民 安民 康乐 新华 东风 朝阳 民生 创业 科技 商业 园丁
        花城 桂花 玉兰 木棉 紫薇 凤凰 状元 文明 华兴 永安 永福 泰和 太平 南门 北门 西门 东门 城南 城北 城西
        """
    )
    private static let roadSecond = split("路 路 路 街 大道 一路 二路 三路 东路 西路 南路 北路 中路 横街 巷")
    private static let trades = split(
        "电子 玩具 服装 陶瓷 五金 家具 纸品 食品 鞋业 塑胶 制衣 电器 手袋 灯饰 石材 竹木 针织 线路板 印刷 建材"
    )
    private static let siteSecond = split(
        "广场 大厦 中心城 花城 产业园 安置房 新校区 住院楼 污水厂 公路改建 商贸城 城市综合体 御园 云庭 半岛 天玺"
    )
    private static let schoolFirst = split(
        """
        育才 新星 启明 实验 培英 中心 第一 第二 第三 希望 晨光 小太阳 金苹果 春蕾 博雅 育英 思源 侨光 振华 明德
        华侨 树人 启智 崇文 敦本 致远 弘毅 毓秀 兴文 三联 双桂 联光
        """
    )
    private static let shopFirst = split(
        """
        客家 阿婆 老街 琴韵 围屋 好客 顺心 百味 佳佳 美美 鑫旺 福满 康泰 益民 天天 喜洋洋 亮亮 旺角 金麦 绿叶
        小城 老地方 星期八 七彩 蓝天 红叶 聚友 四季 家家乐 万家 大润 常青 悦享 乐淘 宜佳 博丽 领航 卓越 星火
        """
    )
    private static let shopSecond = split(
        "香 记 源 园 缘 家 坊 阁 轩 居 汇 里 来 多 美 达 隆 庄 堂 行 尚 号"
    )
    private static let eateries = split(
        "大排档 酒楼 烧烤店 茶饮店 饭店 早餐店 火锅店 牛丸店 腌面店 农庄 夜宵档 饺子馆 面包店 酒家 粥铺"
    )
    private static let stores = split(
        "健身房 美容院 培训中心 驾校 舞蹈学校 摄影店 家具城 家电城 手机店 母婴店 洗车行 游泳馆 装饰公司 托管班 超市"
    )
}
