/// How a journal is laid out, and where its randomness comes from.
package struct JournalOptions: Sendable {
    /// The length of the inputs' segments in bytes.
    package var inputSegmentBytes: Int
    /// The length of the decisions' segments in bytes.
    package var decisionSegmentBytes: Int
    /// Random numbers for seeds of keys and the journal's identifier; the system's by default.
    package var random: @Sendable () -> UInt64
    /// Repair: what is damaged and everything behind it is kept aside, and the hub starts.
    package var repairs: Bool

    /// So many blocks of 4,096 entries get their seeds ahead of use, in one write.
    static let blocksAhead = 15

    /// Options; those left out are the usual ones.
    package init(
        inputSegmentBytes: Int = 64 << 20,
        decisionSegmentBytes: Int = 64 << 20,
        repairs: Bool = false,
        random: @escaping @Sendable () -> UInt64 = {
            var system = SystemRandomNumberGenerator()
            return system.next()
        }
    ) {
        self.inputSegmentBytes = inputSegmentBytes
        self.decisionSegmentBytes = decisionSegmentBytes
        self.repairs = repairs
        self.random = random
    }
}
