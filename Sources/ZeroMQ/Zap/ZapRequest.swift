/// A peer that asks to be let in (接入认证), as libzmq describes it to the ZAP handler (RFC 27).
package struct ZapRequest: Sendable, Equatable {
    /// How the peer authenticates.
    package enum Mechanism: Sendable, Equatable {
        /// Not at all.
        case null
        /// By a name and a password, which this product never accepts.
        case plain
        /// By a key pair; the handshake has proved that the peer holds the secret half.
        case curve(CurvePublicKey)
        /// By something else.
        case other(String)
    }

    /// The server socket's domain.
    package let domain: String
    /// The peer's address without port.
    package let address: String
    /// How the peer authenticates, and with what.
    package let mechanism: Mechanism

    /// The peer's public key under CURVE.
    package var publicKey: CurvePublicKey? {
        guard case .curve(let key) = mechanism else { return nil }
        return key
    }
}

/// The answer to a peer that asks to be let in.
package enum ZapDecision: Sendable, Equatable {
    /// Let in; each frame of the peer carries this `User-Id`, 1...255 bytes without a zero byte.
    case allow(userID: String)
    /// Refused; the peer learns only that it was.
    case deny
}

/// How many requests one call answered, by outcome.
package struct ZapTally: Sendable, Equatable {
    /// Peers let in.
    package internal(set) var allowed = 0
    /// Peers refused.
    package internal(set) var denied = 0
    /// Requests that were none, answered with 500, or with 400 for a key of the wrong length.
    package internal(set) var malformed = 0

    /// All requests answered.
    package var total: Int { allowed + denied + malformed }
}

extension ZapRequest {
    /// Why a request is none, and the status that says so.
    struct Fault: Error, Equatable {
        let status: String
        let text: String
    }

    /// The frames of a request, the first being the routing id of the socket that asks:
    /// routing id, empty, version, request id, domain, address, identity, mechanism, credentials.
    init(_ frames: borrowing Frames) throws(Fault) {
        guard frames.count >= 8, frames.surplus == 0, frames.byteCount(at: 1) == 0 else {
            throw Fault(status: "500", text: "Malformed request")
        }
        guard frames.text(at: 2) == "1.0" else {
            throw Fault(status: "500", text: "Unknown version")
        }
        guard
            let domain = frames.text(at: 4),
            let address = frames.text(at: 5),
            let mechanism = frames.text(at: 7)
        else {
            throw Fault(status: "500", text: "Malformed request")
        }
        self.domain = domain
        self.address = address
        switch mechanism {
        case "NULL": self.mechanism = .null
        case "PLAIN": self.mechanism = .plain
        case "CURVE":
            guard
                frames.count == 9,
                let key = CurvePublicKey(bytes: frames.array(at: 8, bytesMax: 32))
            else {
                throw Fault(status: "400", text: "A key has 32 bytes")
            }
            self.mechanism = .curve(key)
        default: self.mechanism = .other(mechanism)
        }
    }
}

extension Frames {
    /// A frame as text; nil when it is longer than 255 bytes.
    fileprivate func text(at index: Int) -> String? {
        guard byteCount(at: index) <= 255 else { return nil }
        return String(decoding: array(at: index, bytesMax: 255), as: UTF8.self)
    }

    /// A copy of a frame's bytes; empty when there are more than so many.
    fileprivate func array(at index: Int, bytesMax: Int) -> [UInt8] {
        guard byteCount(at: index) <= bytesMax else { return [] }
        return withBytes(at: index) { bytes in
            unsafe bytes.withUnsafeBytes { buffer in unsafe Array(buffer) }
        }
    }
}
