/// A connection, by the routing id that the socket gave it (对端).
///
/// It says where an answer goes and nothing about who is there: that is `Principal`.
package struct Peer: Hashable, Sendable {
    /// The routing id.
    package let routingID: [UInt8]
    /// The key that it came with, by the door's name for it; empty where there are no keys.
    package let credential: String

    /// A connection by its routing id and its key.
    package init(routingID: [UInt8], credential: String = "") {
        self.routingID = routingID
        self.credential = credential
    }
}

/// A message on its way out.
package struct Outgoing: Sendable {
    /// Where it goes.
    package let peer: Peer
    /// Header and body.
    package let bytes: [UInt8]
    /// The last journal entry that it receipts, 0 when it receipts none.
    package let receipts: UInt64

    /// A message from its parts.
    package init(peer: Peer, bytes: [UInt8], receipts: UInt64 = 0) {
        self.peer = peer
        self.bytes = bytes
        self.receipts = receipts
    }
}
