import Testing
import Text

@Suite struct MaskingTests {
    @Test(arguments: [
        ("电话13800000001。", "电话[手机]。"),
        ("请联系138-0000-0001或138 0000 0002", "请联系[手机]或[手机]"),
        ("１３８００００００１１", "[手机]"),
        ("１３８　００００　０００１找我", "[手机]找我"),
        ("+86 13800000001", "[手机]"),
        ("0086-138-0000-0001", "[手机]"),
        ("8613800000001", "[手机]"),
        ("138\u{200B}0000\u{200B}0001", "[手机]"),
        ("1 3 8 0 0 0 0 0 0 0 1", "[手机]"),
        ("微信同号wx13800000001", "微信同号wx[手机]"),
        ("1.13800000001 2.13800000002", "1.[手机] 2.[手机]"),
        ("住3栋,13800000001.2024年", "住3栋,[手机].2024年"),
        ("13800000001元旦前打", "[手机]元旦前打"),
        ("座机0753-4400002转8", "座机[电话]转8"),
        ("(0753)4400002", "[电话]"),
        ("010 6655 4433", "[电话]"),
        ("家里电话:4400002", "家里电话:[电话]"),
    ])
    func telephonesAreMasked(text: String, masked: String) {
        #expect(Masker().mask(text) == masked)
    }

    @Test(arguments: [
        ("身份证440524188001010014", "身份证[身份证]"),
        ("身份证11010519491231002X号", "身份证[身份证]号"),
        ("11010519491231002x", "[身份证]"),
        ("１１０１０５１９４９１２３１００２Ｘ", "[身份证]"),
        ("110105 19491231 0021", "[身份证]"),
        ("110105-1949-1231-0021", "[身份证]"),
        ("441424680301027", "[身份证]"),
        ("110105194912310021", "[身份证]"),
        ("身份证号:11010519491331002", "身份证号:[身份证]"),
    ])
    func identityNumbersAreMaskedWhateverTheCheckDigit(text: String, masked: String) {
        #expect(Masker().mask(text) == masked)
    }

    @Test(arguments: [
        ("车牌粤M12345违停", "车牌[车牌]违停"),
        ("粤M·D12345", "[车牌]"),
        ("粤Ｍ１２３４５", "[车牌]"),
        ("粤m 12345", "[车牌]"),
        ("粤M1234学", "[车牌]"),
        ("卡号6222000000000000104", "卡号[账号]"),
        ("6222 0000 0000 0000 104", "[账号]"),
        ("银行账号:123456789", "银行账号:[账号]"),
        ("QQ:12345678", "QQ:[账号]"),
        ("加微信 abc_12345 详谈", "加微信 [账号] 详谈"),
        ("邮箱 zhang.san+a@example.com.", "邮箱 [邮箱]."),
        ("ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", "[邮箱]"),
        ("护照E12345678", "护照[证件]"),
    ])
    func platesAccountsAndAddressesOfMailAreMasked(text: String, masked: String) {
        #expect(Masker().mask(text) == masked)
    }

    @Test(arguments: [
        "拖欠2,000元", "第12345号文件", "20240305", "110kV变电站", "拨打12345热线", "441424108",
        "2024年3月5日14时30分", "2024-03-05 14:30:00", "3栋2单元1502房", "安流镇虚竹村12号",
        "《劳动合同法》第30条", "1,234,567.89元", "13800000001元工程款", "￥13800000001",
        "〔2024〕12号", "工单RX240305000101", "工单编号20240305143012345", "东经110.13800000001",
        "13800000001.50元",
        "第13800000001号", "441424 2024-03-05 1430", "2024-03-05 12", "粤A级景区", "云S110kV线",
        "100-199人", "GB/T 2260", "租住A1-203", "合同号HT2024-0012", "400-000-0000热线", "@大家",
        "1998-05-12 1430", "3.1415926535897", "经度115.775004,纬度23.925424", "2022-2023-2024年度",
    ])
    func amountsDatesAndOtherNumbersStay(text: String) {
        #expect(Masker().mask(text) == text)
    }

    @Test func valuesOfTheRowGoWhereverTheyStandLongestFirst() {
        let masker = Masker(values: [
            PersonalValue(kind: .name, text: "欧阳明"),
            PersonalValue(kind: .name, text: "欧阳明月、李四"),
            PersonalValue(kind: .phone, text: "0753-4400002"),
            PersonalValue(kind: .address, text: "广东省梅州市五华县安流镇虚竹村12号"),
        ])
        #expect(
            masker.mask("欧阳明月和欧 阳 明、李四住安流镇虚竹村12号,电话4400002")
                == "[姓名]和[姓名]、[姓名]住[住址],电话[电话]"
        )
        #expect(masker.mask("广东省梅州市五华县安流镇虚竹村１２号") == "[住址]")
    }

    @Test func valuesOfTheRowAreFoundInOtherWidthsAndSpacings() {
        let masker = Masker(values: [
            PersonalValue(kind: .phone, text: "138-0000-0001"),
            PersonalValue(kind: .number, text: "ab12 3456"),
        ])
        #expect(masker.mask("１３８００００　０００１") == "[手机]")
        #expect(masker.mask("号AB123456。") == "号[账号]。")
        #expect(masker.mask("AB1234567") == "AB1234567")
    }

    @Test func wordsThatNameNobodyAreNotMasked() {
        let masker = Masker(values: [
            PersonalValue(kind: .name, text: "匿名"), PersonalValue(kind: .name, text: "市民"),
            PersonalValue(kind: .name, text: "张"), PersonalValue(kind: .name, text: "张*三"),
            PersonalValue(kind: .phone, text: "12345"),
            PersonalValue(kind: .address, text: "安流镇"), PersonalValue(kind: .address, text: ""),
        ])
        let text = "市民匿名来电,张先生经12345热线反映安流镇问题"
        #expect(masker.mask(text) == text)
    }

    @Test func tallyCountsEachKind() {
        var tally = MaskTally()
        let masker = Masker(values: [PersonalValue(kind: .name, text: "李四")])
        _ = masker.mask("李四 13800000001 13800000002", tally: &tally)
        #expect(tally[.name] == 1)
        #expect(tally[.mobile] == 2)
        #expect(tally.total == 3)
    }

    @Test func maskingTwiceChangesNothingMore() {
        let masker = Masker(values: [PersonalValue(kind: .name, text: "李四")])
        let once = masker.mask("李四,手机13800000001,粤M12345,6222000000000000104")
        #expect(masker.mask(once) == once)
    }
}
