import Wire

/// Labels of a careful reader, one JSON object a line (人工标注).
package struct GoldFile: Sendable {
    /// A line that is no label.
    package struct Flaw: Error, Equatable, CustomStringConvertible, Sendable {
        /// The line, from 1.
        package let line: Int
        /// What is wrong and what to do.
        package let description: String
    }

    /// The matter of each judged item, by the item's id.
    package private(set) var matters: [String: String] = [:]

    /// Labels from the lines of a file: `{"id": …, "matter": …}`.
    package init(lines: [[UInt8]]) throws(Flaw) {
        for (number, line) in try LabelledLines.objects(lines) {
            guard let id = line["id"]?.text, let matter = line["matter"]?.text else {
                throw Flaw(line: number, description: "give id and matter, both texts")
            }
            guard matters.updateValue(matter, forKey: id) == nil else {
                throw Flaw(line: number, description: "\(id) has a label already")
            }
        }
    }

    /// The pairs with one text from the lines of a file: `{"a": …, "b": …, "types": […]}`, those
    /// whose types hold `near_duplicate_text`.
    package static func sameTexts(lines: [[UInt8]]) throws(Flaw) -> [(String, String)] {
        var pairs: [(String, String)] = []
        for (number, line) in try LabelledLines.objects(lines) {
            guard let first = line["a"]?.text, let second = line["b"]?.text,
                let types = line["types"]?.elements
            else { throw Flaw(line: number, description: "give a, b and types") }
            if types.contains(where: { $0.text == "near_duplicate_text" }) {
                pairs.append((first, second))
            }
        }
        return pairs
    }
}

/// The JSON objects of lines; empty lines are none.
private enum LabelledLines {
    static func objects(
        _ lines: [[UInt8]]
    ) throws(GoldFile.Flaw) -> [(number: Int, value: JSONValue)] {
        var found: [(number: Int, value: JSONValue)] = []
        for (place, line) in lines.enumerated() where line.contains(where: { $0 > 32 }) {
            do throws(JSONError) {
                found.append((place + 1, try JSONValue(parsing: line)))
            } catch {
                throw GoldFile.Flaw(line: place + 1, description: "is no JSON: \(error)")
            }
        }
        return found
    }
}
