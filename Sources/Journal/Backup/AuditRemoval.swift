import Hashing
package import Wire

/// What a line of the audit log says of a month that was removed because its span was over (期满移除).
///
/// Without it a log that does not begin with number 1 lacks months that somebody else took away.
package struct AuditRemoval: Hashable, Sendable {
    /// The month, `2023-06`.
    package let month: String
    /// The last line that was removed.
    package let last: LogHead

    /// The number of the first line that stays.
    package var first: UInt64 { last.number + 1 }

    /// What such a line has under `act`.
    static let act = "removed"

    private static let mark = Array(#""act":"removed""#.utf8)

    /// A removal from its parts.
    package init(month: String, last: LogHead) {
        self.month = month
        self.last = last
    }

    /// A removal from the JSON object of its line; `nil` when the line says none.
    package init?(_ line: JSONValue) {
        guard line["act"]?.text == Self.act, let month = line["object"]?.text,
            let number = line["last"]?.int, number > 0, line["first"]?.int == number + 1,
            let chain = line["last_chain"]?.text.flatMap({ Digest32(hex: $0) })
        else { return nil }
        self.init(month: month, last: LogHead(number: UInt64(number), chain: chain))
    }

    /// A removal from the bytes of a line; `nil` when the line says none.
    init?(bytes line: ArraySlice<UInt8>) {
        guard line.firstRange(of: Self.mark) != nil,
            let value = try? JSONValue(parsing: Array(line))
        else { return nil }
        self.init(value)
    }

    /// What its line says beside the month.
    package var particulars: [JSONValue.Member] {
        [
            .init("first", .integer(Int64(first))), .init("last", .integer(Int64(last.number))),
            .init("last_chain", .string(last.chain.hex)),
        ]
    }

    /// Whether it says of a line that it was removed.
    package func covers(_ number: UInt64, chain: String) -> Bool {
        number < last.number || number == last.number && chain == last.chain.hex
    }
}
