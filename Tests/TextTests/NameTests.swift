import Testing
import Text

@Suite struct NameTests {
    private func names(_ text: String) -> [Name] { NameFinder.names(in: PlainText(text), max: 16) }

    @Test(arguments: [
        ("家住金碧花园三栋", NameKind.estate), ("我们在福兴村", .village), ("解放大道积水", .road),
        ("鑫达建材有限公司欠薪", .firm), ("育才小学门口", .school), ("坐3号线上班", .line),
        ("位于A3区的路口", .district), ("安流镇", .town),
    ]) func nameIsKnownByItsEnding(text: String, kind: NameKind) {
        #expect(names(text).map(\.kind) == [kind], "\(text)")
    }

    @Test(arguments: ["农村道路难走", "这个小区停电", "马路对面", "路面破损", "物业公司不管"])
    func generalWordIsNoName(text: String) {
        #expect(names(text).isEmpty, "\(text)")
    }

    @Test func wordsOfTradeDoNotTellFirmsApart() {
        #expect(names("鑫达建材有限公司") == names("鑫达公司"))
        #expect(names("鑫达公司") != names("宏达公司"))
    }

    @Test func townEndsTheLeftSideOfAName() {
        #expect(names("安流镇福兴村").contains { names("福兴村").contains($0) })
        #expect(Name.town(title: "安流镇") == names("在安流镇").first)
    }

    @Test func slipOfThePenResemblesTheName() throws {
        let one = try #require(names("中茂商城").first)
        let other = try #require(names("中贸商城").first)
        let third = try #require(names("万国商城").first)
        #expect(one.resembles(other))
        #expect(!one.resembles(third))
    }
}

@Suite struct AddressTests {
    private let divisions = Phrases(["五华县", "安流镇", "水寨镇"])

    private func address(_ field: String) -> Address {
        Address(PlainText(field), divisions: divisions)
    }

    private func relation(_ left: String, _ right: String) -> Address.Relation {
        address(left).relation(to: address(right).units[...])
    }

    @Test(arguments: [
        ("五华县安流镇金碧花园小区3栋", "金碧花园"), ("金碧花园3栋", "金碧花园12栋"),
        ("水寨镇骏达大厦项目", "骏达大厦工地"), ("鑫达电子有限公司", "鑫达电子"), ("福兴村老屋", "福兴村"),
    ]) func partOrBuildingOfAPlaceIsTheSame(left: String, right: String) {
        #expect(relation(left, right) == .same, "\(left) \(right)")
        #expect(relation(right, left) == .same, "\(left) \(right)")
    }

    @Test(arguments: [
        ("金碧花园", "金碧华庭"), ("金碧花园", "锦绣花园"), ("水寨10路公交", "水寨14路公交"),
    ]) func otherNameIsAnotherPlace(left: String, right: String) {
        #expect(relation(left, right) == .different, "\(left) \(right)")
    }

    @Test func corneredRoadAndSilenceAreOpen() {
        #expect(relation("解放路桥头", "解放路车站旁") == .open)
        #expect(relation("", "解放路") == .open)
        #expect(relation("安流镇", "解放路") == .open)
    }

    @Test func knownAddressIsFoundInAText() {
        let known = address("解放路客家饭店")
        let text = PlainText("解放路客家饭店排烟").characters
        #expect(Address.match(known.units[...], in: text[...]) == known.units.count)
        #expect(Address.match(known.units[...], in: PlainText("解放台").characters[...]) == 0)
    }
}
