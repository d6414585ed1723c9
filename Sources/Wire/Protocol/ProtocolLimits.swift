/// The bounds of the protocol (`docs/protocol.md` §9).
package enum ProtocolLimits {
    /// The framing byte of this version.
    package static let framing: UInt8 = 1
    /// The protocol versions that this code speaks, highest first.
    package static let versions: [Int] = [1]
    /// Bytes of a header.
    package static let headerBytes = 16
    /// Bytes of a body.
    package static let bodyBytesMax = 4_194_304
    /// Bytes of a message, header included: `ZMQ_MAXMSGSIZE` of both ends.
    package static let messageBytesMax = bodyBytesMax + headerBytes
    /// Bytes of one event; a longer line is quarantined, not refused.
    package static let eventBytesMax = 262_144
    /// Lines of a PUT and receipts of a RECEIPTS.
    package static let batchMax = 1024
    /// PUTs taken and not yet receipted in a session.
    package static let openPutsMax = 4096
    /// Bytes of the JSON of HELLO, WELCOME, ERROR, SUBSCRIBE, QUERY, COMMAND and SNAPSHOT_END.
    package static let smallBodyBytesMax = 65_536
    /// Bytes of the JSON of a COMMAND, which may name the items of two large cases.
    package static let commandBytesMax = 262_144
    /// Bytes of the JSON of DELIVER, ANSWER and OUTCOME.
    package static let answerBytesMax = 1_048_576
    /// Patterns of a SUBSCRIBE.
    package static let subjectsMax = 64
    /// Rows of an ANSWER.
    package static let rowsMax = 500
    /// Rows of an ANSWER where the QUERY does not say.
    package static let rowsDefault = 100
    /// Queries of a session that are not answered yet.
    package static let openQueriesMax = 4
    /// Commands of a session that have no outcome yet.
    package static let openCommandsMax = 16
    /// Deliveries of a durable subscription that may wait for settlement.
    package static let inFlightMax = 1024
    /// Deliveries of which a session remembers the place, so that FETCH finds them.
    package static let fetchMax = 1024
    /// Bytes of a durable subscription's name.
    package static let durableNameBytes = 1...64
    /// Bytes of a position token.
    package static let tokenBytesMax = 512
    /// Bytes of a record's share of a REPLAY_CHUNK before another begins.
    package static let chunkBytes = 262_144
    /// Bytes of a cursor.
    package static let cursorBytesMax = 512
    /// Bytes of a command's note.
    package static let noteBytesMax = 512
    /// Bytes of a command's idempotency key.
    package static let keyBytes = 8...64
    /// Bytes of the client's name for itself.
    package static let agentBytesMax = 128
    /// Any number, count or credit: every language reads it exactly.
    package static let numberMax: UInt64 = 9_007_199_254_740_991
}
