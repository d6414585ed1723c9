package import Domain

extension Words {
    /// The heading of a case in office form (类案标题): 关于××镇××拖欠工资问题(32件).
    ///
    /// Made from what its items' headings have in common: where, and what. A heading that stands alone
    /// gives its own words.
    ///
    /// - Parameters:
    ///   - town: The township's name; empty where it is unknown.
    ///   - category: The class of content; empty where it is unknown.
    ///   - headings: The items' headings in journal order.
    ///   - items: How many items the case has.
    /// - Returns: The heading, at most some 60 characters.
    package static func caseTitle(
        town: String,
        category: String,
        headings: [String],
        items: ItemCount
    ) -> String {
        let cores = headings.map { core(of: $0) }.filter { !$0.isEmpty }
        var what = common(to: cores) ?? ""
        if category.isEmpty {
            // What they share names the place or the trouble, seldom both: the heading with most of it.
            what = nearest(cores, to: what) ?? what
        } else if !hasRun(of: category, in: what) {
            what += category
        }
        if what.isEmpty { what = category.isEmpty ? "同类诉求" : category }
        let place = town.isEmpty || what.contains(town) ? "" : town
        let ending = what.hasSuffix("问题") ? "" : "问题"
        return "关于\(place)\(what)\(ending)(\(items.text))"
    }

    /// Two neighbouring characters of a class's title stand in the text: it says the trouble itself.
    private static func hasRun(of title: String, in text: String) -> Bool {
        zip(title, title.dropFirst()).contains { text.contains(String([$0, $1])) }
    }

    /// The most characters of a heading that are looked at.
    private static let headingMax = 40

    /// A heading without the words that every heading has.
    private static func core(of heading: String) -> String {
        var core = heading.prefix(headingMax).filter { !$0.isWhitespace && !$0.isPunctuation }
        for word in ["关于", "反映", "投诉", "咨询", "请问", "建议", "求助"]
        where core.hasPrefix(word) {
            core.removeFirst(word.count)
        }
        for word in ["请处理", "怎么办", "的反映", "的投诉", "的建议", "的咨询", "的问题", "问题"]
        where core.hasSuffix(word) {
            core.removeLast(word.count)
        }
        return core
    }

    /// The longest run of three characters or more that half of the headings have, and two at least.
    private static func common(to cores: [String]) -> String? {
        guard cores.count > 1 else { return nil }
        let wanted = max(2, (cores.count + 1) / 2)
        let texts = cores.map { Array($0) }
        var best: [Character] = []
        for text in texts {
            var start = 0
            while start + max(3, best.count + 1) <= text.count {
                var length = max(3, best.count + 1)
                while start + length <= text.count,
                    texts.count(where: { $0.contains(run: text[start..<(start + length)]) })
                        >= wanted
                {
                    best = Array(text[start..<(start + length)])
                    length += 1
                }
                start += 1
            }
        }
        return best.isEmpty ? nil : String(best)
    }

    /// The shortest heading that has the run, the first of equals.
    private static func nearest(_ cores: [String], to run: String) -> String? {
        cores.filter { $0.contains(run) }.min { $0.count < $1.count }
    }
}

extension [Character] {
    fileprivate func contains(run: ArraySlice<Character>) -> Bool {
        guard run.count <= count else { return false }
        return (0...(count - run.count)).contains { self[$0..<($0 + run.count)] == run }
    }
}
