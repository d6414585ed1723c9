/// Looks whether a text still holds personal data in the clear (脱敏复核).
///
/// The gate asks this of every text that an agency sends. Most texts hold nothing that could begin such a
/// number, which a single pass over the bytes finds out; only then are they scanned.
package enum PersonalData {
    /// What a text holds in the clear; `nil` when it holds nothing.
    package static func kind(in text: String) -> MaskKind? {
        guard QuickLook.mayHold(text) else { return nil }
        return spans(in: MaskText(text)).first?.kind
    }

    /// What a line of JSON that is no item holds in the clear, and in which member; `nil` when it holds nothing.
    ///
    /// Every string is looked at and what stands between strings, since of a broken line nobody knows which is
    /// which; but not the line's own number and what else an agency's machine gives, which have the form of
    /// people's numbers by chance.
    ///
    /// - Parameter line: The bytes as they came.
    /// - Returns: The kind, and the member's name, empty where nobody knows it.
    package static func first(
        inLine line: UnsafeRawBufferPointer
    ) -> (kind: MaskKind, member: String)? {
        var pieces = LoosePieces(line)
        while let piece = pieces.next() {
            guard !machineGiven.contains(piece.name) else { continue }
            if let kind = kind(in: piece.text) { return (kind, piece.name) }
        }
        return nil
    }

    private static let machineGiven: Set<String> = [
        "id", "source", "time", "subject", "type", "specversion",
    ]

    /// Everything in a text that has the form of personal data.
    static func spans(in text: MaskText) -> [MaskSpan] {
        var spans: [MaskSpan] = []
        NumberScan.find(in: text, into: &spans)
        WordScan.find(in: text, into: &spans)
        return spans
    }
}
