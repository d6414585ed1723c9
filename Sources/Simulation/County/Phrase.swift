/// A phrase of the county's grammar: text with choices `[a|b]`, slots `{p}` and numbers `{2-9}`.
struct Phrase: Sendable {
    /// What a phrase is made of.
    indirect enum Part: Sendable {
        case text(String)
        case slot(Slot)
        case number(ClosedRange<Int>)
        case choice([Phrase])
    }

    /// What a slot stands for.
    enum Slot: Character, Sendable {
        case place = "p"
        case shortPlace = "q"
        case town = "t"
        case respondent = "u"
        case object = "o"
        case since = "s"
        case count = "n"
        case measure = "m"
        case own = "k"
        case day = "d"
        case people = "w"
        case goods = "g"
        case job = "j"
        case saying = "i"
        case kin = "r"
        case pastime = "a"
        case name = "x"
    }

    let parts: [Part]

    /// A phrase from its source; the grammar is part of the program, so a mistake in it stops it.
    init(_ source: Substring) {
        var reader = source
        parts = Phrase.read(&reader, inside: false)
        precondition(reader.isEmpty, "grammar: unexpected ] in \(source)")
    }

    private init(parts: [Part]) {
        self.parts = parts
    }

    /// Phrases from lines.
    static func list(_ source: String) -> [Phrase] {
        source.split(separator: "\n").map { Phrase($0) }
    }

    private static func read(_ rest: inout Substring, inside: Bool) -> [Part] {
        var parts: [Part] = []
        var text = ""
        func flush() {
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
        }
        while let character = rest.first {
            if inside, character == "|" || character == "]" { break }
            rest.removeFirst()
            switch character {
            case "[":
                flush()
                parts.append(.choice(choices(&rest)))
            case "{":
                flush()
                parts.append(slot(&rest))
            case ",": text.append("，")
            default: text.append(character)
            }
        }
        flush()
        return parts
    }

    private static func choices(_ rest: inout Substring) -> [Phrase] {
        var phrases = [Phrase(parts: read(&rest, inside: true))]
        while rest.first == "|" {
            rest.removeFirst()
            phrases.append(Phrase(parts: read(&rest, inside: true)))
        }
        precondition(rest.first == "]", "grammar: a choice is not closed")
        rest.removeFirst()
        return phrases
    }

    private static func slot(_ rest: inout Substring) -> Part {
        guard let end = rest.firstIndex(of: "}") else {
            preconditionFailure("grammar: a slot is not closed")
        }
        let name = rest[..<end]
        rest = rest[end...].dropFirst()
        if name.count == 1, let first = name.first, let slot = Slot(rawValue: first) {
            return .slot(slot)
        }
        let bounds = name.split(separator: "-").compactMap { Int($0) }
        precondition(bounds.count == 2 && bounds[0] <= bounds[1], "grammar: {\(name)}")
        return .number(bounds[0]...bounds[1])
    }
}
