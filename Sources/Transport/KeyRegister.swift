import Synchronization
package import Wire
package import ZeroMQ

/// Who may connect, and as whom (密钥登记); it may change while the door is open.
///
/// libzmq cannot end a connection that it let in, so each key has a user id of its own: what comes
/// under the id of a key that was taken out is dropped, and a new key for the same holder is another
/// id. Any thread may change it; the door's thread asks.
package final class KeyRegister: Sendable {
    /// What a change did.
    package struct Change: Equatable, Sendable {
        /// Holders of keys that open from now on.
        package var added: [Principal] = []
        /// Holders of keys that open nothing any more.
        package var removed: [Principal] = []

        /// No change.
        package init() {}
    }

    private struct State {
        var users: [CurvePublicKey: String] = [:]
        var principals: [String: Principal] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())

    /// A register of these keys.
    package init(_ keys: [CurvePublicKey: Principal]) {
        replace(with: keys)
    }

    /// Puts these keys in the place of all others; a key that stays with its holder is untouched.
    @discardableResult
    package func replace(with keys: [CurvePublicKey: Principal]) -> Change {
        state.withLock { state in
            var change = Change()
            for (key, user) in state.users {
                guard let holder = state.principals[user], keys[key] != holder else { continue }
                state.users[key] = nil
                state.principals[user] = nil
                change.removed.append(holder)
            }
            for (key, holder) in keys where state.users[key] == nil {
                state.lastNumber += 1
                let user = "\(holder.text)#\(state.lastNumber)"
                state.users[key] = user
                state.principals[user] = holder
                change.added.append(holder)
            }
            change.added.sort { $0.text < $1.text }
            change.removed.sort { $0.text < $1.text }
            return change
        }
    }

    /// The user id of a key; `nil` refuses it.
    func user(of key: CurvePublicKey) -> String? {
        state.withLock { $0.users[key] }
    }

    /// Whose messages come under a user id; `nil` drops them.
    func principal(of user: String) -> Principal? {
        state.withLock { $0.principals[user] }
    }
}
