package import Domain

/// Rights, roles and the reasons of a verdict as officers read them (权限用语).
package enum RightWords {
    /// `签收` of `acknowledge`.
    package static func title(of right: Right) -> String {
        switch right {
        case .push: "报送"
        case .watch: "订阅"
        case .replay: "回放"
        case .log: "按序号回放"
        case .status: "看运行状态"
        case .alerts: "看预警"
        case .cases: "看类案"
        case .reasons: "看依据"
        case .likely: "查同文"
        case .visits: "看来访"
        case .quarantine: "看待校验"
        case .counts: "看统计"
        case .text: "调阅原文"
        case .life: "查本单位件"
        case .acknowledge: "签收"
        case .edit: "并案拆分"
        case .close: "办结重启"
        case .withdraw: "撤回"
        case .classify: "分类"
        case .assign: "交办"
        case .propose: "提请"
        case .confirmClock: "确认时钟"
        case .subscriptions: "看全部订阅"
        case .configure: "系统设置"
        case .keys: "密钥与授权"
        case .audit: "审计"
        }
    }

    /// `值班员` of `duty_officer`.
    package static func title(of role: Role) -> String {
        switch role {
        case .dutyOfficer: "值班员"
        case .shiftLeader: "带班领导"
        case .jointOffice: "县信联办"
        case .petitionOffice: "信访局"
        case .superior: "上级机关"
        case .agencyContact: "联络员"
        case .discipline: "纪检监察"
        case .personnel: "组织部门"
        case .politicalLegal: "政法单位"
        case .justice: "司法行政"
        case .lawyer: "律师"
        case .analyst: "分析员"
        case .systemAdministrator: "系统管理员"
        case .securityAdministrator: "安全管理员"
        case .auditAdministrator: "审计管理员"
        }
    }

    /// One clause that says why, or why not.
    package static func reason(_ reason: Verdict.Reason) -> String {
        switch reason {
        case .granted: "有授权"
        case .noPost: "未任任何岗位"
        case .notInPost: "任期未到或已满"
        case .roleLacks: "该角色不得为此事"
        case .noGrant: "岗位未获此项授权"
        case .otherLane: "授权属另一通道"
        case .outOfTerm: "授权未生效或已过期"
        case .unitEnded: "单位已撤销,承继未明"
        case .otherDivision: "不在授权辖区"
        case .otherSubject: "不在授权主题"
        case .otherPurpose: "不在授权的信访目的"
        case .recused: "已回避此案"
        }
    }

    /// Of which accusations a yes in the sealed lane holds.
    ///
    /// - Parameters:
    ///   - limits: What the grants show.
    ///   - units: The titles of the units about which nothing is shown.
    /// - Returns: One clause.
    package static func limits(_ limits: Clearance, units: [String]) -> String {
        let competences = limits.competences.map { competences in
            let words = Competence.allCases.filter(competences.contains).map(competence)
            return words.isEmpty ? "无任何检举控告" : "仅限\(words.joined(separator: "、"))的检举控告"
        }
        let texts: [String?] = [
            competences ?? "各类检举控告",
            units.isEmpty ? nil : "反映\(units.joined(separator: "、"))的除外",
            limits.coversUncertain ? nil : "原文已销毁、无从核对的除外",
            "某件某案是否在内,以库内登记为准",
        ]
        return "范围: " + texts.compactMap(\.self).joined(separator: ",")
    }

    /// The identifiers that a case had.
    package static func aliases(_ names: [CaseID]) -> String {
        "本案全部编号: " + names.map(\.text).joined(separator: "、")
    }

    /// There was no log from which a case's other identifiers could be read.
    package static let noAliases = "此处尚无办理记录,只核对了所给编号"

    private static func competence(_ competence: Competence) -> String {
        switch competence {
        case .discipline: "违纪违法"
        case .personnel: "组织人事"
        case .enforcement: "执法监管"
        case .unknown: "主管不明"
        }
    }
}
