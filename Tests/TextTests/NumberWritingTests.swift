import Storage
import Testing
import Text

/// Numbers as people write them: apart by points, over the end of a line, with a numeral of a word beside them.
@Suite struct NumberWritingTests {
    @Test(arguments: [
        ("张三13800000001一直打不通", "张三[手机]一直打不通"),
        ("王五一三八零零零零零零零二一直没人接", "王五[手机]一直没人接"),
        ("请打一三八零零零零零零零二一直占线", "请打[手机]一直占线"),
        ("138零零零零0001", "[手机]"),
        ("身份证11010519491231002X一家", "身份证[身份证]一家"),
        ("卡6222000000000000一直没到账", "卡[账号]一直没到账"),
        ("李四110105194912310021八月登记", "李四[身份证]八月登记"),
    ])
    func aNumeralOfAWordBesideTheNumberHidesNothing(text: String, masked: String) {
        #expect(Masker().mask(text) == masked)
    }

    @Test(arguments: [
        ("138.0000.0001", "[手机]"), ("138·0000·0001", "[手机]"), ("1.3.8.0.0.0.0.0.0.0.1", "[手机]"),
        ("135.00000001找我", "[手机]找我"), ("138/0000/0001", "[手机]"),
        ("0753.4400002", "[电话]"), ("010.6655.4433", "[电话]"),
        ("110105.19491231.002X", "[身份证]"), ("110105·1949·1231·002X", "[身份证]"),
        ("4367.0000.0000.0009", "[账号]"), ("2024.138.0000.0001", "2024.[手机]"),
    ])
    func pointsHideNothing(text: String, masked: String) {
        #expect(Masker().mask(text) == masked)
    }

    @Test(arguments: [
        ("138000\n00001", "[手机]"), ("1\n3800000001", "[手机]"), ("138\r\n　　00000001", "[手机]"),
        ("138 00\n00 0001", "[手机]"), ("07534\n400002", "[电话]"), ("11010519491231002\nX", "[身份证]"),
        ("110105194912\n31002X", "[身份证]"), ("43670000\n00000009", "[账号]"),
        ("粤M12\n345", "[车牌]"), ("粤\n　　M12345", "[车牌]"),
        ("13800000001\n13800000002", "[手机]\n[手机]"),
    ])
    func theEndOfALineHidesNothing(text: String, masked: String) {
        #expect(Masker().mask(text) == masked)
    }

    @Test(arguments: [
        ("粤M一二三四五", "[车牌]"), ("粤M壹贰叁肆伍", "[车牌]"), ("粤 M 12345", "[车牌]"),
        ("粤M 1 2 3 4 5 2024年", "[车牌] 2024年"), ("粤-M-D12345", "[车牌]"), ("粤·M·12345", "[车牌]"),
        ("粤M【12345】停在", "[车牌]停在"), ("粤M12345一直停", "[车牌]一直停"), ("津P873KV", "[车牌]"),
        ("0 7 5 3 4 4 0 0 0 0 2", "[电话]"), ("+86 753 4400002", "[电话]"), ("+86-10-66554433", "[电话]"),
        ("+8620 66554433", "[电话]"), ("家里电话440 0002", "家里电话[电话]"), ("010 665 54433", "[电话]"),
        ("6 2 2 2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 4", "[账号]"),
        ("4 3 6 7 0 0 0 0 0 0 0 0 0 0 0 9", "[账号]"), ("436700 0000000009", "[账号]"),
    ])
    func platesLandlinesAndCardsInParts(text: String, masked: String) {
        #expect(Masker().mask(text) == masked)
    }

    @Test(arguments: [
        "2021.05.12-2022.06.30", "192.168.100.200", "3.5/2.1/1.8米", "2024/03/05 14/30",
        "电费:1月120.50\n2月130.60\n3月150.70", "2019\n2020\n2021\n2022\n2023",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20", "湘府路1500号-1600号",
        "第1-2-3-4-5-6-7-8栋", "坐标135.47294192", "经度 138.47294192,30.12345678", "新B1 2 3号楼",
        "浙江A1栋2 3 4 5 6层", "广东粤A1、A2、A3", "20231101\n20231201", "150000\n200000",
        "人口1391000万", "一九九八年一九九九年", "一一一一一一一一", "云S110KV线", "1380000.0001元",
        "一三五七九一三五七九楼",
    ])
    func listsTablesDatesAndMeasuresStay(text: String) {
        #expect(Masker().mask(text) == text)
        #expect(PersonalData.kind(in: text) == nil)
    }

    @Test func aNumberBehindALongTableIsFound() {
        for before in 70...110 {
            let table = (0..<before).map { String(20 + $0 % 60) }.joined(separator: " ")
            let text = table + " 1 3 8 0 0 0 0 0 0 0 1"
            #expect(Masker().mask(text) == table + " [手机]", "\(before) before it")
        }
    }

    /// What is masked once is what the hub looks at: nothing may come to light by what is gone.
    @Test func nothingIsLeftInAnyMixtureOfNumbersAndSeparators() {
        let pieces = [
            "13800000001", "138", "0000", "0001", "一三八", "零零零零", "110105", "19491231", "002X",
            "0753",
            "4400002", "6222", "粤M", "粤", "12345", "1", "2", "86", "+", "(", ")",
        ]
        let gaps = ["", " ", "-", ".", "·", "\n", "\n　　", "  ", "一直", "五", "元"]
        for seed in UInt64(1)...1500 {
            var random = SplitMix64(seed: seed)
            var text = ""
            for _ in 0..<(2 + random.next() % 9) {
                text += pieces[Int(random.next() % UInt64(pieces.count))]
                text += gaps[Int(random.next() % UInt64(gaps.count))]
            }
            let masked = Masker().mask(text)
            #expect(PersonalData.kind(in: masked) == nil, "seed \(seed): \(text) -> \(masked)")
            #expect(
                (masked == text) == (PersonalData.kind(in: text) == nil),
                "seed \(seed): \(text)"
            )
        }
    }
}
