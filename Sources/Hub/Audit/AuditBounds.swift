import Domain
import Wire

/// How long a line of the audit log gets by what somebody sends.
package enum AuditBounds {
    /// Bytes of an object: more subjects than anybody subscribes to.
    static let objectMax = 8192
    /// Bytes of one value.
    package static let valueMax = 400
    /// Items that a line names.
    static let itemsMax = 64

    /// As much of a text as so many bytes of UTF-8 hold.
    ///
    /// It is cut between code points and not between characters: one character may be of any length, since
    /// marks combine without end.
    package static func text(_ text: String, _ bytesMax: Int = valueMax) -> String {
        guard text.utf8.count > bytesMax else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: max(0, bytesMax))
        while end.samePosition(in: text.unicodeScalars) == nil { text.utf8.formIndex(before: &end) }
        return String(text.unicodeScalars[..<end])
    }

    /// The items of whose texts a beginning was given for a title.
    static func beginnings(_ refs: [ItemRef]) -> [JSONValue.Member] {
        guard !refs.isEmpty else { return [] }
        let names = refs.prefix(itemsMax)
            .map { text("\($0.agency.name)/\($0.id)") }
            .joined(separator: ",")
        return [
            .init("beginnings", .string(names)),
            .init("beginnings_count", .integer(Int64(refs.count))),
        ]
    }
}
