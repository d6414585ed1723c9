import Storage
import Testing
import Text

/// Numbers of somebody's in the ways in which people write them, which the client masks and the gate refuses.
@Suite struct PersonalDataTests {
    private static func fullWidth(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { Unicode.Scalar($0.value + 0xFEE0) ?? $0 }
            )
        )
    }

    private static func chinese(_ text: String, _ numerals: String) -> String {
        let numerals = Array(numerals)
        return String(text.map { $0.wholeNumberValue.map { numerals[$0] } ?? $0 })
    }

    private static func broken(_ text: String, by end: String) -> String {
        let middle = text.index(text.startIndex, offsetBy: text.count / 2)
        return text[..<middle] + end + text[middle...]
    }

    /// A mobile number in twelve ways.
    private static func ways(_ number: String) -> [String] {
        [
            number, fullWidth(number), number.map(String.init).joined(separator: " "),
            "\(number.prefix(3))-\(number.dropFirst(3).prefix(4))-\(number.suffix(4))",
            "\(number.prefix(3)) \(number.dropFirst(3).prefix(4)) \(number.suffix(4))",
            "+86\(number)", "86 \(number)", chinese(number, "零一二三四五六七八九"),
            chinese(number, "〇一二三四五六七八九"), chinese(number, "零壹贰叁肆伍陆柒捌玖"),
            "\(number.prefix(3))\n\(number.dropFirst(3))",
            number.map(String.init).joined(separator: "\u{200B}"),
        ]
    }

    @Test func aMobileNumberIsFoundInTwelveWaysOfWritingIt() {
        for seed in UInt64(1)...50 {
            var random = SplitMix64(seed: seed)
            var number = "1" + String(3 + random.next() % 7)
            while number.count < 11 { number += String(random.next() % 10) }
            for (place, way) in Self.ways(number).enumerated() {
                let text = "来电人反映路灯不亮,请回电" + way + ",谢谢"
                #expect(PersonalData.kind(in: text) != nil, "seed \(seed), way \(place): \(way)")
                #expect(Masker().mask(text).contains("[手机]"), "seed \(seed), way \(place)")
            }
        }
    }

    @Test func anIdentityNumberIsFoundInChineseNumeralsAndOverTheEndOfALine() {
        let number = "11010519491231002X"
        #expect(PersonalData.kind(in: "身份证" + number) == .identity)
        #expect(PersonalData.kind(in: "身份证" + Self.fullWidth(number)) == .identity)
        #expect(PersonalData.kind(in: "本人110105\n194912\n31002X反映") == .identity)
        let digits = "110105194912310046"
        #expect(PersonalData.kind(in: Self.chinese(digits, "零一二三四五六七八九")) == .identity)
    }

    @Test func whatIsMaskedHoldsNothingAnyMore() {
        let text = "张某13800138000,粤A12345,身份证11010519491231002X,账号 622202 1234567"
        #expect(PersonalData.kind(in: text) != nil)
        #expect(PersonalData.kind(in: Masker().mask(text)) == nil)
    }

    /// What numbers, plates and names are made of, and what stands between, in any order.
    private static let pieces = [
        "138", "0000", "1", "0", "１", "一", "〇", "陆", "二", "110105", "19491231", "X", "Q", "q", "粤",
        "京", "A", "b1",
        " ", "-", "\u{200B}", ".", "·", "\n", "é", "😀", "𠀀", "电话", "微", "信", "微信", "支付", "宝", "护照",
        "通行", "证",
        "账号", "的", "工资", ",", "。", "号", "@", "com", "元", "，", "（", "）", "+86", "０７５３", "440",
    ]

    @Test func noTextThatTheClientWouldMaskPassesTheGate() {
        var masked = 0
        for seed in UInt64(1)...20_000 {
            var random = SplitMix64(seed: seed)
            let text = (0..<(2 + random.next() % 12)).map { _ in
                Self.pieces[Int(random.next() % UInt64(Self.pieces.count))]
            }.joined()
            let isMasked = Masker().mask(text) != text
            if isMasked { masked += 1 }
            #expect((PersonalData.kind(in: text) != nil) == isMasked, "seed \(seed): \(text)")
        }
        #expect(masked > 500, "too few of the texts hold a number: \(masked)")
    }

    @Test func amountsDatesAndNumeralsOfEverydayStay() {
        let texts = [
            "拖欠工资13800元,共三十二人", "二〇二四年三月五日下午", "第一、二、三、四、五、六栋",
            "一二三四五楼都漏水", "2021年\n2022年\n2023年\n2024年都反映过", "面积12345678平方米",
            "编号为(2024)粤1424民初1234号", "一至六单元,三五成群",
        ]
        for text in texts { #expect(PersonalData.kind(in: text) == nil, "\(text)") }
    }
}
