/// Finds accusations of those who keep the lanes themselves (对通道管理者的检举).
///
/// Who is accused must not be the one who receives it: of 信联办, 信访局, 纪检 or an administrator the superior
/// alone may learn. An agency's client knows the words that hold in every county; the hub also knows how the county's
/// own keepers are called.
package struct LaneKeepers: Sendable {
    /// By the words that hold in every county alone.
    package static let standard = LaneKeepers(units: [])

    private let units: [UnitForms]

    /// Those of the words, and of a county.
    ///
    /// - Parameter units: The names of units that keep the lanes, former names among them.
    package init(units: [String]) { self.units = units.map { UnitForms($0) } }

    /// Whether one who keeps the lanes is accused.
    ///
    /// The respondent counts wherever it is named. A title counts where it accuses it, whatever the respondent says:
    /// 举报纪委书记李某 does, 向纪委举报 names whom the writer trusts.
    ///
    /// - Parameters:
    ///   - respondent: The unit or person complained of, possibly empty.
    ///   - title: The heading, possibly empty.
    /// - Returns: `true` when the superior alone may receive it.
    package func areAccused(respondent: String, title: String) -> Bool {
        if LaneKeepers.accused(LaneKeepers.keepers, respondent, title) { return true }
        guard !units.isEmpty else { return false }
        let heading = ChargedTitle(title)
        return units.contains { unit in
            unit.stand(inField: respondent) || heading.accuses { unit.ranges(in: $0) }
        }
    }

    /// Whether 纪检监察 is accused, by the words that hold in every county.
    ///
    /// - Parameters:
    ///   - respondent: The unit or person complained of, possibly empty.
    ///   - title: The heading, possibly empty.
    /// - Returns: `true` when no discipline office may receive it.
    package static func isDisciplineAccused(respondent: String, title: String) -> Bool {
        accused(discipline, respondent, title)
    }

    private static func accused(
        _ words: [[UInt16]],
        _ respondent: String,
        _ title: String
    ) -> Bool {
        let named = PlainText(respondent, charactersMax: 512).characters[...]
        if named.holds(anyOf: words) { return true }
        return ChargedTitle(title).accuses { clause in
            clause.indices.flatMap { start in
                words.filter { clause[start...].starts(with: $0) }
                    .map { start..<(start + $0.count) }
            }
        }
    }

    private static let discipline = words(
        "纪律检查 纪检 纪监 纪委 纪工委 监察委 监委 派驻监察 派出监察 巡察办 巡察组 巡察工作"
    )
    private static let keepers =
        discipline
        + words(
            """
            信联办 联动办 信访局 信访办 信访中心 信访接待中心 信访服务中心 来访接待中心 信访工作联席会议 联席会议办公室 联席办 \
            系统管理员 安全管理员 审计管理员 平台管理员 安全保密管理员 安全保密员 安全审计员
            """
        )

    private static func words(_ list: String) -> [[UInt16]] {
        list.split(whereSeparator: \.isWhitespace).map { PlainText(String($0)).units }
    }
}
