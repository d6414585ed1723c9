import Domain

/// `grants.yaml`: units, posts, grants and recusals (授权).
enum GrantCodec {
    private static let lists = ["units", "posts", "grants", "recusals"]
    private static let competences = Competence.allCases.map { (word: $0.rawValue, value: $0) }
    private static let purposes = Purpose.allCases.map { (word: $0.rawValue, value: $0) }
    private static let rights = Right.allCases.map { (word: $0.rawValue, value: $0) }
    private static let roles = Role.allCases.map { (word: $0.rawValue, value: $0) }
    private static let lanes = Lane.allCases.map { (word: $0.rawValue, value: $0) }
    private static let presences = CountyUnit.Presence.allCases.map {
        (word: $0.rawValue, value: $0)
    }

    static func decode(_ node: ConfigurationNode) -> GrantRegister? {
        guard let table = node.table(keys: lists) else { return nil }
        let empty = "add it; an empty list is written []"
        let units = table.required("units", empty)?.elements(count: 0...2000)
        let posts = table.required("posts", empty)?.elements(count: 0...1024)
        let grants = table.required("grants", empty)?.elements(count: 0...4096)
        let recusals = table.required("recusals", empty)?.elements(count: 0...1024)
        guard let units, let posts, let grants, let recusals else { return nil }
        let found = (
            units: units.map(unit), posts: posts.map(post), grants: grants.map(grant),
            recusals: recusals.map(recusal)
        )
        RegisterCodec.refuseEqual(found.units.map { $0?.name.name }, in: units, key: "name")
        RegisterCodec.refuseEqual(found.posts.map { $0?.name }, in: posts, key: "name")
        let register = GrantRegister(
            units: found.units.compactMap(\.self),
            posts: found.posts.compactMap(\.self),
            grants: found.grants.compactMap(\.self),
            recusals: found.recusals.compactMap(\.self)
        )
        let isWhole =
            register.units.count == units.count && register.posts.count == posts.count
            && register.grants.count == grants.count && register.recusals.count == recusals.count
        guard isWhole else { return nil }
        let check = Check(register: register, units: units, posts: posts, grants: grants)
        check.run()
        return register
    }

    private static func unit(_ node: ConfigurationNode) -> CountyUnit? {
        let keys = [
            "name", "title", "parent", "presence", "from", "until", "successors", "former",
        ]
        guard let table = node.table(keys: keys) else { return nil }
        let name = table.required("name").flatMap { $0.shortName() }
        let title = table.required("title")?.text(bytesMax: 96)
        let parent = table.optional("parent").map { $0.shortName() }
        let presence = table.optional("presence").map { $0.choice(presences) }
        let term = table.term()
        let successors = table.optional("successors")
            .map { $0.elements(count: 1...16)?.map { $0.shortName() } ?? [nil] }
        let former = table.optional("former")
            .map { $0.elements(count: 1...16)?.map(formerTitle) ?? [nil] }
        guard let name, let title, parent != .some(nil), presence != .some(nil), let term,
            successors?.allSatisfy({ $0 != nil }) ?? true,
            former?.allSatisfy({ $0 != nil }) ?? true
        else { return nil }
        let titles = (former ?? []).compactMap(\.self).sorted { $0.until < $1.until }
        return CountyUnit(
            name: name,
            title: title,
            parent: parent ?? nil,
            presence: presence ?? nil,
            term: term,
            successors: (successors ?? []).compactMap(\.self),
            formerTitles: titles
        )
    }

    private static func formerTitle(_ node: ConfigurationNode) -> CountyUnit.FormerTitle? {
        guard let table = node.table(keys: ["title", "until"]) else { return nil }
        let title = table.required("title")?.text(bytesMax: 96)
        let until = table.required("until").flatMap { $0.time() }
        guard let title, let until else { return nil }
        return CountyUnit.FormerTitle(title: title, until: until)
    }

