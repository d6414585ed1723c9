/// A place as a field of its own names it (地址): from the larger to the smaller, without the names
/// of county and town and without words such as 小区 that some write and some leave out.
package struct Address: Equatable, Sendable {
    /// The most characters kept.
    package static let unitsMax = 20

    /// The characters; empty when the field names nothing within a town.
    package let units: [UInt16]

    /// How two addresses stand to each other.
    package enum Relation: Sendable {
        /// One is the other, or a part of it.
        case same
        /// Both lie on one road or in one village; that they are one cannot be told.
        case open
        /// Different places.
        case different
    }

    /// The address in a field; `divisions` are the titles of county and towns.
    package init(_ field: PlainText, divisions: Phrases) {
        var units = field.units.filter { $0 != PlainText.wordBreak }
        while let length = divisions.match(units, at: 0) { units.removeFirst(length) }
        let plain = Address.optional.removed(from: PlainText(units: units))
        self.units = Array(
            plain.units.lazy.filter { $0 != PlainText.wordBreak }.prefix(Address.unitsMax)
        )
    }

    /// An address from characters that were found in a text.
    package init(units: ArraySlice<UInt16>) {
        self.units = Array(units.prefix(Address.unitsMax))
    }

    /// How many characters name the road or village on which the place lies; 0 when it is known
    /// without one.
    package static func areaCount(of units: ArraySlice<UInt16>) -> Int {
        let beginning = units.prefix(5)
        guard var end = beginning.dropFirst(2).firstIndex(where: areas.contains) else { return 0 }
        while end + 1 < units.endIndex, areas.contains(units[end + 1]) { end += 1 }
        return end + 1 - units.startIndex
    }

    /// The part that names a place by itself: the shop, firm or school on a road, else to the end
    /// of a road's or village's name, else the first four characters.
    package static func name(of units: ArraySlice<UInt16>) -> ArraySlice<UInt16> {
        let area = areaCount(of: units)
        let rest = units.dropFirst(area)
        if isUnit(rest) { return withoutBuilding(rest).prefix(unitCharactersMax) }
        return area > 0 ? units.prefix(area) : rest.prefix(4)
    }

    /// The address that a text names right after a town's title: a road or village with the unit
    /// on it, a unit by itself, or what stands before the number of a building; empty without a
    /// known ending.
    package static func opening(of text: ArraySlice<UInt16>) -> ArraySlice<UInt16> {
        let line = text.prefix { $0 != PlainText.wordBreak }.prefix(unitsMax)
        let area = areaCount(of: line)
        if area > 0, !line.prefix(area).contains(where: NameSuffixes.stops.contains) {
            return line.prefix(area + unitCount(at: line.dropFirst(area)))
        }
        let unit = unitCount(at: line)
        if unit > 0 { return line.prefix(unit) }
        for index in line.indices.dropFirst(2).prefix(unitNameMax) {
            if NameSuffixes.stops.contains(line[index]) { break }
            if opensWithBuilding(line[index...]) { return line[..<index] }
        }
        return []
    }

    /// How much of `text`, from its beginning, is a known address: 0 when its name is not there.
    ///
    /// A shop may stand there with or without its road.
    package static func match(
        _ known: ArraySlice<UInt16>,
        in text: ArraySlice<UInt16>
    ) -> Int {
        let name = name(of: known)
        let whole = common(known, text)
        if whole >= name.endIndex - known.startIndex { return whole }
        let alone = common(known[name.startIndex...], text)
        return alone >= name.count ? alone : 0
    }

    /// How much of `text`, from the end of a road's name on, names a shop, firm or school there, or
    /// a spot beside it.
    package static func unitCount(at text: ArraySlice<UInt16>) -> Int {
        var found = 0
        for (count, unit) in text.prefix(unitNameMax).enumerated() {
            if unit == PlainText.wordBreak || NameSuffixes.stops.contains(unit) { break }
            if count >= 2, isUnit(text.prefix(count + 1)) { found = count + 1 }
        }
        let rest = text.dropFirst(found)
        let spot = found > 0 ? spotWords.first { rest.starts(with: $0) } : nil
        return found + (spot?.count ?? 0)
    }

    /// Keys under which the same place is found again: its first three characters, and those of a
    /// unit's own name.
    package static func keys(of units: ArraySlice<UInt16>) -> [UInt64] {
        guard units.count >= 2 else { return [] }
        let name = name(of: units)
        let own = key(units)
        guard name.startIndex > units.startIndex, name.count >= 2 else { return [own] }
        return [own, key(name)]
    }

    private static func key(_ units: ArraySlice<UInt16>) -> UInt64 {
        units.prefix(3).reduce(0) { $0 << 16 | UInt64($1) }
    }

    /// Compares with another address of the same town; silence is open.
    package func relation(to right: ArraySlice<UInt16>) -> Relation {
        if units.isEmpty || right.isEmpty { return .open }
        let (leftArea, rightArea) = (
            Address.areaCount(of: units[...]), Address.areaCount(of: right)
        )
        let (leftUnit, rightUnit) = (units[...].dropFirst(leftArea), right.dropFirst(rightArea))
        // A shop with and without its road.
        if (leftArea == 0) != (rightArea == 0), Address.isUnit(leftUnit), Address.isUnit(rightUnit)
        {
            return Address.relation(leftUnit, rightUnit, area: 0)
        }
        return Address.relation(units[...], right, area: leftArea == rightArea ? leftArea : 0)
    }

    private static func relation(
        _ left: ArraySlice<UInt16>,
        _ right: ArraySlice<UInt16>,
        area: Int
    ) -> Relation {
        let same = common(left, right)
        let (leftRest, rightRest) = (left.dropFirst(same), right.dropFirst(same))
        if leftRest.isEmpty || rightRest.isEmpty {
            guard same >= 2 else { return .open }
            // A road is not the shop that lies on it.
            let isWithin = area == same && (isUnit(leftRest) || isUnit(rightRest))
            return isWithin ? .open : .same
        }
        if same >= 2, opensWithBuilding(leftRest), opensWithBuilding(rightRest) { return .same }
        guard area > 0, same >= area,
            !isUnit(left.dropFirst(area)) || !isUnit(right.dropFirst(area))
        else { return .different }
        return .open
    }

    /// How many characters two runs have in common from the beginning.
    private static func common(_ left: ArraySlice<UInt16>, _ right: ArraySlice<UInt16>) -> Int {
        var count = 0
        for (one, other) in zip(left, right) {
            guard one == other else { break }
            count += 1
        }
        return count
    }

    /// A number of a building, flat or stage follows: two buildings of one estate are one place, two
    /// lines of one bus company are not.
    private static func opensWithBuilding(_ units: ArraySlice<UInt16>) -> Bool {
        var hasDigit = false
        for unit in units {
            guard CharacterTable.isDigit(unit) else {
                return hasDigit && buildingWords.contains(unit)
            }
            hasDigit = true
        }
        return hasDigit
    }

    /// A shop, firm or school stands at the end, whatever the number of its building.
    private static func isUnit(_ units: ArraySlice<UInt16>) -> Bool {
        let name = withoutBuilding(units)
        guard name.count >= 3, let last = name.last, unitEnds.contains(last),
            let endings = unitEndings[last]
        else {
            return false
        }
        return endings.contains { ending in
            name.count >= ending.count + 2 && name.suffix(ending.count) == ending[...]
        }
    }

    /// A unit's name without the number of a building, flat or floor behind it.
    private static func withoutBuilding(_ units: ArraySlice<UInt16>) -> ArraySlice<UInt16> {
        guard let digit = units.dropFirst(2).firstIndex(where: CharacterTable.isDigit) else {
            return units
        }
        return opensWithBuilding(units[digit...]) ? units[..<digit] : units
    }

    /// The characters by which a unit is known.
    private static let unitCharactersMax = 6
    /// The most characters of a shop's name after its road.
    private static let unitNameMax = 9
    private static let optional = Phrases([
        "小区", "项目部", "项目", "工地", "有限责任公司", "股份有限公司", "有限公司", "公司", "楼盘",
    ])
    private static let buildingWords = UnitSet(of: "栋幢座单号楼层室期区组")
    private static let areas = UnitSet(of: "路街道巷村社区")
    /// Endings of shops, firms, schools and buildings by their last character.
    ///
    /// Words where one character would be too common. 公司 is left out of an address, so its trade
    /// may stand last.
    private static let unitEndings = Dictionary(grouping: unitWords) { $0[$0.count - 1] }
    private static let unitEnds = UnitSet(unitEndings.keys)
    private static let unitWords =
        """
        店 馆 庄 坊 楼 城 厂 苑 庭 府 厦 花园 家园 公园 幼儿园 产业园 医院 卫生院 美容院 学院 养老院 学校 驾校 小学 中学 \
        大学 大排档 夜宵档 粥铺 商铺 酒家 茶行 车行 商行 银行 洗车行 广场 市场 石场 农场 牧场 养殖场 加油站 车站 诊所 派出所 \
        卫生所 门诊部 网吧 酒吧 中心 超市 健身房 药房 托管班 培训班
        """
        .split(separator: " ").map { PlainText(String($0)).units } + NameSuffixes.trades
    /// What makes a spot on the road of the unit before it.
    private static let spotWords =
        "门口 门前 门外 对面 旁 前 后 外 下 边 附近 隔壁 路口"
        .split(separator: " ").map { PlainText(String($0)).units }
}
