package import Domain

/// The one catalogue of what officers read (文案目录).
///
/// Chinese, in the words of the field (DOMAIN §10). Numbers that mean something only to an analyst
/// (permille, F1) never stand here, nor any word that labels a petitioner; a test refuses them.
package enum Words {
    /// On every page, print and login (保密法实施条例 §41).
    package static let notClassified = "本系统为非涉密系统,严禁存储、处理、传输国家秘密"
    /// The hub is not the legal register (条例 §21).
    package static let notTheRegister = "本平台用于信息联动,不代替信访信息系统登记"
    /// Levels are internal (突发事件应对法 §63).
    package static let internalOnly = "内部提示,不对外发布"
    /// On everything that a simulation prints.
    package static let simulated = "模拟数据,与实际单位和个人无关"

    /// In place of a title whose text was erased; the code stands in `docs/errors.md`.
    package static let textErased = "LD-1164 已销毁"

    /// Where the items of a case come from, by the agency that sent most of them: `县信访局等3家`.
    package static func sources(_ agency: String, of count: Int) -> String {
        count > 1 ? "\(agency)等\(count)家" : agency
    }

    /// A time as officers write it: `6月12日 23:40`.
    package static func time(_ time: Timestamp) -> String {
        let (_, month, day) = time.countyDay.parts
        return "\(month)月\(day)日 \(clock(time))"
    }

    /// The time of the day, `23:40`.
    package static func clock(_ time: Timestamp) -> String {
        let minutes = time.sinceCountyMidnight.milliseconds / 60_000
        let minute = minutes % 60
        return "\(minutes / 60):\(minute < 10 ? "0" : "")\(minute)"
    }

    /// A time with its year, `2024年6月12日 23:40`.
    package static func moment(_ time: Timestamp) -> String {
        "\(day(time.countyDay)) \(clock(time))"
    }

    /// A day as officers write it: `2024年6月12日`.
    package static func day(_ day: CountyDay) -> String {
        let (year, month, dayOfMonth) = day.parts
        return "\(year)年\(month)月\(dayOfMonth)日"
    }

    /// A number with a comma every three digits, as in `1,248`.
    package static func grouped(_ number: Int) -> String {
        var digits = Array(String(abs(number)))
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: position)
            position -= 3
        }
        return (number < 0 ? "-" : "") + String(digits)
    }

    /// Why two items belong together, in an officer's words.
    package static func likeness(
        sharesPlace: Bool,
        sharesRespondent: Bool,
        sharesPerson: Bool,
        isRelated: Bool,
        isSameText: Bool
    ) -> String {
        var words: [String] = []
        if isRelated { words.append("来件单位注明同一事项") }
        words.append(isSameText ? "文字相同" : "文字相近")
        if sharesPlace { words.append("同一地点") }
        if sharesRespondent { words.append("同一被反映单位") }
        if sharesPerson { words.append("同一来件人") }
        return words.joined(separator: "、")
    }
}
