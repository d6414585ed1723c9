import Domain
import Testing
import Wire

@Suite struct CanonicalJSONTests {
    /// The numbers of RFC 8785, appendix B: the bits of a double and its text.
    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"), (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"), (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] as [(UInt64, String)]
    )
    func numbersAreWrittenAsECMAScriptWritesThem(bits: UInt64, text: String) {
        let value = JSONValue.number(Double(bitPattern: bits))
        #expect(String(decoding: value.canonicalBytes, as: UTF8.self) == text)
    }

    private func canonical(_ text: String) throws -> String {
        let value = try JSONValue(parsing: text)
        return String(decoding: value.canonicalBytes, as: UTF8.self)
    }

    /// RFC 8785 §3.2.2.
    @Test func literalsNumbersAndStringsTakeTheirOneForm() throws {
        let input = #"""
            {"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
             "literals": [null, true, false]}
            """#
        let output = #"""
            {"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}
            """#
        #expect(try canonical(input) == output)
    }

    /// RFC 8785 §3.2.3: sorted by UTF-16 code units, so the emoji stands before U+FB33.
    @Test func keysAreSortedByTheirUTF16CodeUnits() throws {
        let input = #"""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
             "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",
             "\u00f6":"Latin Small Letter O With Diaeresis"}
            """#
        let keys = try JSONValue(parsing: Array(canonical(input).utf8)).members?.map(\.key)
        #expect(keys == ["\r", "1", "\u{80}", "ö", "€", "😀", "\u{fb33}"])
    }

    @Test func wholeNumbersAboveTwoToTheFiftyThirdAreDoubles() throws {
        #expect(
            try canonical("[9007199254740992,9007199254740993,-9007199254740995]")
                == "[9007199254740992,9007199254740992,-9007199254740996]"
        )
        #expect(try canonical("[-0,-0.0,1.0,100e-2,1e21]") == "[0,0,1,1,1e+21]")
    }

    @Test func theContentOfAnEventIsFourMembersInAnyOrder() throws {
        let first = try JSONValue(
            parsing: #"{"id":"1","type":"t","subject":"s","time":"z","data":{"b":1,"a":[2.0]}}"#
        )
        let second = try JSONValue(
            parsing:
                #"{"data":{"a":[2],"b":1.0},"time":"z","id":"2","subject":"s","type":"t","x":0}"#
        )
        let digest = ContentDigest(contentOf: first)
        #expect(digest == ContentDigest(contentOf: second))
        #expect(
            digest
                == ContentDigest(
                    hashing: Array(
                        #"{"data":{"a":[2],"b":1},"subject":"s","time":"z","type":"t"}"#.utf8
                    )
                )
        )
    }
}
