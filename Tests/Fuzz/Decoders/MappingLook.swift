import Domain
import Hashing
import LiandongClient
import Wire

/// Mapping files, and exports that a mapping turns into items.
///
/// Up to the first zero byte it is the mapping, behind it the export; without a mapping one is guessed.
enum MappingLook {
    private static let gate = DepartureGate(agency: JSONLook.sender)
    nonisolated(unsafe) private static let hub = EventDecoder()
    nonisolated(unsafe) private static let sealedHub = EventDecoder(lane: .sealed)

    private static let keys: CountyKeys = {
        let key = Base64URL.encode([UInt8](repeating: 7, count: 32))
        guard let keys = try? CountyKeys(text: "k1 \(key)\n", name: "county.key") else {
            fatalError("the county's key")
        }
        return keys
    }()

    static func look(_ bytes: [UInt8]) -> Bool {
        guard let end = bytes.firstIndex(of: 0) else { return mapping(of: bytes) != nil }
        let export = Array(bytes[(end + 1)...])
        guard end > 0 else { return guess(from: export) }
        guard let mapping = mapping(of: Array(bytes[..<end])) else { return false }
        return map(export, by: mapping)
    }

    private static func mapping(of bytes: [UInt8]) -> Mapping? {
        guard let mapping = try? Mapping(json: bytes, file: "mapping.json") else { return nil }
        guard let again = try? Mapping(json: mapping.json, file: "mapping.json") else {
            fatalError("a mapping's own file is not taken")
        }
        hold(again.json == mapping.json, "the form of a mapping is stable")
        hold(again.columns == mapping.columns, "a mapping names the same columns")
        return mapping
    }

    private static func map(_ export: [UInt8], by mapping: Mapping) -> Bool {
        let mapper = RowMapper(mapping: mapping, gate: gate, keys: keys)
        var items = 0
        do throws(Mistake) {
            try mapper.map(export, file: "export") { _, outcome in
                if case .item(let item, _) = outcome {
                    check(item)
                    items += 1
                }
                return true
            }
            _ = try MappingTrial(of: mapper, on: export, file: "export")
        } catch {
            hold(!error.what.isEmpty, "a refusal says why")
        }
        return items > 0
    }

    /// What the agency's gate lets out, the hub of its lane takes.
    private static func check(_ item: OutgoingItem) {
        let decoder = item.lane == .open ? hub : sealedHub
        switch decoder.decode(line: item.event, sender: gate.agency) {
        case .item(let taken, _): hold(taken.ref == item.ref, "the hub reads the same id")
        case .sealed: fatalError("the gate gave an accusation to the open lane")
        case .malformed(let code, let reason, _, _):
            fatalError("the hub refuses what the gate let out: \(code.text) \(reason)")
        }
    }

    private static func guess(from export: [UInt8]) -> Bool {
        guard let county = Division(code: "441424000"), let town = Division(code: "441424120")
        else { fatalError("divisions") }
        let proposal = try? Mapping.propose(
            for: export,
            file: "export",
            gate: gate,
            county: county,
            towns: [.init(title: "安流镇", division: town)]
        )
        guard let proposal else { return false }
        let text = proposal.mapping.json
        hold(!text.isEmpty, "a guess has a file")
        return proposal.fitting > 0
    }

    static func seeds(_ root: String) -> [Seed] {
        let folder = root + "/examples/exports/"
        let hotline = content(of: folder + "hotline.mapping.json")
        let petitions = content(of: folder + "xinfang.mapping.json")
        let calls = content(of: folder + "hotline.json")
        let rows = content(of: folder + "xinfang.csv")
        return [
            Seed("hotline", hotline), Seed("xinfang", petitions),
            Seed("hotline-export", hotline + [0] + calls),
            Seed("xinfang-export", petitions + [0] + rows), Seed("guess-csv", [0] + rows),
            Seed("guess-json", [0] + calls), Seed("lines", lines(small)),
            Seed("table", Array(small.utf8) + [0] + Array(table.utf8)),
            Seed("gb18030", Array(small.utf8) + [0] + gb18030), Seed("utf16", utf16),
            Seed("numbers", Array(small.utf8) + [0] + Array(numbers.utf8)),
        ]
    }

    private static let small = """
        {"zone":"+08:00","attributes":{"id":{"column":"n"},"time":{"column":"t"},\
        "subject":{"constant":"441424"},"data.text":{"columns":["x","y"],"join":"/"},\
        "data.form":{"column":"f","values":{"来信":"letter","来":"visit"},"match":"contains",\
        "otherwise":""},"data.heads":{"column":"h","approximate":"accept"},\
        "data.media.tone":{"column":"m"},"data.urgent":{"column":"u"}},\
        "persons":[{"id":"p"},{"phone":"q","each":true}],"mask":{"name":["a"]},\
        "optional":["y","f","h","m","u","p","q","a"]}
        """
    private static let table = #"""
        某县登记表
        n,t,x,y,f,h,m,u,p,q,a
        1,2024年3月5日下午2点半,"路灯,不""亮""",,来信,约30人,-2,是,44142419900101001X,13800000000、0753-2222222,张三
        2,45356.6041667,x,y,来访,一万二千,"1,200",√,,,
        合计,,2
        """#
    private static let numbers = """
        [{"n":1,"t":"20240305143000","x":"a","h":"3万","m":"-5"},
        {"n":"2","t":1709620200,"x":{"b":[1,{"c":2}]},"h":"30余人","m":"三十"},
        {"n":"3","t":"二〇二四年三月五日","x":"b","h":"1,200","u":"否"}]
        """
    /// “n,t,x” and a row with 路灯 in GB18030.
    private static let gb18030: [UInt8] =
        Array("n,t,x\n1,2024-03-05,".utf8) + [0xC2, 0xB7, 0xB5, 0xC6, 0x81, 0x30, 0x81, 0x30, 10]

    private static var utf16: [UInt8] {
        var bytes = Array(small.utf8) + [0, 0xFF, 0xFE]
        for unit in "n\tt\tx\n1\t2024/3/5 9:05\t路灯\n".utf16 {
            bytes += [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)]
        }
        return bytes
    }

    private static func lines(_ mapping: String) -> [UInt8] {
        Array(mapping.utf8) + [0]
            + Array(#"{"n":"1","t":"2024-03-05T14:30:00+08:00","x":"路灯"}"#.utf8) + [10]
            + Array(#"{"n":"2","t":"昨天","x":""}"#.utf8) + [10]
    }
}
