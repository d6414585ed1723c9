package import Domain

/// The list for handing over as it is printed and signed (离岗移交清单).
package enum HandoverWords {
    package static let none = "无"
    package static let posts = "岗位"
    package static let keys = "密钥"
    package static let alerts = "经手未解除的预警(留在岗位,由接任者续办)"
    package static let recusals = "回避(接任者如有利害关系,须另行登记)"
    package static let undone = "待办"
    package static let signatures = "移交人            接交人            监交人            年    月    日"

    package static func title(_ officer: String, at time: Timestamp) -> String {
        "离岗移交清单  \(officer)  \(Words.moment(time))"
    }

    /// One post: where, as what, until when, and who comes behind.
    package static func post(_ held: HandoverList.Held, unit: String) -> String {
        let role = RightWords.title(of: held.post.role) + (held.isDeputy ? ",代班" : "")
        let end = held.until.map { "至 \(Words.moment($0))" } ?? "未写终止"
        let behind = held.successors.isEmpty ? "空缺" : held.successors.joined(separator: "、")
        let next = held.isDeputy ? "" : ";接任 \(behind)"
        return "\(held.post.title)(\(held.post.name)) \(unit) \(role);\(end)\(next)"
    }

    package static func key(_ fingerprint: String, until: Timestamp?) -> String {
        "\(fingerprint)  " + (until.map { "至 \(Words.moment($0)) 停用" } ?? "未定停用")
    }

    package static func recusal(_ recusal: Recusal) -> String {
        "\(recusal.matter)  \(recusal.reason)"
    }

    package static func noEnd(_ post: String) -> String {
        "岗位 \(post): 在 grants.yaml 的 holders 里写明终止时间"
    }

    package static func noSuccessor(_ post: String) -> String {
        "岗位 \(post): 在 grants.yaml 的 holders 里写明接任者"
    }

    package static func keyStays(_ fingerprint: String, _ officer: String) -> String {
        "密钥 \(fingerprint): 离岗时停用,liandong keys revoke \(officer)"
    }
}
