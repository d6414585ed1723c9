/// Finds accusations of those who keep the lanes themselves (对通道管理者的检举).
///
/// Who is accused must not be the one who receives it: of 信联办, 信访局, 纪检 or an administrator the superior
/// alone may learn.
package enum LaneKeepers {
    private static let keepers = words(
        """
        信联办 联动办 信访局 信访办 信访中心 联席会议办公室 联席办 纪委 监委 监察委 纪检 纪监 \
        巡察办 系统管理员 安全管理员 审计管理员 平台管理员
        """
    )
    private static let posts = words(
        "书记 副书记 主任 副主任 局长 副局长 常委 干部 领导 人员 工作人员 科长 组长 负责人"
    )

    /// Whether the respondent is one who keeps the lanes.
    ///
    /// The respondent counts wherever it is named. A title counts where there is none, and only with a post behind
    /// the unit's name: 向纪委举报 names whom the writer trusts.
    ///
    /// - Parameters:
    ///   - respondent: The unit or person complained of, possibly empty.
    ///   - title: The heading, possibly empty.
    /// - Returns: `true` when the superior alone may receive it.
    package static func areAccused(respondent: String, title: String) -> Bool {
        let named = PlainText(respondent, charactersMax: 512).characters
        if !named.isEmpty {
            return named.indices.contains { start in
                keepers.contains { named[start...].starts(with: $0) }
            }
        }
        let heading = PlainText(title, charactersMax: 1024).characters
        return heading.indices.contains { start in
            keepers.contains { keeper in
                guard heading[start...].starts(with: keeper) else { return false }
                let rest = heading[(start + keeper.count)...]
                return posts.contains { rest.starts(with: $0) }
            }
        }
    }

    private static func words(_ list: String) -> [[UInt16]] {
        list.split(whereSeparator: \.isWhitespace).map { PlainText(String($0)).units }
    }
}
