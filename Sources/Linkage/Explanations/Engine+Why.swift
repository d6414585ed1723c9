package import Domain
import Text

// Every link is computed again from what is kept of its items, under the rules of its day.
extension Engine {
    /// Why each member is in its case, in journal order, after the one with an ordinal.
    package mutating func why(_ id: CaseID, after: UInt64 = 0, limit: Int) -> [WhyRow] {
        guard let number = cases.number(of: id) else { return [] }
        let members = cases.cases[number].members
        let start = members.firstIndex { UInt64($0) + 1 > after } ?? members.count
        var rows: [WhyRow] = []
        for member in members[start...].prefix(min(limit, Engine.rowsMax)) {
            rows.append(
                WhyRow(item: self.member(of: member), absorbed: nil, basis: basis(of: member))
            )
        }
        return rows
    }

    /// Why other cases became one with it by late evidence, in the order of their opening.
    ///
    /// Costs a look at each case.
    package mutating func absorptions(into id: CaseID) -> [WhyRow] {
        guard let number = cases.number(of: id) else { return [] }
        var rows: [WhyRow] = []
        for place in cases.cases.indices where cases.cases[place].mergedInto >= 0 {
            guard cases.live(place) == number, rows.count < Engine.rowsMax,
                let link = links.link(ofCase: Int32(place))
            else { continue }
            rows.append(
                WhyRow(
                    item: member(of: link.newcomer),
                    absorbed: cases.cases[place].id,
                    basis: .linked(account(of: link))
                )
            )
        }
        return rows
    }

    private mutating func basis(of item: Int32) -> WhyRow.Basis {
        let number = items[Int(item)].caseNumber
        if let link = links.link(ofItem: item) {
            // One that officers moved since stands where they put it.
            let mates = link.joined == link.newcomer ? link.pairs.map(\.item) : [link.newcomer]
            if mates.contains(where: { items[Int($0)].caseNumber == number }) {
                return .linked(account(of: link))
            }
        }
        return edits.bond(of: item).map { .edited(UInt64($0 + 1)) } ?? .founded
    }

    /// A link with all that its score is made of.
    mutating func account(of link: Link) -> LinkAccount {
        let rules = links.rules(of: link)
        let settings = rules?.settings
        let isMean = link.rule == .meanOfThree
        var account = LinkAccount(
            newcomer: items[Int(link.newcomer)].ref,
            rule: link.rule.key,
            scorePermille: Int(link.scorePermille),
            recomputedPermille: nil,
            wanted: Int(link.wanted),
            missingPermille: isMean ? settings?.missingPermille ?? 0 : 0,
            shiftPermille: isMean ? settings.map { $0.joinPermille - $0.casePermille } ?? 0 : 0,
            barPermille: settings?.joinPermille ?? 0,
            engine: rules?.engine ?? 0,
            linkage: rules?.linkage ?? 0,
            pairs: []
        )
        guard let rules, let settings else {
            account.pairs = link.pairs.map { self.account(of: $0, parts: []) }
            return account
        }
        let newcomer = newcomer(kept: Int(link.newcomer))
        let features = items.features(of: Int(link.newcomer))
        index.layOut(features)
        defer { index.clear(features) }
        for compared in link.pairs {
            account.pairs.append(
                self.account(
                    of: compared,
                    parts: parts(newcomer, compared, rules: rules, settings: settings)
                )
            )
        }
        let scores = account.pairs.map(\.recomputedPermille)
        let missing = max(0, account.wanted - scores.count) * account.missingPermille
        account.recomputedPermille =
            scores.reduce(missing, +) / account.wanted + account.shiftPermille
        return account
    }

    private func account(of compared: Link.Compared, parts: [PairAccount.Part]) -> PairAccount {
        PairAccount(
            item: items[Int(compared.item)].ref,
            isByText: compared.flags.contains(.byText),
            scorePermille: Int(compared.scorePermille),
            recomputedPermille: PairAccount.sum(parts),
            parts: parts
        )
    }

    func parts(
        _ newcomer: Newcomer,
        _ compared: Link.Compared,
        rules: LinkRules,
        settings: LinkageSettings
    ) -> [PairAccount.Part] {
        let number = Int(compared.item)
        if compared.flags.contains(.related) {
            return [.init(key: "related", value: Likeness.relatedPermille, weight: 1000)]
        }
        let overlap = items.overlap(of: number, with: index.laid)
        guard compared.flags.contains(.byText) else {
            return fieldParts(newcomer, compared, settings, product: overlap.product)
        }
        let evidence = evidence(newcomer, number, overlap)
        var parts = [PairAccount.Part(key: "base", value: 1000, weight: settings.basePermille)]
        for (kind, weight) in zip(EvidenceKind.allCases, rules.weights) where weight != 0 {
            parts.append(.init(key: kind.key, value: evidence[kind], weight: weight))
        }
        let copied = Int(compared.copiedPermille)
        let own = parts.reduce(0) { $0 + $1.points }
        if copied > own / 1000 {
            parts.append(.init(key: "copy", value: copied * 1000 - own, weight: 1))
        }
        return parts
    }

    private func fieldParts(
        _ newcomer: Newcomer,
        _ compared: Link.Compared,
        _ settings: LinkageSettings,
        product: Int
    ) -> [PairAccount.Part] {
        var likeness = Likeness(item: Int(compared.item))
        likeness.textPermille = min(1000, (product * 1000) >> 30)
        likeness.place = compared.place
        likeness.copiedPermille = Int(compared.copiedPermille)
        likeness.sharesPerson = compared.flags.contains(.person)
        likeness.sharesRespondent = compared.flags.contains(.respondent)
        guard let parts = judge(by: settings).parts(newcomer, likeness, product: product) else {
            return []
        }
        let all = [
            (EvidenceKind.text.key, parts.text), ("place", parts.place), ("gap", parts.gap),
            ("respondent", parts.respondent), ("other_respondent", parts.otherRespondent),
            ("category", parts.category), ("person", parts.person), ("copy", parts.copy),
        ]
        return all.filter { $0.1 != 0 }.map { .init(key: $0.0, value: $0.1, weight: 1000) }
    }

    /// An item as it was compared when it came, as far as it is kept.
    private func newcomer(kept number: Int) -> Newcomer {
        let item = items[number]
        var newcomer = Newcomer(
            time: item.time,
            township: item.township,
            classNumber: item.classNumber,
            isClassGuessed: item.isClassGuessed,
            traits: Traits(kept: number, in: items),
            persons: [],
            related: [],
            copy: nil
        )
        newcomer.placeFeatures = placeFeatures(of: items.address(of: number))
        newcomer.concepts = Array(items.concepts(of: number))
        newcomer.lengths = item.lengths
        newcomer.weighedLength = item.weighedLength
        return newcomer
    }
}

extension Link.Rule {
    /// The name of the rule in an answer.
    var key: String {
        switch self {
        case .single: "single"
        case .meanOfTwo: "mean_of_two"
        case .meanOfThree: "mean_of_three"
        case .person: "person"
        case .related: "related"
        }
    }
}
