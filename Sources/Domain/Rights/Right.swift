/// One thing that somebody may do at the hub (权限).
///
/// Each message of the protocol needs one of these; `docs/rights.md` has the table. What no grant gives is
/// refused.
package enum Right: String, CaseIterable, Hashable, Sendable {
    /// Send items and lifecycle events (报送).
    case push
    /// Subscribe, fetch what was missed, settle (订阅).
    case watch
    /// Replay the decisions of a span (回放).
    case replay
    /// Name decisions by their numbers in the log (按序号回放).
    case log
    /// Read how the hub is doing (运行状态).
    case status
    /// List and show alerts (看预警).
    case alerts
    /// List and show cases with their items (看类案).
    case cases
    /// Read why items are in their case, and officers' edits (看依据).
    case reasons
    /// Ask what a text would repeat (查同文).
    case likely
    /// List visits with their heads (看来访).
    case visits
    /// Read lines kept aside (看待校验).
    case quarantine
    /// Read totals (看统计).
    case counts
    /// Read the text of an item, with a purpose that is recorded (调阅原文).
    case text
    /// Read the state of one's own items (查本单位件).
    case life
    /// Sign for an alert (签收).
    case acknowledge
    /// Merge, split and move (并案、拆分、移出移入).
    case edit
    /// Close a case or open it again (办结、重启).
    case close
    /// Withdraw an item from the lane (撤回).
    case withdraw
    /// Give an item its purpose, and see which ones have none (待分类).
    case classify
    /// Assign with a deadline (交办): superiors, the joint office and the petition office alone (条例 §22).
    case assign
    /// Propose to a peer (提请).
    case propose
    /// Confirm the wall clock after a step (确认时钟).
    case confirmClock = "confirm_clock"
    /// See everybody's durable subscriptions (看订阅).
    case subscriptions
    /// Change the hub's settings (系统设置).
    case configure
    /// Admit and revoke keys, change grants (密钥与授权).
    case keys
    /// Read and check the audit log (审计).
    case audit
}

extension Command.Action {
    /// What it needs.
    package var right: Right {
        switch self {
        case .acknowledge: .acknowledge
        case .confirmClock: .confirmClock
        case .edit, .undo: .edit
        case .setLife: .close
        case .withdraw: .withdraw
        case .classify: .classify
        }
    }
}

/// What somebody is at the hub (角色): the most that a post can be granted.
package enum Role: String, CaseIterable, Hashable, Sendable {
    /// 值班员.
    case dutyOfficer = "duty_officer"
    /// 带班领导.
    case shiftLeader = "shift_leader"
    /// 县信联办.
    case jointOffice = "joint_office"
    /// 信访局.
    case petitionOffice = "petition_office"
    /// 上级机关.
    case superior
    /// 责任单位、镇街联络员.
    case agencyContact = "agency_contact"
    /// 纪检监察.
    case discipline
    /// 组织部门.
    case personnel
    /// 政法单位.
    case politicalLegal = "political_legal"
    /// 司法行政.
    case justice
    /// 律师, who is consulted and decides nothing.
    case lawyer
    /// 分析员, who sees figures and no item.
    case analyst
    /// 系统管理员.
    case systemAdministrator = "system_administrator"
    /// 安全管理员.
    case securityAdministrator = "security_administrator"
    /// 审计管理员.
    case auditAdministrator = "audit_administrator"

    /// One of the three that no one person may hold together (三员分立, GB/T 22239-2019).
    package var isAdministrator: Bool {
        switch self {
        case .systemAdministrator, .securityAdministrator, .auditAdministrator: true
        default: false
        }
    }

    /// The most that a post of this role may be granted; `docs/rights.md` prints the same.
    package var rights: Set<Right> {
        let reader: Set<Right> = [.watch, .alerts, .cases, .text, .propose]
        let officer = reader.union([.replay, .reasons, .likely, .visits, .counts, .acknowledge])
        switch self {
        case .dutyOfficer:
            return officer.union([.status, .quarantine, .edit, .close, .classify])
        case .shiftLeader: return officer.union([.status, .edit, .close])
        case .jointOffice:
            return officer.union([
                .status, .quarantine, .edit, .close, .assign, .log, .withdraw, .classify,
            ])
        case .petitionOffice: return officer.union([.assign, .classify])
        case .superior: return officer.union([.status, .assign]).subtracting([.propose, .likely])
        case .agencyContact: return reader.union([.replay, .acknowledge, .life])
        case .discipline:
            return officer.union([.status, .quarantine, .edit, .close, .withdraw, .classify])
        case .personnel, .politicalLegal: return reader
        case .justice: return [.watch, .alerts, .cases, .propose]
        case .lawyer: return [.cases, .text]
        case .analyst: return [.counts]
        case .systemAdministrator: return [.status, .subscriptions, .confirmClock, .configure]
        case .securityAdministrator: return [.status, .keys]
        case .auditAdministrator: return [.status, .audit]
        }
    }
}
