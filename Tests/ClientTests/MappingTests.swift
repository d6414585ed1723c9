import Domain
import Foundation
import LiandongClient
import Testing

@Suite struct MappingFileTests {
    @Test(arguments: [
        (#"{"attributes": {}}"#, "attributes"),
        (#"{"attribute": {}}"#, "attribute"),
        (
            #"{"attributes": {"id": {"column": "a"}, "time": {"colum": "b"}}}"#,
            "attributes.time.colum"
        ),
        (
            #"{"attributes": {"id": {"column": "a"}, "data.txt": {"column": "b"}}}"#,
            "attributes.data.txt"
        ),
        (#"{"attributes": {"id": {"column": 1}}}"#, "attributes.id.column"),
        (#"{"attributes": {"id": {"column": "a", "constant": "b"}}}"#, "attributes.id"),
        (
            #"{"attributes": {"data.form": {"column": "a", "values": {"来信": "brief"}}}}"#,
            "attributes.data.form"
        ),
        (#"{"attributes": {"subject": {"constant": "4414"}}}"#, "attributes.subject"),
        (#"{"encoding": "gbk"}"#, "encoding"),
        (#"{"zone": "CST", "attributes": {}}"#, "zone"),
        (#"{"zone": "+-8:00", "attributes": {}}"#, "zone"),
    ])
    func everyMistakeNamesItsKey(text: String, key: String) {
        let mistake = #expect(throws: Mistake.self) {
            try Mapping(json: Array(text.utf8), file: "m.json")
        }
        #expect(mistake?.column == key)
    }

    @Test func brokenFileNamesItsLine() {
        let mistake = #expect(throws: Mistake.self) {
            try Mapping(json: Array("{\n \"zone\": +8\n}".utf8), file: "m.json")
        }
        #expect(mistake?.row == 2)
    }

    @Test func writtenMappingIsReadBack() throws {
        for name in ["xinfang", "hotline"] {
            let bytes = try example(name + ".mapping.json")
            let mapping = try Mapping(json: bytes, file: name)
            #expect(try Mapping(json: mapping.json, file: name) == mapping)
        }
    }
}

/// A file of `examples/exports`.
func example(_ name: String) throws -> [UInt8] {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return Array(try Data(contentsOf: URL(fileURLWithPath: "/\(root)/examples/exports/\(name)")))
}

@Suite struct MappingRuleTests {
    private func map(
        _ cells: [String: String],
        _ attributes: String,
        _ rest: String = ""
    ) throws -> Mapped {
        let keys = cells.keys.sorted()
        let header = (["编号", "时间", "内容"] + keys).joined(separator: ",")
        let row = (["1", "2024-03-05", "甲"] + keys.map { cells[$0] ?? "" }).joined(separator: ",")
        let mapping = """
            {"attributes": {"id": {"column": "编号"}, "time": {"column": "时间"},
              "data.text": {"column": "内容"}\(attributes)}\(rest)}
            """
        return try Mapped(Array((header + "\n" + row + "\n").utf8), file: "a.csv", mapping: mapping)
    }

    private func value(_ mapped: Mapped, _ path: String) throws -> JSONTree? {
        let event = try #require(mapped.items.first).event
        return try JSONReader.read(event[...]).value(
            at: path.split(separator: ".").map(String.init)
        )
    }

    @Test func valueTablesTranslateAndNameWhatTheyLack() throws {
        let rule = #", "data.form": {"column": "形式", "values": {"来信": "letter"}}"#
        #expect(try value(map(["形式": " 来 信"], rule), "data.form") == .string("letter"))
        let wrong = try map(["形式": "鸽子"], rule)
        #expect(wrong.items.isEmpty)
        #expect(
            wrong.mistakes.first?.description.contains("“鸽子” is not in the value table") == true
        )
        #expect(try value(map(["形式": ""], rule), "data.form") == nil)
    }

    @Test func aWayIsANumberOrAWord() throws {
        let rule = #", "data.route": {"column": "途径"}"#
        #expect(try value(map(["途径": "3"], rule), "data.route") == .number("3"))
        #expect(try value(map(["途径": "simple"], rule), "data.route") == .string("simple"))
        #expect(try map(["途径": "7"], rule).mistakes.first?.column == "途径 (data.route)")
    }

    @Test func longestPartDecidesWhereAPlaceIsContained() throws {
        let rule =
            #", "subject": {"column": "地", "match": "contains", "otherwise": "441424", "values": {"安流": "441424100", "安流镇": "441424120"}}"#
        #expect(try value(map(["地": "五华县安流镇"], rule), "subject") == .string("441424120"))
        #expect(try value(map(["地": "别处"], rule), "subject") == .string("441424"))
    }

    @Test func approximateCountsNeedARule() throws {
        let strict = #", "data.affected": {"column": "人数"}"#
        let loose = #", "data.affected": {"column": "人数", "approximate": "accept"}"#
        #expect(try map(["人数": "约30人"], strict).mistakes.first?.column == "人数 (data.affected)")
        #expect(try value(map(["人数": "约30人"], loose), "data.affected") == .number("30"))
    }

    @Test func severalColumnsAreJoined() throws {
        let rule = #", "data.title": {"columns": ["甲", "乙"], "join": "/"}"#
        #expect(try value(map(["甲": "一", "乙": "二"], rule), "data.title") == .string("一/二"))
        #expect(try value(map(["甲": "", "乙": "二"], rule), "data.title") == .string("二"))
    }

    @Test func personsBecomeOneGroupOfPseudonymsEach() throws {
        let rest = #", "persons": [{"id": "证件", "phone": "电话"}, {"phone": "联名", "each": true}]"#
        let mapped = try map(
            ["证件": "11010519491231002x", "电话": "13800000001", "联名": "13800000002、13800000003"],
            "",
            rest
        )
        let persons = try #require(try value(mapped, "data.persons")?.elements)
        #expect(persons.map { $0.elements?.count } == [2, 1, 1])
        let event = String(decoding: try #require(mapped.items.first).event, as: UTF8.self)
        #expect(!event.contains("1380000") && !event.contains("110105"))
    }

    @Test func unreadablePersonalNumberIsARemarkAndTheItemGoesOn() throws {
        let mapped = try map(["电话": "138****0001"], "", #", "persons": [{"phone": "电话"}]"#)
        #expect(mapped.items.count == 1)
        #expect(mapped.remarks.first?.column == "电话")
        #expect(mapped.remarks.first?.description.contains("0001") == false)
    }
}

@Suite struct SampleExportTests {
    private func mapped(_ name: String, _ file: String) throws -> Mapped {
        let mapping = String(decoding: try example(name + ".mapping.json"), as: UTF8.self)
        return try Mapped(example(file), file: file, mapping: mapping)
    }

    @Test func petitionOfficeExportBecomesItems() throws {
        let mapped = try mapped("xinfang", "xinfang.csv")
        #expect(mapped.items.count == 6)
        #expect(mapped.items.filter { $0.lane == .sealed }.map(\.ref.id) == ["XF2024030005"])
        #expect(mapped.mistakes.count == 2)
        #expect(
            mapped.mistakes.compactMap(\.code) == [
                ErrorCode.badTime.rawValue, ErrorCode.secrecyMarking.rawValue,
            ]
        )
        #expect(mapped.mistakes.map(\.row) == [10, 12])
        let all = mapped.items.map { String(decoding: $0.event, as: UTF8.self) }.joined()
        for leak in ["钟禾生", "古月圆", "赖大海", "赖小海", "1380000", "4400002", "虚竹村12号", "粤M00A04"] {
            #expect(!all.contains(leak), "\(leak) leaked")
        }
        for kept in ["26,400元", "第30条", "110kV", "12345热线", "3栋2单元1502房", "案号2024-0308"] {
            #expect(all.contains(kept), "\(kept) was lost")
        }
        #expect(all.contains("2024-03-06T14:30:00+08:00"))
        #expect(all.contains("\"subject\":\"441424120\""))
    }

    @Test func hotlineExportBecomesItems() throws {
        let mapped = try mapped("hotline", "hotline.json")
        #expect(mapped.items.count == 4)
        #expect(mapped.mistakes.count == 1)
        let all = mapped.items.map { String(decoding: $0.event, as: UTF8.self) }.joined()
        for leak in ["张云帆", "李欣", "1380000", "example.invalid", "粤M", "6222", "20240305001"] {
            #expect(!all.contains(leak), "\(leak) leaked")
        }
        #expect(all.contains("2,000元"))
        #expect(all.contains("labour.wages"))
    }

    @Test(arguments: ["xinfang.csv", "hotline.json"])
    func proposalFitsTheSamples(file: String) throws {
        let proposal = try Mapping.propose(
            for: example(file),
            file: file,
            gate: try #require(xinfang),
            county: try #require(Division(code: "441424")),
            towns: [.init(title: "安流镇", division: try #require(Division(code: "441424120")))]
        )
        #expect(proposal.fitting >= 4)
        #expect(proposal.setAside <= 3)
        #expect(proposal.preview.count <= 10)
        let read = try Mapping(json: proposal.mapping.json, file: "proposal")
        #expect(read == proposal.mapping)
        let all = try Mapped(
            example(file),
            file: file,
            mapping: String(decoding: proposal.mapping.json, as: UTF8.self)
        )
        let text = all.items.map { String(decoding: $0.event, as: UTF8.self) }.joined()
        for leak in ["钟禾生", "张云帆", "李欣", "1380000"] { #expect(!text.contains(leak)) }
        #expect(text.contains("\"k1:p:") || text.contains("\"k1:i:"))
    }
}
