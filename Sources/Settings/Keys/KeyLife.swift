package import Domain

/// From when until when a public key opens something, and whether it was revoked (密钥有效期).
package struct KeyLife: Equatable, Sendable {
    /// What a key is at a moment.
    package enum State: String, CaseIterable, Sendable {
        /// Its time has not come.
        case waiting
        /// It opens.
        case open
        /// Its time is over.
        case ended
        /// It was revoked and opens nothing ever again.
        case revoked
    }

    /// The first moment at which it opens; `nil` for always.
    package var from: Timestamp?
    /// The first moment at which it no longer opens; `nil` for never.
    package var until: Timestamp?
    /// When it was revoked; whatever the clock says, it opens nothing from then on.
    package var revoked: Timestamp?
    /// Why it was revoked, or what else the operator noted.
    package var reason: String

    /// A life from its parts; without any the key opens always.
    package init(
        from: Timestamp? = nil,
        until: Timestamp? = nil,
        revoked: Timestamp? = nil,
        reason: String = ""
    ) {
        self.from = from
        self.until = until
        self.revoked = revoked
        self.reason = reason
    }

    /// What the key is at a moment.
    package func state(at now: Timestamp) -> State {
        if revoked != nil { return .revoked }
        if let until, now >= until { return .ended }
        if let from, now < from { return .waiting }
        return .open
    }
}
