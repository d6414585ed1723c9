package import Domain

/// `linkage.yaml`: how likeness is judged (关联参数), read and written from one table of fields.
package enum LinkageCodec {
    /// One field: its key, what it means, and how it is read and written.
    package struct Field: Sendable {
        /// The key in the file.
        package let key: String
        /// What it means, with the Chinese term.
        package let note: String
        let read: @Sendable (ConfigurationNode, inout LinkageSettings) -> Void
        let write: @Sendable (LinkageSettings) -> JSONValue
    }

    /// Every field in the order of the file; a key that is left out keeps its standard value.
    package static let fields: [Field] = [
        .whole(
            "join_permille",
            \.joinPermille,
            1...1000,
            "Likeness in permille from which two items are linked (并案)."
        ),
        .whole(
            "base_permille",
            \.basePermille,
            -10_000...1000,
            "What two texts score before any evidence (文字基准分)."
        ),
        .whole(
            "case_permille",
            \.casePermille,
            -10_000...10_000,
            "Mean over the three nearest items from which a text joins a case (入案线)."
        ),
        .whole(
            "missing_permille",
            \.missingPermille,
            -10_000...1000,
            "What each of the three counts that was not near enough to be compared."
        ),
        .whole(
            "merge_single_permille",
            \.mergeSinglePermille,
            -10_000...10_000,
            "Likeness from which a single item follows a newcomer into its case."
        ),
        .whole(
            "merge_permille",
            \.mergePermille,
            -10_000...10_000,
            "Mean from which a newcomer makes a second case one with its own (合并类案)."
        ),
        .weights(
            "weights",
            \.weights,
            "What each evidence adds when it is whole; liandong evaluate --tune fits them (证据权重)."
        ),
        .whole(
            "repeat_permille",
            \.repeatPermille,
            1...1000,
            "Likeness from which an item of the same person is a repeat (重复信访)."
        ),
        .whole(
            "copy_permille",
            \.copyPermille,
            1...1000,
            "Share of a text that stands in the other from which both are one text (同文)."
        ),
        .whole(
            "body_characters",
            \.bodyCharacters,
            20...4000,
            "Characters of the body that likeness is judged by (正文取字)."
        ),
        .whole(
            "title_weight",
            \.titleWeight,
            0...16,
            "How often the title counts against the body (标题权重)."
        ),
        .whole(
            "decay_days",
            \.decayDays,
            1...3660,
            "Days after which likeness fades to 37 % before decay_permille (时间衰减)."
        ),
        .whole(
            "decay_permille",
            \.decayPermille,
            0...4000,
            "The exponent of that fading in permille; 0 switches it off."
        ),
        .whole(
            "cooling_days",
            \.coolingDays,
            1...3660,
            "Days without a new item after which a case is said to cool (趋缓)."
        ),
        .whole(
            "dormant_days",
            \.dormantDays,
            1...3660,
            "Days without a new item after which a case's texts find no new items (休眠)."
        ),
        .whole(
            "place_bonus_permille",
            \.placeBonusPermille,
            0...1000,
            "Added when both name the same place (同一地点)."
        ),
        .whole(
            "respondent_bonus_permille",
            \.respondentBonusPermille,
            0...1000,
            "Added when both name the same respondent (同一被反映单位)."
        ),
        .whole(
            "place_penalty_permille",
            \.placePenaltyPermille,
            0...1000,
            "Taken away when the places contradict (地点不符)."
        ),
        .whole(
            "text_penalty_permille",
            \.textPenaltyPermille,
            0...1000,
            "Taken away when the texts alone name different places of one kind (文中地点不符)."
        ),
        .whole(
            "template_permille",
            \.templatePermille,
            1...1001,
            "Likeness from which texts that name different places are one template (同文异地)."
        ),
        .whole(
            "person_bonus_permille",
            \.personBonusPermille,
            0...1000,
            "Added for the same person beside the same place, respondent or class (同人)."
        ),
        .whole(
            "category_penalty_permille",
            \.categoryPenaltyPermille,
            0...1000,
            "Taken away when the classes of content differ (内容分类不符)."
        ),
        .whole(
            "candidates_max",
            \.candidatesMax,
            1...65_536,
            "The most earlier items that one item is compared with (比对上限)."
        ),
        .whole(
            "postings_max",
            \.postingsMax,
            1...1_048_576,
            "The most items remembered for one rare word, the oldest leave first."
        ),
        .texts(
            "boilerplate",
            \.boilerplate,
            "Phrases without weight, taken out before texts are compared (套话)."
        ),
        .texts(
            "everyday_words",
            \.everydayWords,
            "Words that say nothing of a matter; what they leave of a title is mostly a name (常用词)."
        ),
        .groups(
            "concepts",
            \.concepts,
            "Words of complaints by what they mean (诉求概念)."
        ),
        .texts(
            "places",
            \.places,
            "Names that count as places here: estates, firms, schools, roads (本地地名)."
        ),
        .counts(
            "pair_frequencies",
            \.pairFrequencies,
            "In how many texts each pair of characters stands, so that the first items are judged well."
        ),
        .whole(
            "pair_texts",
            \.pairTexts,
            0...1_000_000_000,
            "How many texts pair_frequencies was counted from; without one, how rare a new pair is."
        ),
    ]

    /// The keys that `liandong evaluate --tune` fits.
    package static let tunedKeys = [
        "base_permille", "case_permille", "missing_permille", "merge_single_permille",
        "merge_permille", "weights",
    ]

    static func decode(_ node: ConfigurationNode) -> LinkageSettings? {
        guard let table = node.table(keys: fields.map(\.key)) else { return nil }
        var settings = LinkageSettings.standard
        for field in fields {
            if let node = table.optional(field.key) { field.read(node, &settings) }
        }
        return settings
    }

    /// The settings with every field, in the order of the table.
    package static func encode(_ settings: LinkageSettings) -> JSONValue {
        .object(fields.map { JSONValue.Member($0.key, $0.write(settings)) })
    }
}

