import Domain
import Foundation
import LiandongClient
import Testing

let xinfang = AgencyID(name: "xinfang").map { DepartureGate(agency: $0) }

/// A mapping of three columns for small exports.
let smallMapping = """
    {"attributes": {"id": {"column": "编号"}, "time": {"column": "时间"},
      "data.text": {"column": "内容"}, "data.heads": {"column": "人数"}}}
    """

/// Outcomes of an export's rows with their lines.
struct Mapped {
    var items: [OutgoingItem] = []
    var mistakes: [Mistake] = []
    var remarks: [Mistake] = []
    var skipped = 0

    init(_ bytes: [UInt8], file: String, mapping: String = smallMapping) throws {
        let mapper = RowMapper(
            mapping: try Mapping(json: Array(mapping.utf8), file: "mapping.json"),
            gate: try #require(xinfang),
            keys: try CountyKeys(text: testKeys, name: "county.key")
        )
        try mapper.map(bytes, file: file) { _, outcome in
            switch outcome {
            case .item(let item, let notes):
                items.append(item)
                remarks += notes
            case .forSuperior(_, let mistake): mistakes.append(mistake)
            case .setAside(let found): mistakes += found
            case .skipped: skipped += 1
            }
            return true
        }
    }

    /// The `data.text` of each item.
    var texts: [String] {
        items.compactMap { item in
            (try? JSONReader.read(item.event[...]))?.value(at: ["data", "text"])?.text
        }
    }
}

