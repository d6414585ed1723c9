import Domain
import LiandongClient
import Storage
import Wire

/// What an agency of a simulated world sends: items of a few matters, items again, new content,
/// broken lines, accusations that should never have left (来件).
struct Workload {
    private let agency: AgencyID
    private var random: SplitMix64
    private var sent: [(id: String, event: [UInt8])] = []
    private var lastID = 0

    private static let matters: [(category: String, place: String, title: String, text: String)] = [
        ("labour.wages", "华城镇工业园", "拖欠工资", "园区制衣厂拖欠工人工资三个月,多次讨要没有结果。"),
        ("housing.delivery", "水寨镇锦绣花园", "延期交房", "锦绣花园二期延期交房已经半年,开发商没有说法。"),
        ("environment.air", "安流镇石场", "石场扬尘", "石场夜里开工,扬尘和噪声让附近村民无法休息。"),
        ("other.unknown", "河东镇中心小学", "校门口拥堵", "放学时校门口车辆乱停,孩子过马路很危险。"),
    ]

    init(_ agency: AgencyID, random: SplitMix64) {
        self.agency = agency
        self.random = random
    }

    /// Some items received at a moment.
    mutating func items(_ count: Int, at now: Timestamp) -> [OutgoingItem] {
        (0..<count).map { _ in item(at: now) }
    }

    private mutating func item(at now: Timestamp) -> OutgoingItem {
        let choice = random.below(100)
        if choice < 8, !sent.isEmpty { return outgoing(random.pick(sent)) }
        if choice < 12 {
            lastID += 1
            let broken = "{\"specversion\":\"1.0\",\"id\":\"B\(lastID)\",\"data\":{\"text\":"
            return outgoing((id: "B\(lastID)", event: Array(broken.utf8)))
        }
        var id = "S\(lastID + 1)"
        if choice < 20, !sent.isEmpty {
            id = random.pick(sent).id
        } else {
            lastID += 1
        }
        let line = (id: id, event: event(id, at: now, isAccusation: choice < 24))
        if choice >= 24 { sent.append(line) }
        return outgoing(line)
    }

    private mutating func event(_ id: String, at now: Timestamp, isAccusation: Bool) -> [UInt8] {
        let matter = random.pick(Workload.matters)
        let person = String(repeating: "A", count: 40) + String(100 + random.below(40))
        let delay = random.chance(permille: 50) ? TimeSpan.hours(30) : .seconds(0)
        let data: JSONValue = .object(present: [
            "title": .string(matter.title),
            "text": .string("\(matter.text)反映人说这是第\(random.below(50) + 1)次。"),
            "form": .string(random.pick(["visit", "letter", "hotline", "online"])),
            "category": .string(matter.category), "place": .string(matter.place),
            "purpose": .string(isAccusation ? "accusation" : "demand"),
            "persons": .array([.array([.string("k1:p:" + person)])]),
            "heads": random.chance(permille: 60)
                ? .integer(Int64(random.number(in: 5...120))) : nil,
            "urgent": random.chance(permille: 40) ? .bool(true) : nil,
            "danger": random.chance(permille: 10) ? .bool(true) : nil,
        ])
        let event: JSONValue = [
            "specversion": "1.0", "type": "cn.liandong.complaint.v1",
            "source": .string(agency.source), "id": .string(id),
            "time": .string((now - delay).rfc3339), "subject": "441424120", "data": data,
        ]
        return event.bytes
    }

    /// Past the gate of the agency, which would keep some of them back.
    private func outgoing(_ line: (id: String, event: [UInt8])) -> OutgoingItem {
        OutgoingItem(
            ref: ItemRef(agency: agency, id: line.id),
            kind: .complaint,
            time: Timestamp(milliseconds: 0),
            lane: .open,
            event: line.event
        )
    }
}