    private static func post(_ node: ConfigurationNode) -> Post? {
        let keys = ["name", "title", "unit", "role", "holders", "deputies"]
        guard let table = node.table(keys: keys) else { return nil }
        let name = table.required("name").flatMap { $0.shortName()?.name }
        let title = table.required("title")?.text(bytesMax: 96)
        let unit = table.required("unit").flatMap { $0.shortName() }
        let role = table.required("role")?.choice(roles)
        let holders = table.required("holders", "add it; an empty list is written []")?
            .elements(count: 0...256)?.map { holder($0, isDeputy: false) }
        let deputies =
            table.optional("deputies").map {
                $0.elements(count: 0...256)?.map { holder($0, isDeputy: true) } ?? [nil]
            } ?? []
        guard let name, let title, let unit, let role, let holders,
            (holders + deputies).allSatisfy({ $0 != nil })
        else { return nil }
        return Post(
            name: name,
            title: title,
            unit: unit,
            role: role,
            holders: (holders + deputies).compactMap(\.self)
        )
    }

    /// `duty`, or a table with the name and a term.
    private static func holder(_ node: ConfigurationNode, isDeputy: Bool) -> Post.Holder? {
        guard node.value.members != nil else {
            return node.shortName().map { Post.Holder(officer: $0.name, isDeputy: isDeputy) }
        }
        guard let table = node.table(keys: ["officer", "from", "until"]) else { return nil }
        let officer = table.required("officer").flatMap { $0.shortName()?.name }
        let term = table.term()
        guard let officer, let term else { return nil }
        return Post.Holder(officer: officer, isDeputy: isDeputy, term: term)
    }

    private static func grant(_ node: ConfigurationNode) -> Grant? {
        let keys = [
            "post", "agency", "rights", "subjects", "divisions", "lane", "purposes", "competences",
            "from", "until", "basis",
        ]
        guard let table = node.table(keys: keys) else { return nil }
        let grantee = grantee(table)
        let rights = table.optional("rights").map {
            $0.elements(count: 1...Right.allCases.count)?.map { $0.choice(Self.rights) } ?? [nil]
        }
        let subjects = table.required("subjects")?.elements(count: 1...64)?.map { pattern($0) }
        let divisions = table.required("divisions")?.elements(count: 1...256)?.map { $0.division() }
        let lane = table.optional("lane").map { $0.choice(lanes) } ?? .open
        let purposes = table.optional("purposes").map {
            $0.elements(count: 1...Purpose.allCases.count)?.map { $0.choice(Self.purposes) }
                ?? [nil]
        }
        let competences = table.optional("competences").map {
            $0.elements(count: 1...Competence.allCases.count)?.map { $0.choice(Self.competences) }
                ?? [nil]
        }
        if lane == .open, competences != nil {
            table.list.add(
                table.path,
                "names competences for the open lane, which has no accusations",
                "take competences out, or write lane: sealed"
            )
            return nil
        }
        let term = table.term()
        let basis = table.optional("basis").map { $0.text(bytesMax: 256) } ?? ""
        guard let grantee, rights?.allSatisfy({ $0 != nil }) ?? true, let subjects,
            let divisions, let lane, purposes?.allSatisfy({ $0 != nil }) ?? true,
            competences?.allSatisfy({ $0 != nil }) ?? true, let term,
            let basis, subjects.allSatisfy({ $0 != nil }), divisions.allSatisfy({ $0 != nil })
        else { return nil }
        return Grant(
            grantee: grantee,
            rights: rights.map { Set($0.compactMap(\.self)) },
            subjects: subjects.compactMap(\.self),
            divisions: divisions.compactMap(\.self),
            lane: lane,
            purposes: purposes.map { Set($0.compactMap(\.self)) },
            competences: competences.map { Set($0.compactMap(\.self)) },
            term: term,
            basis: basis
        )
    }

    private static func grantee(_ table: ConfigurationTable) -> Grant.Grantee? {
        switch (table.optional("post"), table.optional("agency")) {
        case (let post?, nil): return post.shortName().map { .post($0.name) }
        case (nil, let agency?):
            if agency.value.text == "*" { return .everyAgency }
            return agency.shortName().map { .agency($0) }
        case (nil, nil):
            table.list.add(
                table.path,
                "is given to nobody",
                "add post, or agency (* for every one)"
            )
        case (.some, .some):
            table.list.add(table.path, "is given to a post and to an agency", "keep one of them")
        }
        return nil
    }

