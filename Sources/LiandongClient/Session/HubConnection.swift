/// A connection to a hub that carries whole messages (连接).
///
/// The SDK's network port: ZeroMQ stands behind it in `LiandongClientZeroMQ`, a simulated network in
/// tests. One thread uses it.
public protocol HubConnection: ~Copyable {
    /// Sends a message, or says that there is no room for it yet.
    ///
    /// - Parameter message: Header and body as they stand on the wire.
    /// - Returns: Whether it was taken.
    /// - Throws: When the connection cannot be used any more.
    mutating func send(_ message: [UInt8]) throws(ConnectionError) -> Bool

    /// The next message.
    ///
    /// - Parameter milliseconds: How long to wait for it; 0 does not wait.
    /// - Returns: The message, or `nil` when none came in time.
    /// - Throws: When the connection cannot be used any more.
    mutating func receive(within milliseconds: Int) throws(ConnectionError) -> [UInt8]?
}

/// Why a connection could not be made or used.
public struct ConnectionError: Error, Sendable, CustomStringConvertible {
    /// What happened and what to do, in one sentence.
    public let description: String

    /// An error from its sentence.
    public init(_ description: String) {
        self.description = description
    }
}
