package import Domain
import Synchronization
package import Wire
package import ZeroMQ

/// Whom a key lets in, and for how long (密钥期限).
package struct KeyLease: Hashable, Sendable {
    /// Who comes with it.
    package var principal: Principal
    /// The first moment at which it opens; `nil` for always.
    package var from: Timestamp?
    /// The first moment at which it no longer opens; `nil` for never.
    package var until: Timestamp?
    /// It opens nothing, whatever the time.
    package var isRevoked: Bool

    /// A lease from its parts; without times it opens always.
    package init(
        _ principal: Principal,
        from: Timestamp? = nil,
        until: Timestamp? = nil,
        isRevoked: Bool = false
    ) {
        self.principal = principal
        self.from = from
        self.until = until
        self.isRevoked = isRevoked
    }

    func opens(at now: Timestamp) -> Bool {
        !isRevoked && from.map { now >= $0 } ?? true && until.map { now < $0 } ?? true
    }
}

/// Who may connect, and as whom (密钥登记); it may change while the door is open.
///
/// libzmq asks about a key at the handshake alone, so each key that opens has a user id of its own: what
/// comes under the id of a key that was taken out, was revoked or has ended is dropped, and a key that opens
/// again is another id. Any thread may change it; the door's thread asks.
package final class KeyRegister: Sendable {
    /// A key that began or ceased to open.
    package struct Turn: Hashable, Sendable {
        /// Whose.
        package var principal: Principal
        /// The key.
        package var key: CurvePublicKey
        /// The user id under which its connections stood or will stand.
        package var user: String
    }

    /// What a change did.
    package struct Change: Equatable, Sendable {
        /// Keys that open from now on.
        package var opened: [Turn] = []
        /// Keys that open nothing any more.
        package var closed: [Turn] = []

        /// No change.
        package init() {}

        /// Holders of keys that open from now on.
        package var added: [Principal] { opened.map(\.principal) }
        /// Holders of keys that open nothing any more.
        package var removed: [Principal] { closed.map(\.principal) }
        /// Nothing changed.
        package var isEmpty: Bool { opened.isEmpty && closed.isEmpty }
    }

    private struct State {
        var leases: [CurvePublicKey: KeyLease] = [:]
        var users: [CurvePublicKey: String] = [:]
        var principals: [String: Principal] = [:]
        var lastNumber = 0
        /// The reading of the files that is in force.
        var reading: UInt64 = 0
        var lastReading: UInt64 = 0
        /// User ids whose connections the door has yet to end.
        var toEnd: [String] = []
    }

    private let state = Mutex(State())

    /// A register of these keys, of which those open that may at a moment.
    package init(
        _ leases: [CurvePublicKey: KeyLease],
        at now: Timestamp = Timestamp(milliseconds: 0)
    ) {
        replace(with: leases, at: now)
    }

    /// A register of keys that open always.
    package convenience init(_ keys: [CurvePublicKey: Principal]) {
        self.init(keys.mapValues { KeyLease($0) })
    }

    /// A number for a reading of the key files that begins now.
    ///
    /// Whoever reads them later has the larger number, and what was read earlier never takes the place of it:
    /// a key revoked meanwhile would open again.
    package func beginReading() -> UInt64 {
        state.withLock { state in
            state.lastReading += 1
            return state.lastReading
        }
    }

    /// Puts these keys in the place of all others; a key that stays open for its holder is untouched.
    ///
    /// - Parameters:
    ///   - leases: All keys of the folder.
    ///   - now: The time by which they open.
    ///   - reading: The number from `beginReading`; nothing happens where a later reading is in force.
    /// - Returns: What began and what ceased to open.
    @discardableResult
    package func replace(
        with leases: [CurvePublicKey: KeyLease],
        at now: Timestamp,
        reading: UInt64? = nil
    ) -> Change {
        state.withLock { state in
            if let reading {
                guard reading >= state.reading else { return Change() }
                state.reading = reading
            }
            state.leases = leases
            return KeyRegister.turn(&state, at: now)
        }
    }

    /// Puts keys that open always in the place of all others.
    @discardableResult
    package func replace(with keys: [CurvePublicKey: Principal]) -> Change {
        replace(with: keys.mapValues { KeyLease($0) }, at: Timestamp(milliseconds: 0))
    }

    /// Time has come to `now`: opens the keys whose time it is, closes those whose time is over.
    package func advance(to now: Timestamp) -> Change {
        state.withLock { KeyRegister.turn(&$0, at: now) }
    }

    private static func turn(_ state: inout State, at now: Timestamp) -> Change {
        var change = Change()
        for (key, user) in state.users {
            guard let holder = state.principals[user] else { continue }
            if let lease = state.leases[key], lease.principal == holder, lease.opens(at: now) {
                continue
            }
            state.users[key] = nil
            state.principals[user] = nil
            state.toEnd.append(user)
            change.closed.append(Turn(principal: holder, key: key, user: user))
        }
        for (key, lease) in state.leases
        where state.users[key] == nil && lease.opens(at: now) {
            state.lastNumber += 1
            let user = "\(lease.principal.text)#\(state.lastNumber)"
            state.users[key] = user
            state.principals[user] = lease.principal
            change.opened.append(Turn(principal: lease.principal, key: key, user: user))
        }
        func isBefore(_ one: Turn, _ other: Turn) -> Bool {
            (one.principal.text, one.user) < (other.principal.text, other.user)
        }
        change.opened.sort(by: isBefore)
        change.closed.sort(by: isBefore)
        return change
    }

    /// The user id of a key; `nil` refuses it.
    func user(of key: CurvePublicKey) -> String? {
        state.withLock { $0.users[key] }
    }

    /// Whose messages come under a user id; `nil` drops them.
    func principal(of user: String) -> Principal? {
        state.withLock { $0.principals[user] }
    }

    /// The user ids that have ceased to open since the last call.
    func takeClosed() -> [String] {
        state.withLock { state in
            defer { state.toEnd = [] }
            return state.toEnd
        }
    }
}
