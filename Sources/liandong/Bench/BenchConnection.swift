import LiandongClient
import LiandongClientZeroMQ
import Wire
import ZeroMQ

/// A client's connection in a measurement: as a real one, but on a context that many share, and
/// without encryption where the measured hub has none.
struct BenchConnection: HubConnection, ~Copyable {
    /// Who connects.
    enum Identity {
        /// Proved by a key.
        case keys(CurveKeyPair, hub: CurvePublicKey)
        /// Named only; `copy` tells connections of one name apart.
        case name(String, copy: Int)
    }

    private let socket: Socket
    private var incoming = Message()

    init(_ context: Context, endpoint: String, identity: Identity) throws(ConnectionError) {
        socket = try BenchConnection.open(context, endpoint, identity)
    }

    private static func open(
        _ context: Context,
        _ endpoint: String,
        _ identity: Identity
    ) throws(ConnectionError) -> Socket {
        var options: [SocketOption] = [
            .linger(.milliseconds(200)),
            .immediate(true),
            .frameBytesMax(ProtocolLimits.messageBytesMax),
            .sendQueueMessagesMax(256),
            .receiveQueueMessagesMax(4096),
            .handshakeInterval(.seconds(30)),
        ]
        switch identity {
        case .keys(let keys, let hub): options.append(.curveClient(keys, server: hub))
        case .name(let name, let copy): options.append(.routingID(Array("\(name)#\(copy)".utf8)))
        }
        do {
            let socket = try Socket(context, .dealer, options: options)
            try socket.connect(endpoint)
            return socket
        } catch {
            throw ConnectionError("cannot connect to \(endpoint): \(error)")
        }
    }

    mutating func send(_ message: [UInt8]) throws(ConnectionError) -> Bool {
        do {
            return try socket.send(copying: message) == .sent
        } catch {
            throw ConnectionError("sending to the hub failed: \(error)")
        }
    }

    mutating func receive(within milliseconds: Int) throws(ConnectionError) -> [UInt8]? {
        do {
            let wait = Duration.milliseconds(milliseconds)
            guard try socket.receive(into: &incoming, within: wait) else { return nil }
            return incoming.withBytes { span in span.withUnsafeBytes { Array($0) } }
        } catch {
            throw ConnectionError("receiving from the hub failed: \(error)")
        }
    }
}
