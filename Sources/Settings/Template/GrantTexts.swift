import Domain

extension CountyTemplate {
    /// `grants.yaml` of a new folder: what one officer and the agencies may, and posts that nobody holds yet.
    var grantsText: String {
        """
        # Who may do what (授权). What no grant gives is refused; docs/rights.md has the table of roles.
        # A right belongs to a post and never to a name: whoever holds the post has it for as long.
        # liandong grant explain WHO WHAT says why somebody may do something, or why not.

        # 机构: the tree 县 - 镇街 - 村居. An agency that pushes has the same name in agencies.yaml.
        #   name        short name
        #   title       what officers read; former: [{title, until}] what it was called before
        #   parent      the unit above it
        #   presence    resident 常驻, rotating 轮驻, on_call 随驻
        #   from, until when it exists, as 2026-07-01T00:00:00+08:00; left out: always
        #   successors  who took its duties over at until; after a split nobody does by itself
        \(lane == .sealed ? sealedUnits : openUnits)

        # 岗位: what the officers' keys (keys/officer-NAME.pub) are for. holders and deputies are names, or
        # {officer: NAME, from: …, until: …}. The three administrators (三员) are three persons.
        \(lane == .sealed ? sealedPosts : openPosts)

        # 授权
        #   post        a post of the list above, or agency: NAME, or agency: "*" for every agency's own key
        #   rights      left out: all that the role may
        #   subjects    patterns as alert.red.44.14.>, item.xinfang.>; ">" is everything
        #   divisions   a county covers its townships and what nobody placed; a township itself alone
        #   lane        open 公开, sealed 限知; open when left out
        #   purposes    信访目的 of what is pushed or whose text is read; left out: all
        #   competences accusations in the sealed lane: discipline, personnel, enforcement, unknown; left out: all
        #   from, until when
        #   basis       the legal ground, shown by grant explain
        \(lane == .sealed ? sealedGrants : openGrants)

        # 回避: an officer with an interest, for whom one case does not exist (条例 §28).
        #   {officer: NAME, case: 441424-C-…, from: …, until: …, reason: …}
        recusals: []

        """
    }

    private var openUnits: String {
        """
        units:
          - {name: xinlianban, title: 县信联办}
          - {name: xinfang, title: 县信访局, presence: resident}
          - {name: zhengshu, title: "县政数局(12345)", presence: resident}
          - {name: xuanchuan, title: 县委宣传部, presence: rotating}
          - {name: rongmeiti, title: 县融媒体中心, presence: rotating}
        """
    }

    private var openPosts: String {
        """
        posts:
          - name: duty-desk
            title: 县信联办值班室
            unit: xinlianban
            role: duty_officer
            holders: \(holders(of: "duty-desk"))
          - name: shift-leader
            title: 带班领导
            unit: xinlianban
            role: shift_leader
            holders: \(holders(of: "shift-leader"))
          - name: joint-office
            title: 县信联办
            unit: xinlianban
            role: joint_office
            holders: \(holders(of: "joint-office"))
          - name: contact-xinfang
            title: 县信访局联络员
            unit: xinfang
            role: agency_contact
            holders: \(holders(of: "contact-xinfang"))
          - name: contact-zhengshu
            title: 县政数局联络员
            unit: zhengshu
            role: agency_contact
            holders: \(holders(of: "contact-zhengshu"))
          - name: contact-xuanchuan
            title: 县委宣传部联络员
            unit: xuanchuan
            role: agency_contact
            holders: \(holders(of: "contact-xuanchuan"))
          - name: contact-rongmeiti
            title: 县融媒体中心联络员
            unit: rongmeiti
            role: agency_contact
            holders: \(holders(of: "contact-rongmeiti"))
          - name: system
            title: 系统管理员
            unit: xinlianban
            role: system_administrator
            holders: \(holders(of: "system"))
          - name: security
            title: 安全管理员
            unit: xinlianban
            role: security_administrator
            holders: \(holders(of: "security"))
          - name: audit
            title: 审计管理员
            unit: xinlianban
            role: audit_administrator
            holders: \(holders(of: "audit"))
        """
    }

    private var openGrants: String {
        """
        grants:
          - agency: "*"
            rights: [push]
            subjects: [">"]
            divisions: ["\(divisions.county.code)"]
            basis: 信访工作条例第二十一条
          - {post: duty-desk, subjects: [">"], divisions: ["\(divisions.county.code)"], basis: 信访工作条例第十三条}
          - {post: shift-leader, subjects: [">"], divisions: ["\(divisions.county.code)"], basis: 信访工作条例第十三条}
          - {post: joint-office, subjects: [">"], divisions: ["\(divisions.county.code)"], basis: 信访工作条例第十三条}
          - {post: contact-xinfang, rights: [life], subjects: ["item.xinfang.>"], divisions: ["\(divisions.county.code)"], basis: 信访工作条例第二十一条}
          - {post: contact-zhengshu, rights: [life], subjects: ["item.zhengshu.>"], divisions: ["\(divisions.county.code)"], basis: 信访工作条例第二十一条}
          - {post: contact-xuanchuan, rights: [life], subjects: ["item.xuanchuan.>"], divisions: ["\(divisions.county.code)"], basis: 信访工作条例第二十一条}
          - {post: contact-rongmeiti, rights: [life], subjects: ["item.rongmeiti.>"], divisions: ["\(divisions.county.code)"], basis: 信访工作条例第二十一条}
          - {post: system, subjects: [">"], divisions: ["\(divisions.county.code)"]}
          - {post: security, subjects: [">"], divisions: ["\(divisions.county.code)"]}
          - {post: audit, subjects: [">"], divisions: ["\(divisions.county.code)"]}
        """
    }

    private var sealedUnits: String {
        """
        units:
          - {name: jiwei, title: 县纪委监委}
        """
    }

    private var sealedPosts: String {
        """
        posts:
          - name: discipline
            title: 县纪委监委信访室
            unit: jiwei
            role: discipline
            holders: [\(CountyTemplate.sealedOfficer)]
          - name: audit
            title: 审计管理员
            unit: jiwei
            role: audit_administrator
            holders: []
        """
    }

    private var sealedGrants: String {
        """
        grants:
          - agency: "*"
            rights: [push]
            subjects: [">"]
            divisions: ["\(divisions.county.code)"]
            lane: sealed
            basis: 信访工作条例第三十条
          - {post: discipline, subjects: [">"], divisions: ["\(divisions.county.code)"], lane: sealed, basis: 信访工作条例第三十条}
          - {post: audit, subjects: [">"], divisions: ["\(divisions.county.code)"], lane: sealed}
        """
    }

    private func holders(of post: String) -> String {
        "[" + (holders[post] ?? []).joined(separator: ", ") + "]"
    }
}