func gb18030(_ text: String) throws -> [UInt8] {
    Array(try #require(text.data(using: String.Encoding(rawValue: 0x8000_0632))))
}

@Suite struct EncodingTests {
    let header = "编号,时间,内容,人数\n"

    @Test func gb18030IsFoundAndGivesTheSameItemsAsUTF8() throws {
        let text = header + "1,2024-03-05,镕基路㐂𠮷路灯不亮,3\n2,2024/3/6,欠薪,１２\n"
        let first = try Mapped(gb18030(text), file: "a.csv")
        let second = try Mapped(Array(text.utf8), file: "a.csv")
        let third = try Mapped([0xEF, 0xBB, 0xBF] + Array(text.utf8), file: "a.csv")
        #expect(first.texts == ["镕基路㐂𠮷路灯不亮", "欠薪"])
        #expect(first.items == second.items)
        #expect(first.items == third.items)
    }

    @Test func utf16OfASpreadsheetIsRead() throws {
        let text = header.replacingOccurrences(of: ",", with: "\t") + "1\t2024-03-05\t欠薪\t3\n"
        let bytes = Array(try #require(text.data(using: .utf16LittleEndian)))
        #expect(try Mapped([0xFF, 0xFE] + bytes, file: "a.txt").texts == ["欠薪"])
    }

    @Test func mixtureIsRefusedWithTheByteOffset() throws {
        let first = Array((header + "1,2024-03-05,拖欠工资四个月,3\n2,2024-03-06,").utf8)
        let mixed = first + (try gb18030("供暖不热")) + Array(",1\n".utf8)
        let mistake = #expect(throws: Mistake.self) { try Mapped(mixed, file: "a.csv") }
        #expect(mistake?.what.contains("offset \(first.count)") == true)
        #expect(mistake?.row == 3)
    }

    @Test func shortWordThatIsValidUTF8ByChanceDoesNotMix() throws {
        let bytes = try gb18030("联通\n" + header + "1,2024-03-05,欠薪,3\n")
        #expect(try Mapped(bytes, file: "a.csv").texts == ["欠薪"])
    }

    @Test func byteOfNeitherEncodingIsNamed() throws {
        let bytes = try gb18030(header + "1,2024-03-05,欠薪") + [0xFF, 0x20]
        let mistake = #expect(throws: Mistake.self) { try Mapped(bytes, file: "a.csv") }
        #expect(mistake?.what.contains("offset \(bytes.count - 2)") == true)
    }
}

@Suite struct CSVTests {
    @Test func titlesQuotedLineEndsAndSumsAreUnderstood() throws {
        let text =
            "五华县登记表,,,\r\n导出时间:2024-03-09,,,\r\n编号, 内\n容 ,时间,人数\r\n"
            .replacingOccurrences(of: " 内\n容 ", with: "\" 内\n容 \"")
            + "1,\"第一行\n第二行,\"\"引号\"\"\",2024-03-05,3\r\n\r\n,,,\r\n2,乙,坏日期,1\r\n"
            + "编号,内容,时间,人数\r\n3,丙,2024-03-07,2\r\n合计,,,6\r\n制表人:样例,,,\r\n"
        let mapped = try Mapped(Array(text.utf8), file: "a.csv")
        #expect(mapped.texts == ["第一行\n第二行,\"引号\"", "丙"])
        let mistake = try #require(mapped.mistakes.first)
        #expect(mapped.mistakes.count == 1)
        #expect(mistake.row == 9)
        #expect(mistake.column == "时间 (time)")
        #expect(mistake.description.contains("a.csv, row 9, column 时间"))
        #expect(mapped.skipped == 5)
    }

    @Test func brokenQuoteSetsOneRowAside() throws {
        let text = "编号,时间,内容,人数\n1,2024-03-05,\"没有收尾,3\n2,2024-03-06,\"甲\"乙,1\n3,2024-03-07,丙,2\n"
        let mapped = try Mapped(Array(text.utf8), file: "a.csv")
        #expect(mapped.mistakes.compactMap(\.row) == [2, 3])
        #expect(mapped.texts == ["丙"])
    }

    @Test func surplusColumnsSetTheRowAside() throws {
        let text = "编号,时间,内容,人数\n1,2024-03-05,甲,乙,3\n2,2024-03-06,丙,1,,\n"
        let mapped = try Mapped(Array(text.utf8), file: "a.csv")
        #expect(mapped.mistakes.map(\.row) == [2])
        #expect(mapped.texts == ["丙"])
    }

    @Test func missingColumnIsNamedWithTheHeadersRow() throws {
        let text = "登记表\n编号,时间,内容\n1,2024-03-05,甲\n"
        let mistake = #expect(throws: Mistake.self) { try Mapped(Array(text.utf8), file: "a.csv") }
        #expect(mistake?.row == 2)
        #expect(mistake?.column == "人数")
    }

    @Test func markedTitleRefusesTheFile() throws {
        let text = "机密★ 登记表\n编号,时间,内容,人数\n1,2024-03-05,甲,1\n"
        let mistake = #expect(throws: Mistake.self) { try Mapped(Array(text.utf8), file: "a.csv") }
        #expect(mistake?.what.contains("机密") == true)
    }

    @Test func markedRowIsSetAsideEvenInAnUnmappedColumn() throws {
        let text = "编号,时间,内容,人数,密级\n1,2024-03-05,甲,1,秘密\n2,2024-03-05,他们秘密开会,1,\n"
        let mapped = try Mapped(Array(text.utf8), file: "a.csv")
        #expect(mapped.mistakes.map(\.row) == [2])
        #expect(mapped.texts == ["他们秘密开会"])
    }

    @Test func overlongRecordAndTooManyColumnsAreBounded() throws {
        let long = "1,2024-03-05," + String(repeating: "长", count: 400_000) + ",1\n"
        let wide = String(repeating: ",", count: 600) + "\n"
        let text = "编号,时间,内容,人数\n" + long + wide + "2,2024-03-05,甲,1\n"
        let mapped = try Mapped(Array(text.utf8), file: "a.csv")
        #expect(mapped.mistakes.map(\.row) == [2, 3])
        #expect(mapped.texts == ["甲"])
    }
}

@Suite struct JSONExportTests {
    @Test func elementsOfAnInnerArrayAreRows() throws {
        let mapping = smallMapping.replacingOccurrences(
            of: "{\"attributes\"",
            with: "{\"rows\": \"data.list\", \"attributes\""
        )
        let text = """
            {"total": 2, "data": {"list": [
              {"编号": 1, "时间": "2024-03-05", "内容": "甲", "人数": null},
              {"编号": "2", "时间": "?", "内容": "乙", "人数": 3}]}}
            """
        let mapped = try Mapped(Array(text.utf8), file: "a.json", mapping: mapping)
        #expect(mapped.items.map(\.ref.id) == ["1"])
        #expect(mapped.mistakes.map(\.row) == [3])
    }

    @Test func wrongLineIsSetAsideAndOthersGoOn() throws {
        let text = """
            {"编号": "1", "时间": "2024-03-05", "内容": "甲", "人数": 2}
            {"编号": "2", "时间": "2024-03-05", "内容": "乙"

            {"编号": "3", "时间": "2024-03-05", "内容": "丙"}
            """
        let mapped = try Mapped(Array(text.utf8), file: "a.jsonl")
        #expect(mapped.texts == ["甲", "丙"])
        #expect(mapped.mistakes.map(\.row) == [2])
    }

    @Test func keyThatNoObjectHasIsRefusedUnlessOptional() throws {
        let text = #"[{"编号": "1", "时间": "2024-03-05", "内容": "甲"}]"#
        let mistake = #expect(throws: Mistake.self) { try Mapped(Array(text.utf8), file: "a.json") }
        #expect(mistake?.column == "人数")
        let mapping = smallMapping.replacingOccurrences(
            of: "{\"attributes\"",
            with: "{\"optional\": [\"人数\"], \"attributes\""
        )
        #expect(try Mapped(Array(text.utf8), file: "a.json", mapping: mapping).texts == ["甲"])
    }

    @Test(arguments: [
        "[1,]", "{\"a\":1,\"a\":2}", "[\"\\ud800\"]", "[01]", "{\"a\"}", "[1] 2", "\"a\nb\"",
    ])
    func brokenJSONIsRefused(text: String) {
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read(Array(text.utf8)[...]) }
    }

    @Test func treeIsWrittenAsItWasRead() throws {
        let text = #"{"b":[1,-2.50e3,"a\"\\\n😀\u0001"],"a":{"x":null,"y":true}}"#
        #expect(try JSONReader.read(Array(text.utf8)[...]).bytes == Array(text.utf8))
    }
}