    private static func recusal(_ node: ConfigurationNode) -> Recusal? {
        let keys = ["officer", "case", "from", "until", "reason"]
        guard let table = node.table(keys: keys) else { return nil }
        let officer = table.required("officer").flatMap { $0.shortName()?.name }
        let matter = table.required("case")?.parsed(
            "is no identifier of a case",
            "write it as it is shown, 441424-C-…"
        ) { CaseID(text: $0) }
        let term = table.term()
        let reason = table.required("reason")?.text()
        guard let officer, let matter, let term, let reason else { return nil }
        return Recusal(officer: officer, matter: matter, term: term, reason: reason)
    }

    // MARK: Parts

    private static func pattern(_ node: ConfigurationNode) -> SubjectPattern? {
        node.parsed("is no pattern of subjects", "write like alert.red.44.14.> or >") {
            SubjectPattern(text: $0)
        }
    }
}

/// What the parts of the register say of each other.
private struct Check {
    let register: GrantRegister
    let units: [ConfigurationNode]
    let posts: [ConfigurationNode]
    let grants: [ConfigurationNode]

    func run() {
        for (node, unit) in zip(units, register.units) { check(unit, at: node) }
        for (node, post) in zip(posts, register.posts) where register.unit(post.unit) == nil {
            node.list.add(
                node.path.key("unit"),
                "there is no unit \(post.unit.name)",
                "add it under units"
            )
        }
        for (node, grant) in zip(grants, register.grants) { check(grant, at: node) }
        checkAdministrators()
    }

    private func check(_ unit: CountyUnit, at node: ConfigurationNode) {
        for name in [unit.parent].compactMap(\.self) + unit.successors
        where register.unit(name) == nil {
            node.list.add(
                node.path.key(unit.parent == name ? "parent" : "successors"),
                "there is no unit \(name.name)",
                "add it under units"
            )
        }
        if !unit.successors.isEmpty, unit.term.until == nil {
            node.list.add(
                node.path.key("successors"),
                "stands beside no until",
                "say when the duties passed on"
            )
        }
        var above = unit.parent
        for _ in register.units {
            guard let name = above else { return }
            guard name != unit.name else { break }
            above = register.unit(name)?.parent
        }
        guard above != nil else { return }
        node.list.add(
            node.path.key("parent"),
            "the units above \(unit.name.name) go round in a circle",
            "let one of them have no parent"
        )
    }

    private func check(_ grant: Grant, at node: ConfigurationNode) {
        let most: Set<Right>
        let who: String
        switch grant.grantee {
        case .post(let name):
            guard let post = register.post(name) else {
                node.list.add(
                    node.path.key("post"),
                    "there is no post \(name)",
                    "add it under posts"
                )
                return
            }
            (most, who) = (post.role.rights, "the role \(post.role.rawValue)")
            checkHearing(grant, by: post, at: node)
        case .agency, .everyAgency: (most, who) = (Grant.rightsOfAgencies, "an agency's key")
        }
        let beyond = (grant.rights ?? []).subtracting(most).map(\.rawValue).sorted()
        guard !beyond.isEmpty else { return }
        node.list.add(
            node.path.key("rights"),
            "\(who) may not \(beyond.joined(separator: ", "))",
            "take it out, or grant it to a post of another role"
        )
    }

    /// Who hears accusations stands in a unit of those who do, against which the gate lets nothing in: of what is
    /// said of the own unit, an answer to a command would tell.
    private func checkHearing(_ grant: Grant, by post: Post, at node: ConfigurationNode) {
        guard grant.lane == .sealed, post.role.hearsAccusations else { return }
        let other = register.posts.first {
            $0.unit == post.unit && !$0.role.hearsAccusations && !$0.role.isAdministrator
        }
        guard let other else { return }
        node.list.add(
            node.path.key("post"),
            "\(post.name) hears accusations in the unit of \(other.name), \(other.role.rawValue)",
            "give \(post.name) a unit of those who hear them, such as 县纪委监委"
        )
    }

