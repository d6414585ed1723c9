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
        if area > 0, !isUnit(rest) { return units.prefix(area) }
        return rest.prefix(4)
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

    /// How much of `text`, from the end of a road's name on, names a shop, firm or school there.
    package static func unitCount(at text: ArraySlice<UInt16>) -> Int {
        var found = 0
        for (count, unit) in text.prefix(unitNameMax).enumerated() {
            if unit == PlainText.wordBreak || NameSuffixes.stops.contains(unit) { break }
            if count >= 2, isUnit(text.prefix(count + 1)) { found = count + 1 }
        }
        return found
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
        let (leftArea, rightArea) = (Address.areaCount(of: units[...]), Address.areaCount(of: right))
        let (leftUnit, rightUnit) = (units[...].dropFirst(leftArea), right.dropFirst(rightArea))
        // A shop with and without its road.
        if (leftArea == 0) != (rightArea == 0), Address.isUnit(leftUnit), Address.isUnit(rightUnit) {
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
        var name = units
        while let last = name.last,
            CharacterTable.isDigit(last) || CharacterTable.isLetter(last)
                || buildingWords.contains(last)
        {
            name = name.dropLast()
        }
        guard name.count >= 2, let last = name.last else { return false }
        return unitEndings.contains(last)
            || unitWords.contains { name.suffix($0.count) == $0[...] }
    }

    /// The most characters of a shop's name after its road.
    private static let unitNameMax = 9
    private static let optional = Phrases([
        "小区", "项目部", "项目", "工地", "有限责任公司", "股份有限公司", "有限公司", "公司", "楼盘",
    ])
    private static let buildingWords = Set(PlainText("栋幢座单号楼层室期区组").units)
    private static let areas = Set(PlainText("路街道巷村社区").units)
    private static let unitEndings = Set(
        PlainText("店馆铺行档庄坊院校园楼家城厂场站所部司堂吧苑庭府厦").units
    )
    /// Longer endings of units; 公司 is left out of an address, so its trade may stand last.
    private static let unitWords =
        ["中心", "超市", "小学", "中学", "大学", "健身房", "药房", "厨房", "托管班", "培训班", "幼儿班"]
        .map { PlainText($0).units } + NameSuffixes.trades
}
