import Storage
import Testing
import Wire

@Suite struct JSONTests {
    private func parse(_ text: String, depthMax: Int = 64) throws -> JSONValue {
        try JSONValue(parsing: text, limits: JSONLimits(bytesMax: 1 << 20, depthMax: depthMax))
    }

    private func error(_ bytes: [UInt8], depthMax: Int = 64) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONValue(
                parsing: bytes,
                limits: JSONLimits(bytesMax: 4096, depthMax: depthMax)
            )
            return nil
        } catch {
            return error
        }
    }

    private func error(_ text: String, depthMax: Int = 64) -> JSONError? {
        error(Array(text.utf8), depthMax: depthMax)
    }

    @Test func valuesOfEveryKindAreRead() throws {
        let value = try parse(
            #" {"b":[1,-2,2.5,1e3,true,false,null],"a":{"文":"字\n\u00e9\ud83d\ude00"},"e":{},"f":[]} "#
        )
        #expect(
            value == [
                "b": [1, -2, .number(2.5), .number(1000), true, false, nil],
                "a": ["文": "字\né😀"], "e": [:], "f": [],
            ]
        )
        #expect(value["a"]?["文"]?.text == "字\né😀")
        #expect(value["b"]?[3]?.int == 1000)
        #expect(value["b"]?[9] == nil)
        #expect(value["nothing"] == nil)
    }

    @Test(arguments: ["1e20", "-9.3e18", "9223372036854775808", "1e19", "18446744073709551615"])
    func aNumberBeyond64BitsIsWrittenSoThatItIsReadBack(text: String) throws {
        let value = try parse(text)
        #expect(try JSONValue(parsing: value.bytes) == value)
        #expect(try JSONValue(parsing: value.prettyText) == value)
    }

    @Test func writtenBytesReadBackAsTheSameValue() throws {
        let value: JSONValue = [
            "k\"\\\u{1}\u{7f}": [
                "\t\r\n\u{8}\u{c}/", .integer(.min), .integer(.max), .number(1e-9),
            ],
            "空": [[:], [], nil, false],
        ]
        #expect(try JSONValue(parsing: value.bytes) == value)
        #expect(try parse(value.prettyText) == value)
        #expect(
            value.line.hasPrefix(#"{"k\"\\\u0001"#)
        )
    }

    @Test func prettyTextIndentsAndKeepsShortListsOnOneLine() {
        let value: JSONValue = ["a": [1, 2], "b": ["c": [["d": nil]]]]
        #expect(
            value.prettyText == """
                {
                  "a": [1, 2],
                  "b": {
                    "c": [
                      {
                        "d": null
                      }
                    ]
                  }
                }
                """
        )
    }

    @Test func wholeNumbersKeepSixtyFourBitsAndMoreBecomesADouble() throws {
        #expect(try parse("9223372036854775807") == .integer(.max))
        #expect(try parse("-9223372036854775808") == .integer(.min))
        #expect(try parse("18446744073709551615") == .number(0x1p64))
        #expect(error("184467440737095516150")?.reason == .numberOutOfRange)
        #expect(error("[1e999]") == JSONError(.numberOutOfRange, offset: 1))
    }

    @Test(arguments: [
        (#"{"a":1,}"#, 7), (#"{"a" 1}"#, 5), ("[1 2]", 3), ("[01]", 2), ("[1.]", 3), ("tru", 3),
        (#"["\x"]"#, 3), ("[\"a\nb\"]", 3), ("{}{}", 2), ("[1", 2), ("nan", 1), ("[+1]", 1),
        (#"{'a':1}"#, 1), ("\"abc", 4), ("[\"\\u12g4\"]", 6),
    ])
    func thePlaceOfAMistakeIsNamed(text: String, offset: Int) {
        let found = error(text)
        #expect(
            found == JSONError(.syntax, offset: offset),
            "\(text): \(String(describing: found))"
        )
    }

    @Test func aKeyTwiceIsRefusedInSmallAndLargeObjects() {
        #expect(error(#"{"a":1,"b":{"c":1,"d":2,"c":3}}"#)?.reason == .duplicateKey("c"))
        let many = (0..<200).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(error("{\(many)}") == nil)
        #expect(error("{\(many),\"k77\":0}")?.reason == .duplicateKey("k77"))
        // The same key written with an escape is the same key.
        #expect(error(#"{"a":1,"\u0061":2}"#)?.reason == .duplicateKey("a"))
    }

    @Test func invalidUTF8AndHalvesOfPairsAreRefused() {
        #expect(error([0x22, 0x61, 0xFF, 0x22]) == JSONError(.notUTF8, offset: 2))
        // An overlong slash, a surrogate in UTF-8, a cut sequence.
        for bytes: [UInt8] in [[0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE4, 0xB8]] {
            #expect(error([0x22] + bytes + [0x22])?.reason == .notUTF8)
        }
        for text in [#""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\u0041""#] {
            #expect(error(text)?.reason == .notUTF8, "\(text)")
        }
    }

    @Test func sizeAndDepthAreBoundedExactly() throws {
        let nested = { (depth: Int) in
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(error(nested(8), depthMax: 8) == nil)
        #expect(error(nested(9), depthMax: 8)?.reason == .tooDeep(depthMax: 8))
        #expect(error(nested(1000), depthMax: 8)?.reason == .tooDeep(depthMax: 8))
        #expect(error(String(repeating: " ", count: 4097))?.reason == .tooLarge(bytesMax: 4096))
        #expect(error("")?.reason == .empty)
        #expect(error(" \n ")?.reason == .empty)
    }

    @Test func oneParserReadsManyTextsAfterAMistake() throws {
        let parser = JSONParser()
        for number in 0..<100 {
            #expect(throws: JSONError.self) { try parser.value(of: Array("{".utf8)) }
            let text = "[\(number),\"\(String(repeating: "长", count: number * 50))\"]"
            #expect(try parser.value(of: Array(text.utf8))[0]?.int == Int64(number))
        }
    }

    /// simdjson and the plain reader that names places must agree on what is JSON.
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func mutatedTextsAreTakenOrRefusedWithAPlace(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let text = Array(
            #"{"id":"甲-1","n":[0,-1.5e3,12345678901,true,null],"t":"a\"\\\u4e2d\ud83d\ude00"}"#.utf8
        )
        let parser = JSONParser()
        for _ in 0..<5000 {
            var bytes = text
            for _ in 0...Int(random.next() % 3) {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes[Int(random.next() % UInt64(bytes.count))], at: place)
                default: bytes.removeLast(min(bytes.count - 1, Int(random.next() % 8)))
                }
            }
            do throws(JSONError) {
                let value = try parser.value(of: bytes)
                // -1.5e3 is written as -1500, so the canonical forms are compared.
                let again = try? parser.value(of: value.bytes)
                #expect(again?.canonicalBytes == value.canonicalBytes, "seed \(seed)")
            } catch {
                let isPlaced = error.offset != nil
                switch error.reason {
                case .duplicateKey, .empty: break
                default: #expect(isPlaced, "seed \(seed): \(error) in \(bytes)")
                }
            }
        }
    }
}
