import Domain
import Testing
import Wire

@Suite struct ProtocolPutTests {
    @Test(arguments: [
        ("a\nbb\nccc", 3, ["a", "bb", "ccc"]),
        ("a\nbb\n", 2, ["a", "bb"]),
        ("a\n\nb", 3, ["a", "", "b"]),
        ("", 1, [""]),
        ("\n", 1, [""]),
        ("x", 1, ["x"]),
    ])
    func linesAreSplitAtLineFeeds(_ body: String, _ count: Int, _ lines: [String]) throws {
        #expect(try split(body, .lines, count) == lines)
    }

    @Test(arguments: [("a\nb", 1), ("a\nb", 3), ("", 2), ("a\n", 2)])
    func aCountThatDisagreesRefusesTheWhole(_ body: String, _ count: Int) {
        #expect(throws: ProtocolError.self) { try split(body, .lines, count) }
    }

    @Test(arguments: [
        (#"[{"a":1}]"#, [#"{"a":1}"#]),
        (" [ 1 , \"x\" ,\tnull ]\n", ["1", "\"x\"", "null"]),
        (#"[{"a":"]},{["},[[],[1,2]]]"#, [#"{"a":"]},{["}"#, "[[],[1,2]]"]),
        (#"["\"", "\\", "\\\"]"]"#, [#""\"""#, #""\\""#, #""\\\"]""#]),
        (#"[{"a":[1}],3]"#, [#"{"a":[1}]"#, "3"]),
    ])
    func elementsAreFoundWithoutParsingThem(_ body: String, _ elements: [String]) throws {
        #expect(try split(body, .array, elements.count) == elements)
    }

    @Test(arguments: [
        "", " ", "{}", "[", "[]", "[1", "[1,", "[1,]", "[,1]", "[1]]", "[1] x", "[\"a]", "[}]",
        "[1 2]]", "1",
    ])
    func whatIsNoArrayRefusesTheWhole(_ body: String) {
        let error = #expect(throws: ProtocolError.self) { try split(body, .array, 1) }
        #expect(error?.code == .malformedFrame)
    }

    @Test func deepNestingCostsNoStack() throws {
        let deep = String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)
        #expect(try split("[\(deep)]", .array, 1) == [deep])
    }

    @Test func aLieAboutTheCountStopsTheSearch() {
        let body = String(repeating: "1,", count: 100_000)
        #expect(throws: ProtocolError.self) { try split("[\(body)1]", .array, 2) }
        let lines = String(repeating: "\n", count: 100_000)
        #expect(throws: ProtocolError.self) { try split(lines, .lines, 2) }
    }

    @Test func receiptsBeyondTheirBoundsAreMalformed() {
        let good = Sample.frame(.receipts).bytes
        for place in 16..<good.count {
            let short = Frame(.receipts, number: 1) { $0.append(contentsOf: good[16..<place]) }
            #expect(throws: ProtocolError.self) { try Message(short) }
        }
        var status = good
        status[16 + 8 + 8 + 5 + 4] = 4
        #expect(throws: ProtocolError.self) { try Message(decoding: status) }
    }

    private func split(
        _ body: String,
        _ encoding: Put.Encoding,
        _ count: Int
    ) throws -> [String] {
        // Indices of the slice do not begin with 0, as in a frame.
        let bytes = Array("0123456789".utf8) + Array(body.utf8)
        let put = Put(encoding: encoding, count: count, events: bytes[10...])
        return try put.ranges().map { String(decoding: put.events[$0], as: UTF8.self) }
    }
}
