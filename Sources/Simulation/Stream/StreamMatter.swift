internal import Domain
import Storage

/// A matter of the stream (事项): one trouble at one place, told by one person or by many.
///
/// Everything about it comes from its seed.
struct StreamMatter: Sendable {
    /// Which one, from 1.
    let number: Int
    let seed: UInt64
    /// The day of its first item.
    let born: CountyDay
    /// How many items tell of it.
    let size: Int
    /// What else its topic says of it.
    let details: [Phrase]
    /// Words for the trouble.
    let troubles: [String]
    /// How an office calls it.
    let object: Phrase
    /// The city's district, by its code.
    let district: String
    /// The place's name without and with its kind.
    let stem: String
    let place: String
    /// The unit complained of.
    let unit: String
    /// Ranks of words that hardly any other matter has.
    let words: [Int]
    /// A number that its items name.
    let count: Int

    /// Sizes of matters with their weights: mostly one item, seldom a giant of 60.
    private static let sizes = [
        (1, 14_760), (2, 2_270), (3, 770), (4, 320), (5, 160), (6, 50), (7, 20), (8, 20), (9, 30),
        (10, 30), (12, 10), (14, 10), (21, 10), (60, 10),
    ]
    private static let sizesSum = sizes.reduce(0) { $0 + $1.1 }
    /// Few places are complained of all the time, most of them once.
    private static let places = RankCurve([
        0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 6, 8, 12, 16, 20, 20, 20, 20,
    ])
    private static let kinds = [
        "小区", "花园", "家园", "名都", "新城", "广场", "公寓", "路", "大道", "街", "村", "小学", "中学", "公司",
        "医院", "市场", "项目", "学院", "大厦", "巷", "工地", "幼儿园", "学校", "苑", "山庄",
    ]
    private static let units = [
        "物业", "开发商", "物业公司", "置业公司", "房地产公司", "建设公司", "教育培训", "有限公司", "酒店", "超市",
        "劳务公司", "工程队", "健身", "驾校",
    ]
    private static let concepts = LinkageSettings.standard.concepts.map(\.words)
    /// Topics whose matters a city's board gets; talk of the town is none, and the place is the
    /// matter's own.
    private static let topics = Topic.ordinary.filter { !$0.isTalk }.compactMap { topic in
        let objects = topic.objects.filter { !$0.namesPlace }
        let details = (topic.consequences + topic.details).filter { !$0.namesPlace }
        return objects.isEmpty ? nil : (objects: objects, details: details)
    }

    init(number: Int, seed: UInt64, born: CountyDay) {
        self.number = number
        self.seed = seed
        self.born = born
        var random = SplitMix64(seed: seed)
        var rest = random.below(StreamMatter.sizesSum)
        size =
            StreamMatter.sizes.first { entry in
                rest -= entry.1
                return rest < 0
            }?.0 ?? 1
        let topic = random.pick(StreamMatter.topics)
        object = random.pick(topic.objects)
        details = topic.details
        var troubles = random.pick(StreamMatter.concepts)
        if random.chance(permille: 400) { troubles += random.pick(StreamMatter.concepts) }
        self.troubles = troubles
        var spot = SplitMix64(seed: UInt64(StreamMatter.places.rank(&random)) ^ 0x706c_6163_6500)
        district = "B\(spot.number(in: 1...9))区"
        stem = Lexicon.stem(&spot)
        place = stem + spot.pick(StreamMatter.kinds)
        unit =
            (random.chance(permille: 400) ? stem : Lexicon.stem(&random))
            + random.pick(StreamMatter.units)
        words = (0..<random.number(in: 4...7)).map { _ in Lexicon.rare.rank(&random) }
        count = random.number(in: 11...980)
    }
}

extension StreamMatter {
    /// Where the chance of one item begins.
    func seed(of ordinal: Int) -> UInt64 {
        var random = SplitMix64(seed: seed &+ UInt64(ordinal) &* 0x2545_f491_4f6c_dd1d)
        return random.next()
    }

    /// After how many days an item comes: the first at once, others soon or in the weeks that the
    /// matter lives.
    func delay(of ordinal: Int) -> Int {
        guard ordinal > 0 else { return 0 }
        var random = SplitMix64(seed: seed(of: ordinal) ^ 5)
        switch random.below(100) {
        case ..<25: return random.below(2)
        case ..<50: return random.number(in: 2...7)
        case ..<80: return random.number(in: 8...21)
        default: return random.number(in: 22...(GeneratedStream.lifeDays - 1))
        }
    }

    /// The day of an item.
    func day(of ordinal: Int) -> CountyDay {
        CountyDay(number: born.number + Int32(delay(of: ordinal)))
    }
}

extension Phrase {
    /// It speaks of a place of the county.
    var namesPlace: Bool {
        parts.contains { part in
            switch part {
            case .slot(.place), .slot(.shortPlace), .slot(.town), .slot(.object): true
            case .slot, .text, .number: false
            case .choice(let phrases): phrases.contains { $0.namesPlace }
            }
        }
    }
}