    /// 三员分立: nobody holds two of the three administrators' posts at one time.
    private func checkAdministrators() {
        var held: [(officer: String, role: Role, term: Term)] = []
        for (node, post) in zip(posts, register.posts) where post.role.isAdministrator {
            for holder in post.holders {
                let other = held.first {
                    $0.officer == holder.officer && $0.role != post.role
                        && $0.term.overlaps(holder.term)
                }
                if let other {
                    node.list.add(
                        node.path.key("holders"),
                        "\(holder.officer) is \(other.role.rawValue) at the same time",
                        "give the three administrators' posts to three persons"
                    )
                }
                held.append((holder.officer, post.role, holder.term))
            }
        }
    }
}

extension GrantCodec {
    static func encode(_ register: GrantRegister) -> JSONValue {
        [
            "units": .array(register.units.map(encode)),
            "posts": .array(register.posts.map(encode)),
            "grants": .array(register.grants.map(encode)),
            "recusals": .array(register.recusals.map(encode)),
        ]
    }

    private static func encode(_ unit: CountyUnit) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(unit.name.name)), .init("title", .string(unit.title)),
        ]
        if let parent = unit.parent { members.append(.init("parent", .string(parent.name))) }
        if let presence = unit.presence {
            members.append(.init("presence", .string(presence.rawValue)))
        }
        if !unit.successors.isEmpty {
            members.append(.init("successors", .array(unit.successors.map { .string($0.name) })))
        }
        if !unit.formerTitles.isEmpty {
            let titles = unit.formerTitles.map { former -> JSONValue in
                ["title": .string(former.title), "until": .string(former.until.rfc3339)]
            }
            members.append(.init("former", .array(titles)))
        }
        return .object(members + unit.term.members)
    }

    private static func encode(_ post: Post) -> JSONValue {
        func list(_ holders: [Post.Holder]) -> JSONValue {
            .array(
                holders.map { .object([.init("officer", .string($0.officer))] + $0.term.members) }
            )
        }
        var members: [JSONValue.Member] = [
            .init("name", .string(post.name)), .init("title", .string(post.title)),
            .init("unit", .string(post.unit.name)), .init("role", .string(post.role.rawValue)),
            .init("holders", list(post.holders.filter { !$0.isDeputy })),
        ]
        let deputies = post.holders.filter(\.isDeputy)
        if !deputies.isEmpty { members.append(.init("deputies", list(deputies))) }
        return .object(members)
    }

    private static func encode(_ grant: Grant) -> JSONValue {
        var members: [JSONValue.Member] = []
        switch grant.grantee {
        case .post(let name): members.append(.init("post", .string(name)))
        case .agency(let agency): members.append(.init("agency", .string(agency.name)))
        case .everyAgency: members.append(.init("agency", "*"))
        }
        if let rights = grant.rights {
            let words = rights.map(\.rawValue).sorted().map { JSONValue.string($0) }
            members.append(.init("rights", .array(words)))
        }
        members.append(.init("subjects", .array(grant.subjects.map { .string($0.text) })))
        members.append(.init("divisions", .array(grant.divisions.map { .string($0.code) })))
        members.append(.init("lane", .string(grant.lane.rawValue)))
        if let purposes = grant.purposes {
            let words = purposes.map(\.rawValue).sorted().map { JSONValue.string($0) }
            members.append(.init("purposes", .array(words)))
        }
        if let competences = grant.competences {
            let words = competences.map(\.rawValue).sorted().map { JSONValue.string($0) }
            members.append(.init("competences", .array(words)))
        }
        if !grant.basis.isEmpty { members.append(.init("basis", .string(grant.basis))) }
        return .object(members + grant.term.members)
    }

    private static func encode(_ recusal: Recusal) -> JSONValue {
        .object(
            [
                .init("officer", .string(recusal.officer)),
                .init("case", .string(recusal.matter.text)),
                .init("reason", .string(recusal.reason)),
            ] + recusal.term.members
        )
    }
}
