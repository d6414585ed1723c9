import Wire
package import ZeroMQ

/// Where the hub listens and with which key (接入端点).
package struct DoorSettings: Sendable {
    /// The endpoint, `tcp://127.0.0.1:7441`; a port of `*` takes a free one.
    package let endpoint: String
    /// The hub's key pair.
    package let keys: CurveKeyPair

    /// Settings from their parts.
    package init(endpoint: String, keys: CurveKeyPair) {
        self.endpoint = endpoint
        self.keys = keys
    }

    /// All options of the public socket; the proof at start uses the same list.
    package var options: [SocketOption] {
        [
            .linger(.milliseconds(500)),
            .curveServer(keys, domain: "liandong"),
            .frameBytesMax(ProtocolLimits.messageBytesMax),
            .sendQueueMessagesMax(1024),
            .receiveQueueMessagesMax(1024),
            .backlog(512),
            .handshakeInterval(.seconds(5)),
            .tcpKeepalive(idle: .seconds(60), every: .seconds(15), probes: 4),
        ]
    }
}
