package import Domain

/// The place of a decision, read from its bytes without the rest of it (结论梗概).
///
/// Rights ask for no more of most decisions of a replay, and reading all of one costs more than sending it.
package struct DecisionOutline: Equatable, Sendable {
    /// When it holds.
    package let at: Timestamp
    /// What `Decision.place` is.
    package let place: Division

    /// The outline of a decision whose place stands near its beginning; `nil` for all others, and for bytes that
    /// are no decision.
    ///
    /// What follows the place is not looked at.
    package init?(_ bytes: [UInt8]) {
        guard let at = DecisionCodec.time(of: bytes),
            let tag = Decision.Content.Tag(rawValue: bytes[1]),
            let place = try? DecisionOutline.place(tag, bytes)
        else { return nil }
        self.at = at
        self.place = place
    }

    private static func place(
        _ tag: Decision.Content.Tag,
        _ bytes: [UInt8]
    ) throws(RecordError) -> Division? {
        var reader = RecordReader(bytes, from: DecisionCodec.headBytes)
        switch tag {
        case .admitted:
            try reader.passText("the agency")
            try reader.passText("the id")
            _ = try reader.number("the ordinal", as: UInt64.self)
            try reader.passText("the type")
            _ = try reader.time("the item's time")
            return try reader.division("the division")
        case .caseOpened, .caseJoined, .caseMerged, .caseLived:
            _ = try reader.caseID("the case")
            return try reader.division("the case's division")
        case .alertRaised, .alertChanged, .alertAcknowledged, .alertOverdue:
            _ = try reader.alertID("the alert")
            let _: AlertKind = try reader.choice("the alert's kind")
            _ = try reader.caseID("the case")
            return try reader.division("the division")
        case .configured, .sameAgain, .revised, .lived, .quarantined, .refusedSealed, .copied,
            .repeated,
            .visited, .void, .clockChanged, .observed, .obeyed, .caseEdited, .itemMoved,
            .itemWithdrawn, .ruleTried:
            return nil
        }
    }
}
