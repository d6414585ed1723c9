package import Domain

extension Words {
    /// What the hub decided, in one line for an officer who replays a span; alerts have lines of
    /// their own.
    package static func decision(_ content: Decision.Content, names: CountyNames) -> String {
        switch content {
        case .configured(let name, let version):
            return ConfigurationFile.Name(rawValue: name).map {
                "配置生效:\($0.token) (版本 \(hexadecimal(version).prefix(8)))"
            } ?? "立账:第\(version)期"
        case .admitted(let admission): return registration(admission, names)
        case .sameAgain(let ref, _): return "重复报送:\(names.of(ref)),内容相同"
        case .revised(let ref, _, let revision):
            return "更正:\(names.of(ref)),第\(revision)次"
        case .lived(_, let ref, let step): return "办理进展:\(names.of(ref)) \(step)"
        case .quarantined(let number, let agency, let id, let code):
            return "待校验第\(number)号:\(names.of(agency)) \(id) (\(code.text))"
        case .refusedSealed: return "退回限知:1件,内容未留存"
        case .copied(let ref, let of, _):
            return "同文(转来件):\(names.of(ref)),原件 \(names.of(of))"
        case .repeated(let ref, let of):
            return "重复信访:\(names.of(ref)),初件 \(names.of(of))"
        case .caseOpened(let id, _, let founder, let joined, let evidence):
            return "类案立案 \(id.text):\(names.of(founder)) 与 \(names.of(joined)),"
                + likeness(evidence)
        case .caseJoined(let id, _, let joined, let evidence):
            return "并入类案 \(id.text):\(names.of(joined)),\(likeness(evidence))"
        case .caseMerged(let id, _, let absorbed, let evidence):
            return "合并类案 \(id.text):\(absorbed.text) 并入,\(likeness(evidence))"
        case .caseEdited(let editing): return edit(editing, names)
        case .itemMoved(let move):
            let from = move.from.map { "移出 \($0.text)" }
            let to = move.to.map { "移入 \($0.text)" }
            return "\([from, to].compactMap(\.self).joined(separator: "、")):\(names.of(move.item))"
        case .caseLived(let id, _, let life, let officer, _):
            return "类案\(Words.life(life)) \(id.text)"
                + (officer.isEmpty ? ":有新来件" : " (\(officer))")
        case .itemWithdrawn(let ref, _, _, _): return "撤回:\(names.of(ref))"
        case .ruleTried(let id, _, let signal, _, _):
            return "试运行规则 \(id.text):\(reason(AlertNotice.Reason(signal)))"
        case .visited(let report):
            let counts = report.counts ? "" : ",他报"
            return "来访:\(names.of(report.ref)) \(HeadCount(max(0, report.heads)).text)\(counts)"
        case .alertRaised(let alert): return "预警:\(alert.id.text)"
        case .alertChanged(let alert): return "续报:\(alert.id.text)"
        case .alertAcknowledged(let alert, _): return "签收:\(alert.id.text)"
        case .alertOverdue(let alert): return "逾期未签收:\(alert.id.text)"
        case .void(_, let officer, let reason):
            return "指令无效(\(officer)):\(voidReason(reason))"
        case .clockChanged(let change): return clock(change)
        case .observed(let observation, let passed):
            let whose = observation.agency.map { names.of($0) } ?? "枢纽"
            let what =
                observation.isOver
                ? condition(observation.condition) + "已恢复"
                : condition(
                    observation.condition,
                    observation.value,
                    bound: observation.bound,
                    since: observation.since
                )
            return "自检:\(whose) \(what)"
                + (passed.isEmpty
                    ? "" : ",停机补发:\(passed.map(\.text).joined(separator: "、"))")
        case .obeyed(_, let officer): return "指令已执行(\(officer))"
        }
    }

    /// A case's life in one word.
    package static func life(_ life: CaseLife) -> String {
        switch life {
        case .open: "在办"
        case .closed: "办结"
        case .reopened: "重启"
        }
    }

    /// A case's life by its token, which may be `cooling`.
    package static func life(token: String) -> String {
        switch token {
        case "open": life(.open)
        case "closed": life(.closed)
        case "reopened": life(.reopened)
        case "cooling": "趋缓"
        default: token
        }
    }

    /// What officers call an edit, by its token.
    package static func edit(token: String) -> String {
        switch token {
        case "merge": "并案"
        case "split": "拆分"
        case "move": "移案"
        case "undo": "撤销"
        default: token
        }
    }

    private static func edit(_ editing: CaseEditing, _ names: CountyNames) -> String {
        let kind =
            switch editing.kind {
            case .merge: edit(token: "merge")
            case .split: edit(token: "split")
            case .move: edit(token: "move")
            case .undo: edit(token: "undo")
            }
        var line =
            "\(kind) 第\(editing.number)号 \(editing.id.text)"
            + " (\(editing.officer)),\(editing.movedCount)件变动"
        let others = editing.others.map(\.text).joined(separator: "、")
        if !others.isEmpty { line += (editing.kind == .undo ? ",恢复 " : ",涉及 ") + others }
        if editing.followedCount > 0 { line += ",其间并入\(editing.followedCount)件" }
        if !editing.alerts.isEmpty {
            line += ",其间预警 " + editing.alerts.map(\.text).joined(separator: "、")
        }
        return line
    }

    private static func registration(_ admission: Admission, _ names: CountyNames) -> String {
        let kind =
            switch admission.kind {
            case .complaint: "诉求"
            case .sentiment: "舆情"
            case .risk: "排查"
            case .life(let step): step
            }
        var remarks: [String] = []
        if admission.isUrgent { remarks.append("突发") }
        if admission.isLate { remarks.append("补传") }
        if admission.isAhead { remarks.append("时间超前") }
        return "登记:\(kind) \(names.of(admission.ref)) \(names.of(admission.division))"
            + " \(names.of(admission.category))"
            + (remarks.isEmpty ? "" : " (\(remarks.joined(separator: "、")))")
    }

    private static func likeness(_ evidence: Evidence) -> String {
        likeness(
            sharesPlace: evidence.sharesPlace,
            sharesRespondent: evidence.sharesRespondent,
            sharesPerson: evidence.sharesPerson,
            isRelated: evidence.isRelated,
            isSameText: evidence.textPermille >= 950
        )
    }

    private static func voidReason(_ reason: VoidReason) -> String {
        switch reason {
        case .noSuchAlert: voidReason("no_such_alert")
        case .alreadyAcknowledged: voidReason("already_acknowledged")
        case .reportMovedOn: voidReason("report_moved_on")
        case .sameCommandAgain: voidReason("same_command_again")
        case .noStepWaits: voidReason("no_step_waits")
        case .isOver: voidReason("is_over")
        case .noSuchItem: voidReason("no_such_item")
        case .noSuchCase: voidReason("no_such_case")
        case .noSuchEdit: voidReason("no_such_edit")
        case .alreadyUndone: voidReason("already_undone")
        case .alreadySo: voidReason("already_so")
        case .tooManyEdits: voidReason("too_many_edits")
        case .notPermitted: voidReason("not_permitted")
        case .alreadyClassed: voidReason("already_classed")
        }
    }

    /// Sixteen hexadecimal digits.
    static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
