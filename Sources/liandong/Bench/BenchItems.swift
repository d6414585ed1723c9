import Domain
import Storage
import Wire

/// The items that a producer sends: CloudEvents of a wanted length that differ in id and text.
///
/// Every text is another random row of characters behind a sentence that names place and matter, so
/// that linking has its work and finds little.
struct BenchItems {
    let agency: AgencyID
    let producer: Int
    let sizeBytes: Int
    /// Every so many items one says that there is danger to life, which raises an alert; 0 never.
    let alertEvery: Int
    let latest: Timestamp
    /// Texts of simulated years instead, for all items that raise no alert.
    var texts: YearTexts?
    /// How many producers share the texts.
    var producers = 1

    private static let towns = [
        "水寨镇", "河东镇", "转水镇", "潭下镇", "岐岭镇", "华城镇", "周江镇", "横陂镇", "安流镇", "棉洋镇", "梅林镇", "双华镇",
    ]
    private static let matters = [
        "工地拖欠工资未发放", "楼盘延期交房", "村道路面破损", "自来水经常停水", "工厂夜间噪音扰民", "学校门口摆摊堵塞交通",
        "河道垃圾无人清理", "路灯长期不亮",
    ]
    private static let characters = Array(
        """
        的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着
        等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重
        新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品
        """.unicodeScalars.filter { $0.value > 0x2000 }
    )

    /// The identifier of an item; `numbers` reads it back.
    static func id(producer: Int, number: Int) -> String {
        "bench-\(padded(producer, 3))-\(padded(number, 9))"
    }

    /// Producer and number of an identifier.
    static func numbers(of id: String) -> (producer: Int, number: Int)? {
        let parts = id.split(separator: "-")
        guard parts.count == 3, let producer = Int(parts[1]), let number = Int(parts[2]) else {
            return nil
        }
        return (producer, number)
    }

    /// The line of an item, numbered from 1.
    func line(_ number: Int) -> [UInt8] {
        let isAlert = alertEvery > 0 && number % alertEvery == 0
        if !isAlert, let texts {
            return texts.line(
                (number - 1) * producers + producer,
                agency: agency,
                id: BenchItems.id(producer: producer, number: number)
            )
        }
        var chance = SplitMix64(seed: UInt64(producer) << 40 | UInt64(number))
        let town = BenchItems.towns[Int(chance.next() % UInt64(BenchItems.towns.count))]
        let matter = BenchItems.matters[Int(chance.next() % UInt64(BenchItems.matters.count))]
        let house = chance.next() % 900 + 1
        let age = Int64(chance.next() % 72_000_000)
        let time = Timestamp(milliseconds: latest.milliseconds - age)
        let (place, what) = isAlert ? ("", "") : ("\(town)\(house)号", town + matter)
        var head = #"{"specversion":"1.0","type":"cn.liandong.complaint.v1","source":""#
        head += agency.source + #"","id":""# + BenchItems.id(producer: producer, number: number)
        head += #"","time":""# + time.rfc3339 + #"","subject":"441424","data":{"title":"#
        head += #""反映"# + what + #"","form":"hotline","purpose":"demand","#
        head += #""category":"labour.wages","place":""# + place
        head += #"","persons":[["k1:p:"# + BenchItems.pseudonym(&chance) + #""]],"#
        if isAlert { head += #""danger":true,"# }
        head += #""text":"来电人反映"# + place + what + ","
        let tail = #"。"}}"#
        var bytes = Array(head.utf8)
        bytes.reserveCapacity(sizeBytes + 8)
        let end = sizeBytes - tail.utf8.count
        while bytes.count + 3 <= end {
            let choice = Int(chance.next() >> 32)
            // An alert's text is of rare characters, so that it belongs to no case.
            let character =
                isAlert
                ? Unicode.Scalar(UInt32(0x4E00 + choice % 20_000)) ?? "。"
                : BenchItems.characters[choice % BenchItems.characters.count]
            bytes += UTF8.encode(character).map { Array($0) } ?? []
        }
        while bytes.count < end { bytes.append(UInt8(ascii: "0")) }
        return bytes + tail.utf8
    }

    private static func pseudonym(_ chance: inout SplitMix64) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let text = (0..<43).map { _ in letters[Int(chance.next() % 64)] }
        return String(decoding: text, as: UTF8.self)
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
