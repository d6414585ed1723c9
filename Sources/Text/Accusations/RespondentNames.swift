/// Whether a unit is the one that is complained of (被反映单位辨认).
///
/// People write 市监局 and 华城镇政府 for 市场监督管理局 and 华城镇人民政府. Who takes too much for the unit hides
/// a matter from one office more; who takes too little shows it to the accused.
package enum RespondentNames {
    /// Names of fewer characters say nothing of a unit.
    private static let charactersMin = 2

    /// Whether a unit of this name is complained of.
    ///
    /// - Parameters:
    ///   - respondent: The field, possibly empty or of several names.
    ///   - title: The heading: counts where it has the unit's whole name.
    ///   - unit: The unit's name, with or without 县 before it.
    /// - Returns: `true` when the accusation is about it.
    package static func names(_ respondent: String, title: String, unit: String) -> Bool {
        let own = core(PlainText(unit, charactersMax: 64).units)
        guard own.count >= charactersMin else { return false }
        if own.count > charactersMin, contains(PlainText(title, charactersMax: 1024).units, own) {
            return true
        }
        let field = PlainText(respondent, charactersMax: 512).units
        if contains(field, own) { return true }
        return field.split(separator: PlainText.wordBreak).contains { part in
            isShort(core(Array(part)), of: own)
        }
    }

    /// A name without the 县 or 市 that it may begin with, and without what stands before it.
    private static func core(_ name: [UInt16]) -> [UInt16] {
        guard let first = name.firstIndex(of: county), first <= 4, name.count - first > 3 else {
            return name
        }
        return Array(name[(first + 1)...])
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

    private static func contains(_ text: [UInt16], _ name: [UInt16]) -> Bool {
        guard text.count >= name.count else { return false }
        return (0...(text.count - name.count)).contains { text[$0...].starts(with: name) }
    }

    private static let county: UInt16 = 0x53BF
}
