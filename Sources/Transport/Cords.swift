import Glibc

/// Which connection came with which key (连线), so that those of a key that was closed can be cut.
///
/// What libzmq and the system have queued for a connection would still go out after its session has ended;
/// a slow reader would get it much later. libzmq ends no connection that it let in, but it gives one up whose
/// socket was shut. The error that says why has `grace` to arrive first.
struct Cords {
    /// The user id of each connection that has sent something, by its descriptor.
    private var users: [Int32: String] = [:]
    private var condemned: [(descriptor: Int32, user: String, at: Int64)] = []

    /// Milliseconds between the end of a session and that of its connection.
    static let grace: Int64 = 300

    /// A message came by a connection.
    mutating func note(_ descriptor: Int32, _ user: String) {
        if users[descriptor] != user { users[descriptor] = user }
    }

    /// A connection is gone; its number may be given to another.
    mutating func gone(_ descriptor: Int32) {
        users[descriptor] = nil
    }

    /// These user ids open nothing any more.
    mutating func condemn(_ closed: [String], now: Int64) {
        guard !closed.isEmpty else { return }
        let closed = Set(closed)
        for (descriptor, user) in users where closed.contains(user) {
            condemned.append((descriptor, user, now + Cords.grace))
        }
    }

    /// Shuts the connections whose grace is over; returns how many.
    ///
    /// Take the events of connections in first: a number that was given to another is left alone then.
    mutating func cut(now: Int64) -> Int {
        guard !condemned.isEmpty else { return 0 }
        var count = 0
        for (descriptor, user, at) in condemned where at <= now && users[descriptor] == user {
            // What the system has yet to send is thrown away when libzmq closes it. One that libzmq has closed
            // in this moment is no socket of that number, or another client's, who comes back by himself.
            var atOnce = linger(l_onoff: 1, l_linger: 0)
            let size = socklen_t(MemoryLayout<linger>.size)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &atOnce, size)
            if shutdown(descriptor, Int32(SHUT_RDWR)) == 0 { count += 1 }
            users[descriptor] = nil
        }
        condemned.removeAll { $0.at <= now }
        return count
    }
}
