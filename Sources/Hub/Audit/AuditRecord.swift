package import Domain
package import Wire

/// What somebody did, or was not let do, at the hub (审计记录): who, what, to what, with what result.
///
/// It holds no text of an item and no pseudonym.
package struct AuditRecord: Equatable, Sendable {
    /// What was done (审计事项).
    package enum Act: String, CaseIterable, Sendable {
        /// A month's file began: its first line, so that a first line that is gone shows.
        case began
        /// Where the journal stood: its last entry and the chain behind it, once a minute.
        case headed
        /// The hub began or ended to serve.
        case served
        /// A session began.
        case entered
        /// A session ended.
        case left
        /// Something was refused.
        case refused
        /// Lines were taken from an agency.
        case pushed
        /// A question was answered.
        case asked
        /// A text was read, with the purpose that was given (调阅原文).
        case read
        /// A command was given.
        case commanded
        /// A subscription began.
        case subscribed
        /// Decisions were delivered (送达).
        case delivered
        /// A replay began or ended.
        case replayed
        /// Configuration, grants or keys were changed.
        case changed
        /// An operator worked on the hub's own machine, beside the hub (本机操作).
        case operated
        /// Lines that could not be kept: so many are missing here.
        case lost
        /// A month was removed because its span was over (期满移除).
        case removed
        /// The log goes on from a backup (自备份恢复).
        case restored
    }

    /// When.
    package var at: Timestamp
    /// Who, `officer/duty`; `hub` for the hub itself.
    package var who: String
    /// What.
    package var act: Act
    /// To what: a query, a case, subjects.
    package var object: String
    /// The result: `ok`, or a code.
    package var result: String
    /// Further particulars, by name.
    package var particulars: [JSONValue.Member]

    /// A record from its parts.
    package init(
        at: Timestamp,
        who: String,
        _ act: Act,
        _ object: String = "",
        result: String = "ok",
        _ particulars: [JSONValue.Member] = []
    ) {
        self.at = at
        self.who = who
        self.act = act
        self.object = object
        self.result = result
        self.particulars = particulars
    }

    /// The record as a JSON object with its number, without its chain.
    func members(number: UInt64) -> [JSONValue.Member] {
        [
            .init("n", .integer(Int64(number))), .init("at", .string(at.rfc3339)),
            .init("who", .string(who)), .init("act", .string(act.rawValue)),
            .init("object", .string(object)), .init("result", .string(result)),
        ] + particulars
    }

    /// A record from its JSON object; `nil` when it is none.
    package init?(_ value: JSONValue) {
        guard let at = value["at"]?.text.flatMap({ Timestamp(rfc3339: $0) }),
            let who = value["who"]?.text, let act = value["act"]?.text.flatMap(Act.init(rawValue:)),
            let object = value["object"]?.text, let result = value["result"]?.text
        else { return nil }
        let known = ["n", "at", "who", "act", "object", "result", "chain"]
        let more = (value.members ?? []).filter { !known.contains($0.key) }
        self.init(at: at, who: who, act, object, result: result, more)
    }
}
