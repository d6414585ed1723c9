public import LiandongClient
import Wire
package import ZeroMQ

/// A connection to a hub over ZeroMQ with CURVE.
///
/// It connects by itself, and again after a cut; who the hub is is proved by its key. One thread uses
/// it, the one that calls it first.
public struct ZeroMQConnection: HubConnection, ~Copyable {
    private let socket: Socket
    private var incoming = Message()
    /// Where a wake-up can end a wait; without one the socket waits alone.
    private var poller: Poller?

    /// A connection that is being made.
    ///
    /// - Parameters:
    ///   - endpoint: Where the hub listens, `tcp://10.0.0.1:7441`.
    ///   - hubKey: The hub's public key, 40 characters of Z85.
    ///   - secretKey: The own secret key, 40 characters of Z85.
    /// - Throws: When a key or the endpoint is malformed.
    public init(endpoint: String, hubKey: String, secretKey: String) throws(ConnectionError) {
        socket = try ZeroMQConnection.open(endpoint, hubKey, secretKey)
    }

    /// The same, where `wakeup` ends a wait for a message early, so that new work is seen at once.
    package init(
        endpoint: String,
        hubKey: String,
        secretKey: String,
        wakeup: Wakeup
    ) throws(ConnectionError) {
        socket = try ZeroMQConnection.open(endpoint, hubKey, secretKey)
        var poller = Poller(capacity: 1, wakeup: wakeup)
        _ = poller.add(socket)
        self.poller = consume poller
    }

    private static func open(
        _ endpoint: String,
        _ hubKey: String,
        _ secretKey: String
    ) throws(ConnectionError) -> Socket {
        do {
            let keys = try CurveKeyPair(secret: CurveSecretKey(z85: secretKey))
            let context = try Context(ioThreads: 1, socketsMax: 8)
            let socket = try Socket(
                context,
                .dealer,
                options: [
                    .linger(.milliseconds(200)),
                    .immediate(true),
                    .frameBytesMax(ProtocolLimits.messageBytesMax),
                    .sendQueueMessagesMax(256),
                    .receiveQueueMessagesMax(4096),
                    .reconnect(first: .milliseconds(100), longest: .seconds(5)),
                    .handshakeInterval(.seconds(10)),
                    .tcpKeepalive(idle: .seconds(60), every: .seconds(15), probes: 4),
                    .curveClient(keys, server: CurvePublicKey(z85: hubKey)),
                ]
            )
            try socket.connect(endpoint)
            return socket
        } catch {
            throw ConnectionError("cannot connect to \(endpoint): \(error)")
        }
    }

    /// Sends a message, or says that there is no room for it yet.
    public mutating func send(_ message: [UInt8]) throws(ConnectionError) -> Bool {
        do {
            return try socket.send(copying: message) == .sent
        } catch {
            throw ConnectionError("sending to the hub failed: \(error)")
        }
    }

    /// The next message, or `nil` when none came in time.
    public mutating func receive(within milliseconds: Int) throws(ConnectionError) -> [UInt8]? {
        do {
            var wait = milliseconds
            if poller != nil, milliseconds > 0 {
                if let bytes = try receive(within: 0) { return bytes }
                _ = try poller?.wait(atMost: .milliseconds(milliseconds))
                wait = 0
            }
            while try socket.receive(into: &incoming, within: .milliseconds(wait)) {
                let isWhole = !incoming.isFollowed
                let bytes = incoming.withBytes { span in span.withUnsafeBytes { Array($0) } }
                // A message of several frames is none of this protocol: all its frames are dropped.
                if isWhole { return bytes }
                while incoming.isFollowed { _ = try socket.receive(into: &incoming) }
            }
            return nil
        } catch {
            throw ConnectionError("receiving from the hub failed: \(error)")
        }
    }
}
