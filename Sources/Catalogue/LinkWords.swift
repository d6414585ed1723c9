import Domain

extension Words {
    /// What a part of a link's score says.
    package struct LinkPart: Sendable {
        /// Its key.
        package var key: String
        /// What it adds to the score, in millionths.
        package var points: Int

        /// A part.
        package init(key: String, points: Int) {
            self.key = key
            self.points = points
        }
    }

    /// Why an item was linked, in an officer's words: what spoke for it, the strongest first, and what
    /// against it.
    package static func link(_ parts: [LinkPart]) -> String {
        let found = strongest(parts) { $0 > 0 ? speaking($1) : nil }
        let against = strongest(parts) { $0 < 0 ? contradicting($1) : nil }
        let reasons = found.isEmpty ? "综合相近" : found.joined(separator: "、")
        return against.isEmpty ? reasons : reasons + ";不同之处:" + against.joined(separator: "、")
    }

    /// How the scores of single items made that of the link.
    package static func linkRule(token: String) -> String {
        switch token {
        case "single": "与一件相比"
        case "mean_of_two": "与案内最近两件相比"
        case "mean_of_three": "与案内最近三件相比"
        case "person": "同一来件人的前件"
        case "related": "来件单位注明"
        default: token
        }
    }

    /// An item that was there before any link.
    package static let foundingItem = "首件"

    /// An item that an officer's edit put where it is.
    package static func linkedByEdit(_ number: Int) -> String { "人工并案(第\(number)号记录)" }

    /// A case that became one with another by late evidence.
    package static func absorbed(_ id: String) -> String { "原类案 \(id) 并入" }

    /// What a text that was not sent yet is to an item of the hub.
    package static func likely(matter: String, isLinked: Bool, isCopy: Bool) -> String {
        let matter = matter.isEmpty ? "未入类案" : "类案 \(matter)"
        if isCopy { return "同文  \(matter)" }
        return isLinked ? "将并入  \(matter)" : "相近  \(matter)"
    }

    /// The hub has nothing that is like a text.
    package static let nothingLikely = "未发现相近件。"

    /// An accusation is looked up nowhere.
    package static func sealedNotAsked(_ id: String) -> String { "限知件不查询:\(id)" }

    /// Parts below so much are not worth a word, in millionths.
    private static let pointsMin = 20_000
    private static let wordsMax = 4

    private static func strongest(
        _ parts: [LinkPart],
        _ word: (_ points: Int, _ key: String) -> String?
    ) -> [String] {
        var sums: [(word: String, points: Int)] = []
        for part in parts {
            guard let word = word(part.points, part.key) else { continue }
            if let place = sums.firstIndex(where: { $0.word == word }) {
                sums[place].points += abs(part.points)
            } else {
                sums.append((word, abs(part.points)))
            }
        }
        return sums.filter { $0.points >= pointsMin }
            .sorted { ($0.points, $1.word) > ($1.points, $0.word) }
            .prefix(wordsMax).map(\.word)
    }

    private static func speaking(_ key: String) -> String? {
        switch key {
        case EvidenceKind.text.key: "文字相近"
        case EvidenceKind.title.key: "标题相近"
        case EvidenceKind.body.key: "正文开头相近"
        case EvidenceKind.leastNames.key, EvidenceKind.mostNames.key, EvidenceKind.names.key:
            "名称相符"
        case EvidenceKind.rarePairs.key: "少见字词相同"
        case EvidenceKind.rareNames.key: "少见名称相同"
        case EvidenceKind.concepts.key: "诉求相近"
        case EvidenceKind.numbers.key: "号码相同"
        case EvidenceKind.sharedBody.key: "正文有相同段落"
        case "place": "同一地点"
        case "respondent": "同一被反映单位"
        case "person": "同一来件人"
        case "copy": "同文"
        case "related": "来件单位注明同一事项"
        default: nil
        }
    }

    private static func contradicting(_ key: String) -> String? {
        switch key {
        case EvidenceKind.gap.key: "相隔较久"
        case EvidenceKind.otherConcepts.key: "诉求不同"
        case EvidenceKind.otherPlace.key: "地点名称不同"
        case "place": "地点不一致或未写明"
        case "other_respondent": "被反映单位不同"
        case "category": "类别不同"
        default: nil
        }
    }
}
