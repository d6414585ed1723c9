/// Whether a unit is the one that is complained of (被反映单位辨认).
///
/// People write 市监局 and 华城镇政府 for 市场监督管理局 and 华城镇人民政府, with a person or an office behind it. Who
/// takes too much for the unit hides a matter from one office more; who takes too little shows it to the accused.
package enum RespondentNames {
    /// Whether a unit of this name is complained of.
    ///
    /// - Parameters:
    ///   - respondent: The field, possibly empty or of several names.
    ///   - title: The heading: counts where it has the unit's whole name, and a short one where it accuses it.
    ///   - unit: The unit's name, with or without 县 before it.
    /// - Returns: `true` when the accusation is about it.
    package static func names(_ respondent: String, title: String, unit: String) -> Bool {
        let forms = UnitForms(unit)
        return forms.stand(inField: respondent) || forms.stand(inTitle: title)
            || ChargedTitle(title).accuses { forms.ranges(in: $0) }
    }
}

/// What a unit is called by whoever complains of it (单位名称与简称).
struct UnitForms: Sendable {
    /// Its whole names, each of which may be shortened.
    private let whole: [[UInt16]]
    /// The place that it governs: 华城镇 of 华城镇人民政府.
    private let seats: [[UInt16]]

    /// Names of fewer characters say nothing of a unit.
    private static let charactersMin = 2
    /// Shorter ones count alone, and not within other words.
    private static let charactersWithinMin = 3

    init(_ unit: String) {
        let own = PlainText(unit, charactersMax: 64).units
        // 县政数局(12345): what stands in brackets is left out as well.
        let bare = Array(own.prefix(while: { $0 != PlainText.wordBreak }))
        var whole: [[UInt16]] = []
        for name in [own, bare].map(UnitForms.core) {
            for form in [name, UnitForms.withoutCommittee(name)]
            where form.count >= UnitForms.charactersMin && !whole.contains(form) {
                whole.append(form)
            }
        }
        self.whole = whole
        seats = UnitForms.governed(UnitForms.core(bare))
    }

    /// Whether it stands in the field that says who is complained of.
    func stand(inField respondent: String) -> Bool {
        let field = PlainText(respondent, charactersMax: 512).units
        if whole.contains(where: { field[...].holds(anyOf: [$0]) }) { return true }
        if !ranges(in: field).isEmpty { return true }
        return field.split(separator: PlainText.wordBreak).contains { part in
            let short = UnitForms.core(Array(part))
            return whole.contains { UnitForms.isShort(short, of: $0) }
        }
    }

    /// Whether a title has its whole name.
    func stand(inTitle title: String) -> Bool {
        let heading = PlainText(title, charactersMax: 1024).units[...]
        return heading.holds(anyOf: whole.filter { $0.count >= UnitForms.charactersWithinMin })
    }

    /// Where it stands in a text by a whole name, the name of its place or a short one, of three characters at least.
    func ranges(in text: [UInt16]) -> [Range<Int>] {
        let names = (whole + seats).filter { $0.count >= UnitForms.charactersWithinMin }
        var found: [Range<Int>] = []
        for start in text.indices {
            let rest = text[start...]
            for name in names where rest.starts(with: name) {
                found.append(start..<(start + name.count))
            }
            for name in whole { found += UnitForms.shortForms(of: name, at: rest) }
        }
        return found
    }

    /// The short forms of a name with which a text begins.
    private static func shortForms(
        of name: [UInt16],
        at text: ArraySlice<UInt16>
    ) -> [Range<Int>] {
        guard text.first == name.first else { return [] }
        var found: [Range<Int>] = []
        var rest = name[...]
        for (offset, character) in text.enumerated() {
            guard let place = rest.firstIndex(of: character) else { break }
            rest = rest[(place + 1)...]
            if offset + 1 >= charactersWithinMin, character == name.last {
                found.append(text.startIndex..<(text.startIndex + offset + 1))
            }
        }
        return found
    }

    /// A short form: the same first and last character, and those between in their order.
    private static func isShort(_ short: [UInt16], of name: [UInt16]) -> Bool {
        guard short.count >= charactersMin, short.first == name.first, short.last == name.last
        else {
            return false
        }
        var rest = name[...]
        for character in short {
            guard let place = rest.firstIndex(of: character) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }

    /// A name without the 县 that it may begin with, and without what stands before it.
    private static func core(_ name: [UInt16]) -> [UInt16] {
        guard let first = name.firstIndex(of: county), first <= 4, name.count - first > 3 else {
            return name
        }
        return Array(name[(first + 1)...])
    }

    /// 组织部 for 委组织部, which is what 县 leaves of 县委组织部; 办公室 alone would be anybody's.
    private static func withoutCommittee(_ name: [UInt16]) -> [UInt16] {
        guard name.first == committee, name.count > charactersWithinMin,
            !name[...].ends(with: office)
        else { return name }
        return Array(name.dropFirst())
    }

    /// The township, village or quarter whose authority this is.
    private static func governed(_ name: [UInt16]) -> [[UInt16]] {
        authorities.filter { name[...].ends(with: $0) }.compactMap { authority in
            let place = name.dropLast(authority.count)
            let isPlace = levels.contains { place.ends(with: $0) }
            return isPlace && place.count >= charactersWithinMin ? Array(place) : nil
        }
    }

    private static let county: UInt16 = 0x53BF
    private static let committee: UInt16 = 0x59D4
    private static let office = PlainText("办公室").units
    private static let levels = ["镇", "乡", "街道", "村", "社区"].map { PlainText($0).units }
    private static let authorities = [
        "人民政府", "政府", "党委", "党工委", "委员会", "办事处", "村民委员会", "民委员会", "居民委员会", "村委会", "居委会",
        "党支部", "党总支",
    ].map { PlainText($0).units }
}
