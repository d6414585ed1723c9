import Wire
package import ZeroMQ

/// Where the hub listens and with which key (接入端点).
package struct DoorSettings: Sendable {
    /// The endpoint, `tcp://127.0.0.1:7441`; a port of `*` takes a free one.
    package let endpoint: String
    /// How it tells who knocks.
    let admission: Admission

    /// The most connections, with and without a session.
    package let connectionsMax: Int
    /// How long a newcomer may take to shake hands.
    package let handshake: Duration

    /// How a door tells who knocks.
    enum Admission {
        /// By the client's key, encrypted.
        case keys(CurveKeyPair)
        /// By the name that the client gives itself, in the clear.
        case names
    }

    /// A door with CURVE.
    package init(
        endpoint: String,
        keys: CurveKeyPair,
        connectionsMax: Int = 4096,
        handshake: Duration = .seconds(5)
    ) {
        self.endpoint = endpoint
        admission = .keys(keys)
        self.connectionsMax = connectionsMax
        self.handshake = handshake
    }

    private init(unprotected endpoint: String) {
        self.endpoint = endpoint
        admission = .names
        connectionsMax = 4096
        handshake = .seconds(5)
    }

    /// A door without encryption that lets a few fixed names in at their word, so that a hub can be
    /// measured beside brokers that have no encryption; `nil` for any address but 127.0.0.1.
    package static func unprotected(endpoint: String) -> DoorSettings? {
        endpoint.hasPrefix("tcp://127.0.0.1:") ? DoorSettings(unprotected: endpoint) : nil
    }

    /// Who may come through a door without encryption.
    static let names: Set<String> = [
        "agency/xinfang", "agency/zhengshu", "agency/xuanchuan", "agency/rongmeiti",
        "officer/duty",
    ]

    /// Connections that the system queues.
    static let backlog: Int32 = 512

    /// All options of the public socket; the proof at start uses the same list.
    package var options: [SocketOption] {
        [
            .linger(.milliseconds(500)),
            protection,
            .frameBytesMax(ProtocolLimits.messageBytesMax),
            .sendQueueMessagesMax(1024),
            .receiveQueueMessagesMax(1024),
            .backlog(Int(DoorSettings.backlog)),
            .handshakeInterval(handshake),
            .tcpKeepalive(idle: .seconds(60), every: .seconds(15), probes: 4),
        ]
    }

    private var protection: SocketOption {
        switch admission {
        case .keys(let keys): .curveServer(keys, domain: "liandong")
        case .names: .zapDomain("liandong")
        }
    }
}
