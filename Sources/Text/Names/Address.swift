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

    /// The part that names a place by itself: to the end of a road's or village's name, else the
    /// first four characters.
    package static func name(of units: ArraySlice<UInt16>) -> ArraySlice<UInt16> {
        let beginning = units.prefix(5)
        if let end = beginning.dropFirst(2).firstIndex(where: areas.contains) {
            return beginning[...end]
        }
        return units.prefix(4)
    }

    /// How much of a known address stands at the beginning of `text`, 0 when its name does not.
    package static func match(
        _ known: ArraySlice<UInt16>,
        in text: ArraySlice<UInt16>
    ) -> Int {
        var common = 0
        for (one, other) in zip(known, text) {
            guard one == other else { break }
            common += 1
        }
        return common >= name(of: known).count ? common : 0
    }

    /// A key under which the same place is found again: its first three characters.
    package var key: UInt64? {
        guard units.count >= 2 else { return nil }
        return units.prefix(3).reduce(0) { $0 << 16 | UInt64($1) }
    }

    /// Compares with another address of the same town; silence is open.
    package func relation(to right: ArraySlice<UInt16>) -> Relation {
        let left = units[...]
        var common = 0
        let shorter = min(left.count, right.count)
        while common < shorter, left[common] == right[right.startIndex + common] { common += 1 }
        if left.isEmpty || right.isEmpty { return .open }
        if common == shorter { return common >= 2 ? .same : .open }
        let (leftRest, rightRest) = (left.dropFirst(common), right.dropFirst(common))
        if common >= 2, Address.opensWithBuilding(leftRest), Address.opensWithBuilding(rightRest) {
            return .same
        }
        guard common >= 2, let end = left.dropFirst(common - 1).first, Address.areas.contains(end),
            !Address.isUnit(leftRest) || !Address.isUnit(rightRest)
        else { return .different }
        return .open
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

    /// A shop, firm or school stands at the end.
    private static func isUnit(_ units: ArraySlice<UInt16>) -> Bool {
        units.last.map(unitEndings.contains) ?? false
    }

    private static let optional = Phrases([
        "小区", "项目部", "项目", "工地", "有限责任公司", "股份有限公司", "有限公司", "公司", "楼盘",
    ])
    private static let buildingWords = Set(PlainText("栋幢座单号楼层室期区组").units)
    private static let areas = Set(PlainText("路街道巷村社区").units)
    private static let unitEndings = Set(
        PlainText("店馆铺行档庄坊院校园楼家城厂场站所部司堂吧号").units
    )
}