extension LinkageCodec.Field {
    typealias Place<Value> = WritableKeyPath<LinkageSettings, Value> & Sendable

    /// A whole number.
    static func whole(
        _ key: String,
        _ place: any Place<Int>,
        _ range: ClosedRange<Int>,
        _ note: String
    ) -> Self {
        Self(key: key, note: note) { node, settings in
            if let number = node.integer(in: range) { settings[keyPath: place] = number }
        } write: { settings in
            .integer(Int64(settings[keyPath: place]))
        }
    }

    /// A list of texts, each once.
    static func texts(_ key: String, _ place: any Place<[String]>, _ note: String) -> Self {
        Self(key: key, note: note) { node, settings in
            guard let nodes = node.elements(count: 0...20_000) else { return }
            var seen: [String: Int] = [:]
            var texts: [String] = []
            for (index, element) in nodes.enumerated() {
                guard let text = element.text() else { continue }
                if let first = seen.updateValue(index, forKey: text) {
                    element.fault("“\(text)” stands also at \(key)[\(first)]", "keep one")
                }
                texts.append(text)
            }
            settings[keyPath: place] = texts
        } write: { settings in
            .array(settings[keyPath: place].map { .string($0) })
        }
    }

    /// A weight for each evidence; one that is left out weighs nothing.
    static func weights(
        _ key: String,
        _ place: any Place<[EvidenceKind: Int]>,
        _ note: String
    ) -> Self {
        Self(key: key, note: note) { node, settings in
            guard let table = node.table(keys: EvidenceKind.allCases.map(\.key)) else { return }
            var weights: [EvidenceKind: Int] = [:]
            for kind in EvidenceKind.allCases {
                if let weight = table.optional(kind.key)?.integer(in: -10_000...10_000) {
                    weights[kind] = weight
                }
            }
            settings[keyPath: place] = weights
        } write: { settings in
            let weights = settings[keyPath: place]
            return .object(
                EvidenceKind.allCases.compactMap { kind in
                    weights[kind].map { JSONValue.Member(kind.key, .integer(Int64($0))) }
                }
            )
        }
    }

    /// Lists of words by name; a word stands in one of them.
    static func groups(_ key: String, _ place: any Place<[WordGroup]>, _ note: String) -> Self {
        Self(key: key, note: note) { node, settings in
            guard let members = node.value.members, members.count <= WordGroup.groupsMax else {
                let line = "lines “name: [词, 词]”"
                node.fault(
                    "is \(node.value.kindName)",
                    "write up to \(WordGroup.groupsMax) \(line)"
                )
                return
            }
            var owners: [String: String] = [:]
            var groups: [WordGroup] = []
            for member in members {
                let place = node.path.key(member.key)
                let value = ConfigurationNode(member.value, path: place, list: node.list)
                var words: [String] = []
                for element in value.elements(count: 1...1000) ?? [] {
                    guard let word = element.text() else { continue }
                    if let owner = owners.updateValue(member.key, forKey: word) {
                        element.fault("“\(word)” stands also in \(owner)", "keep one")
                    }
                    words.append(word)
                }
                groups.append(WordGroup(name: member.key, words: words))
            }
            // In the order of the canonical form, so that the file and its entry in the journal are one.
            settings[keyPath: place] = groups.sorted {
                $0.name.utf16.lexicographicallyPrecedes($1.name.utf16)
            }
        } write: { settings in
            .object(
                settings[keyPath: place].map { group in
                    JSONValue.Member(group.name, .array(group.words.map { .string($0) }))
                }
            )
        }
    }

    /// A number for each word.
    static func counts(_ key: String, _ place: any Place<[String: Int]>, _ note: String) -> Self {
        Self(key: key, note: note) { node, settings in
            guard let members = node.value.members, members.count <= 100_000 else {
                node.fault("is \(node.value.kindName)", "write up to 100000 lines “词: 12”")
                return
            }
            var counts: [String: Int] = [:]
            for member in members {
                let place = node.path.key(member.key)
                let value = ConfigurationNode(member.value, path: place, list: node.list)
                guard let count = value.integer(in: 1...1_000_000_000) else { continue }
                counts[member.key] = count
            }
            settings[keyPath: place] = counts
        } write: { settings in
            let sorted = settings[keyPath: place].sorted { $0.key < $1.key }
            return .object(sorted.map { JSONValue.Member($0.key, .integer(Int64($0.value))) })
        }
    }
}
