import Domain
import Storage
import Wire

/// What agencies send in the game (博弈来件).
enum GameItem {
    /// A matter that people complain about.
    struct Telling {
        var category: String
        var place: String
        var title: String
        var text: String
        var purpose = "demand"
        var respondent: String?
        var isUrgent = false
    }

    private static let matters = [
        Telling(
            category: "labour.wages",
            place: "华城镇工业园",
            title: "拖欠工资",
            text: "园区制衣厂拖欠工人工资三个月,多次讨要没有结果。"
        ),
        Telling(
            category: "housing.delivery",
            place: "水寨镇锦绣花园",
            title: "延期交房",
            text: "锦绣花园二期延期交房已经半年,开发商没有说法。"
        ),
        Telling(
            category: "environment.air",
            place: "安流镇石场",
            title: "石场扬尘",
            text: "石场夜里开工,扬尘和噪声让附近村民无法休息。"
        ),
        Telling(
            category: "other.unknown",
            place: "河东镇中心小学",
            title: "校门口拥堵",
            text: "放学时校门口车辆乱停,孩子过马路很危险。"
        ),
    ]

    /// A complaint of everyday.
    static func ordinary(_ random: inout SplitMix64) -> Telling {
        var telling = random.pick(matters)
        telling.text += String(repeating: "请有关部门尽快处理。", count: random.below(8))
        telling.text += "反映人说这是第\(random.below(50) + 1)次。"
        return telling
    }

    /// One that somebody has to sign for.
    static func urgent(_ random: inout SplitMix64) -> Telling {
        var telling = ordinary(&random)
        telling.isUrgent = true
        return telling
    }

    /// One of each matter, which somebody has to sign for.
    static var urgents: [Telling] {
        matters.map { matter in
            var telling = matter
            telling.isUrgent = true
            return telling
        }
    }

    /// The accusation, of any length.
    static func accusation(_ random: inout SplitMix64, of respondent: String) -> Telling {
        let amount = random.number(in: 1000...9000)
        let more = String(repeating: "请有关部门尽快处理。", count: random.below(8))
        return Telling(
            category: "other.unknown",
            place: "水寨镇",
            title: "举报\(respondent)局长收受贿赂\(amount)元",
            text: "举报\(respondent)局长收受贿赂\(amount)元。" + more,
            purpose: random.pick(["accusation", "demand"]),
            respondent: respondent
        )
    }

    /// What an attacker asks for who wants to know whether something like it is there.
    static let demandLikeTheAccusation = Telling(
        category: "other.unknown",
        place: "水寨镇",
        title: "反映某局长",
        text: "请问有没有人反映过某局长在采购办公用品时没有按照规定招标的问题。"
    )

    /// The event of an item.
    static func event(
        _ agency: AgencyID,
        id: String,
        at time: Timestamp,
        _ telling: Telling
    ) -> [UInt8] {
        let data: JSONValue = .object(present: [
            "title": .string(telling.title),
            "text": .string(telling.text),
            "form": "letter",
            "category": .string(telling.category),
            "place": .string(telling.place),
            "purpose": .string(telling.purpose),
            "respondent": telling.respondent.map { .string($0) },
            "urgent": telling.isUrgent ? .bool(true) : nil,
            "danger": telling.isUrgent ? .bool(true) : nil,
        ])
        let event: JSONValue = [
            "specversion": "1.0", "type": "cn.liandong.complaint.v1",
            "source": .string(agency.source), "id": .string(id),
            "time": .string(time.rfc3339), "subject": "441424120", "data": data,
        ]
        return event.bytes
    }
}
