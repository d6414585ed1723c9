package import Domain

/// `agencies.yaml`, `categories.yaml` and `divisions.yaml`: the county's registers (名录).
enum RegisterCodec {
    private static let purposes = Purpose.allCases.map { (word: $0.rawValue, value: $0) }

    static func agencies(_ node: ConfigurationNode) -> AgencyRegister? {
        guard let table = node.table(keys: ["agencies"]),
            let list = table.required("agencies")?.elements(count: 1...512)
        else { return nil }
        let agencies = list.map { agency($0) }
        refuseEqual(agencies.map { $0?.id.name }, in: list, key: "name")
        refuseEqual(agencies.map { $0?.title }, in: list, key: "title")
        refuseEqual(agencies.map { $0?.visitRank }, in: list, key: "visit_rank")
        guard agencies.allSatisfy({ $0 != nil }) else { return nil }
        return AgencyRegister(agencies: agencies.compactMap { $0 })
    }

    private static func agency(_ node: ConfigurationNode) -> AgencyRegister.Agency? {
        let keys = ["name", "title", "registers_petitions", "visit_rank", "default_purpose"]
        guard let table = node.table(keys: keys) else { return nil }
        let id = table.required("name")?.parsed(
            "is no name of an agency",
            "use 1 to 32 of a-z, 0-9 and -, beginning with a letter"
        ) { AgencyID(name: $0) }
        let title = table.required("title")?.text(bytesMax: 96)
        let registers = table.required("registers_petitions")?.flag()
        let rank = table.required("visit_rank")?.integer(in: 1...1000)
        let purpose = table.required("default_purpose")?.choice(purposes)
        guard let id, let title, let registers, let rank, let purpose else { return nil }
        return AgencyRegister.Agency(
            id: id,
            title: title,
            registersPetitions: registers,
            visitRank: rank,
            defaultPurpose: purpose
        )
    }

    static func categories(_ node: ConfigurationNode) -> CategoryRegister? {
        guard let table = node.table(keys: ["categories"]),
            let list = table.required("categories")?.elements(count: 1...2000)
        else { return nil }
        let entries = list.map { category($0) }
        refuseEqual(entries.map { $0?.category.key }, in: list, key: "key")
        guard entries.allSatisfy({ $0 != nil }) else { return nil }
        if !entries.contains(where: { $0?.category == .unknown }) {
            table.required("categories")?.fault(
                "lacks \(Category.unknown.key), the class of what nobody classed",
                "add it"
            )
        }
        return CategoryRegister(titles: entries.compactMap { $0 })
    }

    private static func category(_ node: ConfigurationNode) -> CategoryRegister.Entry? {
        guard let table = node.table(keys: ["key", "title"]) else { return nil }
        let category = table.required("key")?.parsed(
            "is no key of a class",
            "use two words of a-z, 0-9, - and _ with a point between them, as labour.wages"
        ) { Category(key: $0) }
        let title = table.required("title")?.text(bytesMax: 96)
        guard let category, let title else { return nil }
        return CategoryRegister.Entry(category: category, title: title)
    }

    static func divisions(_ node: ConfigurationNode) -> DivisionRegister? {
        guard let table = node.table(keys: ["county", "towns"]) else { return nil }
        let county = table.required("county").flatMap { division($0, digits: 6) }
        let list = table.required("towns", "add it; an empty list is written []")?
            .elements(count: 0...999)
        let towns = list.map { $0.map { division($0, digits: 9) } }
        if let list, let towns {
            refuseEqual(towns.map { $0?.division.number }, in: list, key: "code")
            refuseEqual(towns.map { $0?.title }, in: list, key: "title")
        }
        guard let county, let list, let towns, towns.allSatisfy({ $0 != nil }) else { return nil }
        for (node, town) in zip(list, towns) {
            guard let town, town.division.county != county.division else { continue }
            node.list.add(
                node.path.key("code"),
                "\(town.division.code) does not lie in county \(county.division.code)",
                "begin it with \(county.division.code)"
            )
        }
        return DivisionRegister(
            county: county.division,
            countyTitle: county.title,
            towns: towns.compactMap { $0 }
        )
    }

    /// A code, quoted or not, and a name.
    private static func division(
        _ node: ConfigurationNode,
        digits: Int
    ) -> DivisionRegister.Town? {
        guard let table = node.table(keys: ["code", "title"]) else { return nil }
        let code = table.required("code").flatMap { DivisionText.read($0, digits: digits) }
        let title = table.required("title")?.text(bytesMax: 96)
        guard let code, let title else { return nil }
        return DivisionRegister.Town(division: code, title: title)
    }

    static func refuseEqual<Key: Equatable>(
        _ keys: [Key?],
        in list: [ConfigurationNode],
        key: String
    ) {
        for (index, value) in keys.enumerated() {
            guard let value, let first = keys.firstIndex(of: value), first < index else { continue }
            list[index].list.add(
                list[index].path.key(key),
                "\(value) stands also at \(list[first].path)",
                "keep one, or give this one another \(key)"
            )
        }
    }
}

extension RegisterCodec {
    static func encode(_ register: AgencyRegister) -> JSONValue {
        let agencies = register.agencies.map { agency in
            JSONValue.object(present: [
                "name": .string(agency.id.name),
                "title": .string(agency.title),
                "registers_petitions": .bool(agency.registersPetitions),
                "visit_rank": .integer(Int64(agency.visitRank)),
                "default_purpose": .string(agency.defaultPurpose.rawValue),
            ])
        }
        return ["agencies": .array(agencies)]
    }

    static func encode(_ register: CategoryRegister) -> JSONValue {
        let entries = register.titles.map { entry -> JSONValue in
            ["key": .string(entry.category.key), "title": .string(entry.title)]
        }
        return ["categories": .array(entries)]
    }

    static func encode(_ register: DivisionRegister) -> JSONValue {
        let towns = register.towns.map { town -> JSONValue in
            ["code": .string(town.division.code), "title": .string(town.title)]
        }
        let county: JSONValue = [
            "code": .string(register.county.code), "title": .string(register.countyTitle),
        ]
        return ["county": county, "towns": .array(towns)]
    }
}

/// Division codes in configuration files, which people write with and without quotes.
package enum DivisionText {
    /// A code of 6 digits for a county or 9 for a township.
    package static func read(_ node: ConfigurationNode, digits: Int) -> Division? {
        let text = node.value.text ?? node.value.int.map(String.init)
        if let text, text.utf8.count == digits, let division = Division(code: text),
            !division.isUnknown, division.isTownship == (digits == 9)
        {
            return division
        }
        node.fault(
            text.map { "“\($0.prefix(20))” is no code" } ?? "is \(node.value.kindName)",
            digits == 6
                ? "write the 6 digits of the county (GB/T 2260), as \"441424\""
                : "write the 9 digits of the township (GB/T 10114), as \"441424120\""
        )
        return nil
    }
}
