import Wire
package import ZeroMQ

/// Where the hub listens and with which key (接入端点).
package struct DoorSettings: Sendable {
    /// The endpoint, `tcp://127.0.0.1:7441`; a port of `*` takes a free one.
    package let endpoint: String
    /// The hub's key pair.
    package let keys: CurveKeyPair

    /// The most connections, with and without a session.
    package let connectionsMax: Int
    /// How long a newcomer may take to shake hands.
    package let handshake: Duration

    /// Settings from their parts.
    package init(
        endpoint: String,
        keys: CurveKeyPair,
        connectionsMax: Int = 4096,
        handshake: Duration = .seconds(5)
    ) {
        self.endpoint = endpoint
        self.keys = keys
        self.connectionsMax = connectionsMax
        self.handshake = handshake
    }

    /// Connections that the system queues.
    static let backlog: Int32 = 512

    /// All options of the public socket; the proof at start uses the same list.
    package var options: [SocketOption] {
        [
            .linger(.milliseconds(500)),
            .curveServer(keys, domain: "liandong"),
            .frameBytesMax(ProtocolLimits.messageBytesMax),
            .sendQueueMessagesMax(1024),
            .receiveQueueMessagesMax(1024),
            .backlog(Int(DoorSettings.backlog)),
            .handshakeInterval(handshake),
            .tcpKeepalive(idle: .seconds(60), every: .seconds(15), probes: 4),
        ]
    }
}
