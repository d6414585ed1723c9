internal import Domain
import Storage

/// Renders phrases into one text with the facts of a matter, in one hand.
struct Telling {
    let facts: Facts
    let hand: Hand
    var random: SplitMix64
    private(set) var text = ""
    /// The place's name stands in the text.
    private(set) var namesPlace = false

    init(facts: Facts, hand: Hand, random: SplitMix64) {
        self.facts = facts
        self.hand = hand
        self.random = random
    }

    /// The length in characters, as Chinese text counts it.
    var length: Int { text.utf8.count / 3 }

    mutating func append(_ phrase: Phrase) {
        for part in phrase.parts {
            switch part {
            case .text(let literal): text += literal
            case .choice(let phrases): append(phrases[random.below(phrases.count)])
            case .number(let range): text += numeral(random.number(in: range))
            case .slot(let slot): append(slot)
            }
        }
    }

    mutating func append(_ literal: String) {
        text += literal
    }

    /// Ends a sentence, unless the text ends with a mark already.
    mutating func endSentence() {
        guard let last = text.unicodeScalars.last, !"。!?:！？：，\n".unicodeScalars.contains(last)
        else { return }
        text += "。"
    }

    private mutating func append(_ slot: Phrase.Slot) {
        switch slot {
        case .place: appendPlace()
        case .shortPlace:
            namesPlace = true
            if facts.namesTown { text += facts.townName }
            text += facts.place.short
            if random.chance(permille: 500) { text += facts.spot }
        case .town: text += facts.townName
        case .respondent: text += facts.respondent.isEmpty ? "有关方面" : facts.respondent
        case .object: append(facts.object)
        case .since: appendSince()
        case .count: text += numeral(facts.count)
        case .measure: text += numeral(facts.measure)
        case .own: text += numeral(random.number(in: 2...60))
        case .day: appendDay()
        case .people: text += hand.people
        case .goods: text += random.pick(Vocabulary.goods)
        case .job: text += random.pick(Vocabulary.jobs)
        case .saying: text += random.pick(Vocabulary.sayings)
        case .kin: text += random.pick(Vocabulary.kin)
        case .pastime: text += random.pick(Vocabulary.pastimes)
        case .name: text += PlaceNames.invented(&random)
        }
    }

    /// The place: in full where it is named first, more freely afterwards.
    private mutating func appendPlace() {
        let choice = random.below(10)
        if namesPlace, choice < 5 {
            text += ["这里", "当地", facts.place.short, "那里", facts.place.short][choice]
            return
        }
        namesPlace = true
        if choice == 9 { text += "五华县" }
        if choice >= 3 || facts.namesTown { text += facts.townName }
        text += facts.place.street
        text += choice % 2 == 0 ? facts.place.name : facts.place.short
        if choice != 4 { text += facts.spot }
    }

    private mutating func appendSince() {
        let days = Int(facts.today.number - facts.began)
        let began = CountyDay(number: facts.began).parts
        let choice = random.below(4)
        switch days {
        case ..<4: text += ["这两天", "昨天起", "从前天开始", "近日"][choice]
        case ..<12: text += ["这个星期以来", "\(began.day)号开始", "近一周", "连日来"][choice]
        case ..<45:
            text += ["半个多月来", "自\(began.month)月\(began.day)日起", "近一个月", "从上个月起"][choice]
        case ..<300:
            text +=
                [
                    "\(days / 30)个多月来", "自\(began.month)月以来", "从\(began.month)月份开始", "大半年以来",
                ][choice]
        default:
            text += ["\(began.year)年以来", "一年多来", "从\(began.year)年\(began.month)月起", "长期以来"][choice]
        }
    }

    private mutating func appendDay() {
        let ago = Int32(random.number(in: 1...24))
        let parts = CountyDay(number: facts.today.number - ago).parts
        switch random.below(4) {
        case 0: text += "\(parts.month)月\(parts.day)日"
        case 1: text += "\(parts.month)月\(parts.day)号"
        case 2: text += "\(parts.month).\(parts.day)"
        default: text += ago < 7 ? "前几天" : "本月初前后"
        }
    }

    private func numeral(_ value: Int) -> String {
        guard hand.chineseNumbers, (1...99).contains(value) else { return String(value) }
        let digits = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"]
        if value < 10 { return value == 2 ? "两" : digits[value] }
        return (value < 20 ? "" : digits[value / 10]) + "十" + digits[value % 10]
    }

    /// The text as the writer's hand leaves it.
    mutating func finished() -> String {
        guard hand.narrow || hand.spaced || hand.slipsPermille > 0 else { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "，" where hand.narrow: result.unicodeScalars.append(",")
            case "。" where hand.narrow: result.unicodeScalars.append(".")
            case "，" where hand.spaced, "。" where hand.spaced: result.unicodeScalars.append(" ")
            default:
                if hand.slipsPermille > 0, let slip = Telling.slip(for: scalar),
                    random.chance(permille: hand.slipsPermille)
                {
                    result.unicodeScalars.append(slip)
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// What a hasty hand writes instead; no character of any name stands here.
    private static func slip(for scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "的": "得"
        case "得": "的"
        case "在": "再"
        case "已": "己"
        case "做": "作"
        case "没": "莫"
        case "像": "象"
        case "账": "帐"
        case "他": "它"
        case "只": "止"
        case "么": "嘛"
        case "吗": "嘛"
        default: nil
        }
    }
}
