package import Domain

/// The divisions of a county for `liandong init` (行政区划), built in or from a CSV file.
package enum TownList {
    /// The county that the repository ships as an example: 五华县 with its 16 towns.
    package static let example = register(
        county: "441424",
        title: "五华县",
        towns: [
            ("100", "水寨镇"), ("101", "河东镇"), ("103", "转水镇"), ("104", "华城镇"),
            ("106", "岐岭镇"), ("108", "潭下镇"), ("109", "长布镇"), ("111", "周江镇"),
            ("113", "横陂镇"), ("117", "郭田镇"), ("118", "双华镇"), ("120", "安流镇"),
            ("121", "棉洋镇"), ("125", "梅林镇"), ("126", "华阳镇"), ("127", "龙村镇"),
        ]
    )

    /// The divisions of a county when nobody gives a list: the example's, else the bare county.
    package static func standard(county: Division) -> DivisionRegister {
        if county == example.county { return example }
        return DivisionRegister(county: county, countyTitle: "县\(county.code)", towns: [])
    }

    /// Reads lines `code,name`, townships with 9 digits.
    ///
    /// A line with the county's own 6 digits gives its name; a first line without a code is a
    /// heading. Throws all mistakes.
    package static func read(
        file: String,
        county: Division
    ) throws(SettingsError) -> DivisionRegister {
        try read(text: try FileText.read(file), name: file, county: county)
    }

    /// Reads a text; `name` stands in messages.
    package static func read(
        text: String,
        name: String,
        county: Division
    ) throws(SettingsError) -> DivisionRegister {
        var register = standard(county: county)
        register.towns = []
        var mistakes: [SettingsMistake] = []
        let body = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        let lines = body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map { cell in
                cell.trimming { $0 == " " || $0 == "\t" || $0 == "\"" }
            }
            if cells.allSatisfy(\.isEmpty) { continue }
            let division = Division(code: String(cells[0]))
            if division == nil, index == 0 { continue }
            func fault(_ problem: String, _ remedy: String) {
                mistakes.append(
                    SettingsMistake(
                        file: name,
                        line: index + 1,
                        problem: problem,
                        remedy: remedy
                    )
                )
            }
            guard let division, cells.count == 2, (1...96).contains(cells[1].utf8.count) else {
                fault("is no line “code,name”", "write for example 441424120,安流镇")
                continue
            }
            if division.county != county {
                fault("\(division.code) does not lie in \(county.code)", "take the line out")
            } else if !division.isTownship {
                register.countyTitle = String(cells[1])
            } else if register.towns.contains(where: {
                $0.division == division || $0.title == cells[1]
            }) {
                fault("has a code or name that stands above already", "keep one")
            } else {
                register.towns.append(
                    DivisionRegister.Town(division: division, title: String(cells[1]))
                )
            }
        }
        if mistakes.isEmpty, register.towns.isEmpty {
            mistakes.append(
                SettingsMistake(
                    file: name,
                    problem: "names no township",
                    remedy: "write one line “code,name” each, for example 441424120,安流镇"
                )
            )
        }
        if !mistakes.isEmpty { throw SettingsError(mistakes) }
        return register
    }

    private static func register(
        county: String,
        title: String,
        towns: [(digits: String, title: String)]
    ) -> DivisionRegister {
        guard let division = Division(code: county) else {
            preconditionFailure("\(county) is a code")
        }
        return DivisionRegister(
            county: division,
            countyTitle: title,
            towns: towns.map { town in
                guard let division = Division(code: county + town.digits) else {
                    preconditionFailure("\(county + town.digits) is a code")
                }
                return DivisionRegister.Town(division: division, title: town.title)
            }
        )
    }
}

extension Substring {
    /// Without such characters at both ends.
    fileprivate func trimming(_ isLoose: (Character) -> Bool) -> Substring {
        var rest = drop(while: isLoose)
        while let last = rest.last, isLoose(last) { rest.removeLast() }
        return rest
    }
}
