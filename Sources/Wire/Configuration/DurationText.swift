package import Domain

/// Lengths of time as configuration files write them: `500ms`, `90s`, `10m`, `24h`, `7d`.
package enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("ms", 1), ("m", 60_000), ("s", 1000),
    ]

    /// A span from its text; `nil` unless it is a whole number of at most nine digits and a unit.
    package static func parse(_ text: String) -> TimeSpan? {
        let digits = text.utf8.prefix { (48...57).contains($0) }
        guard (1...9).contains(digits.count), let number = Int64(String(digits) ?? "") else {
            return nil
        }
        let suffix = String(text.dropFirst(digits.count))
        guard let unit = units.first(where: { $0.suffix == suffix }) else { return nil }
        return TimeSpan(milliseconds: number * unit.milliseconds)
    }

    /// The text of a span, in hours below three days and in the largest unit that divides it above.
    package static func text(_ span: TimeSpan) -> String {
        let value = span.milliseconds
        if value == 0 { return "0s" }
        for unit in [units[0], units[1], units[3], units[4]]
        where value % unit.milliseconds == 0 {
            if unit.suffix == "d", value.magnitude <= 3 * 86_400_000 { continue }
            return "\(value / unit.milliseconds)\(unit.suffix)"
        }
        return "\(value)ms"
    }
}

/// Finds the word that somebody may have meant.
package enum NearestWord {
    /// What to do about a word that is not known: the nearest one, or all of them.
    package static func remedy(for word: String, among known: [String]) -> String {
        if let nearest = find(word, among: known) { return "did you mean \(nearest)?" }
        return "the known ones are \(known.joined(separator: ", "))"
    }

    /// The known word at the least distance, if that is at most a third of its length.
    static func find(_ word: String, among known: [String]) -> String? {
        let letters = Array(word.utf8.prefix(64))
        var best: (word: String, distance: Int)?
        for candidate in known {
            let distance = distance(letters, Array(candidate.utf8))
            if distance <= max(2, candidate.utf8.count / 3), distance < candidate.utf8.count,
                distance < best?.distance ?? .max
            {
                best = (candidate, distance)
            }
        }
        return best?.word
    }

    /// The number of letters to insert, take out or change.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let change = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
