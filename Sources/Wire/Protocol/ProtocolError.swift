package import Domain

/// A message that is not of the form that the protocol says, or does not belong here.
///
/// Thrown by decoding, which is total: any bytes give a message or this.
package struct ProtocolError: Error, Hashable, Sendable {
    /// The stable code that goes to the other side.
    package var code: ErrorCode
    /// One sentence: what, where, what to do.
    package var reason: String

    /// An error from its parts.
    package init(_ code: ErrorCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    static func malformed(_ reason: String) -> ProtocolError {
        ProtocolError(.malformedFrame, reason)
    }
}
