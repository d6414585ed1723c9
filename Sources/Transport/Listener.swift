import CAdmission
import Glibc

/// The public TCP socket on which libzmq accepts (监听), held beside it so that newcomers can be refused.
final class Listener {
    /// A second handle of the socket that libzmq has.
    private let descriptor: Int32
    /// The handle for libzmq, which closes it.
    let lent: Int32

    /// Its places, counted where libzmq accepts.
    private let admission: Int32

    /// Listens at `tcp://ADDRESS:PORT`; `nil` where the address is a name, which libzmq resolves itself.
    ///
    /// - Parameters:
    ///   - endpoint: Where to listen.
    ///   - backlog: Newcomers that may wait to be accepted.
    ///   - places: The most connections at a time; whoever comes beyond them is closed in `accept`.
    /// - Throws: What the system refused.
    init?(endpoint: String, backlog: Int32, places: Int) throws(ListenerError) {
        guard let place = Listener.place(endpoint) else { return nil }
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(place.host, place.port, &hints, &found) == 0, let found else {
            return nil
        }
        defer { freeaddrinfo(found) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let one = socket(found.pointee.ai_family, kind, 0)
        guard one >= 0 else { throw ListenerError(endpoint: endpoint, number: errno) }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        let isBound = bind(one, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0
        guard isBound, listen(one, backlog) == 0 else {
            let number = errno
            close(one)
            throw ListenerError(endpoint: endpoint, number: number)
        }
        descriptor = one
        let second = fcntl(one, F_DUPFD_CLOEXEC, 0)
        guard second >= 0 else {
            let number = errno
            close(one)
            throw ListenerError(endpoint: endpoint, number: number)
        }
        lent = second
        admission = ld_admission_bound(second, places)
        guard admission >= 0 else {
            close(second)
            close(one)
            throw ListenerError(endpoint: endpoint, number: ENOSPC)
        }
    }

    deinit {
        ld_admission_unbound(admission)
        close(descriptor)
    }

    /// A connection is gone, its place is free.
    func leave() { ld_admission_leave(admission) }

    /// Newcomers closed in `accept` since the last time.
    func takeTurnedAway() -> Int { ld_admission_turned_away(admission) }

    /// Lets the system drop whoever knocks: a filter that passes no packet (`SO_ATTACH_FILTER`).
    ///
    /// The packets of connections that stand go to their own sockets and pass.
    func refuse() -> Bool {
        // BPF_RET | BPF_K with 0: keep no byte of any packet.
        var code: UInt64 = 0x06
        return withUnsafePointer(to: &code) { instruction in
            var program = FilterProgram(count: 1, instructions: UnsafeRawPointer(instruction))
            let size = socklen_t(MemoryLayout<FilterProgram>.size)
            return setsockopt(descriptor, SOL_SOCKET, Listener.attachFilter, &program, size) == 0
        }
    }

    /// Lets newcomers in again.
    func admit() -> Bool {
        var none: Int32 = 0
        let size = socklen_t(MemoryLayout<Int32>.size)
        return setsockopt(descriptor, SOL_SOCKET, Listener.detachFilter, &none, size) == 0
    }

    /// Closes those who wait to be accepted, so that libzmq does not try; returns how many.
    ///
    /// Where there are no descriptors left, spare ones are given up one by one.
    func turnAway(_ spare: inout SpareDescriptors) -> Int {
        var count = 0
        while count < 65_536 {
            let newcomer = accept(descriptor, nil, nil)
            if newcomer >= 0 {
                close(newcomer)
                count += 1
            } else if errno == EMFILE || errno == ENFILE {
                guard spare.releaseOne() else { return count }
            } else if errno != EINTR && errno != ECONNABORTED {
                return count
            }
        }
        return count
    }

    private static let attachFilter: Int32 = 26
    private static let detachFilter: Int32 = 27

    /// `struct sock_fprog` of linux/filter.h.
    private struct FilterProgram {
        var count: UInt16
        var instructions: UnsafeRawPointer
    }

    /// Host and port of `tcp://127.0.0.1:5747`, `tcp://[::1]:5747`, `tcp://*:5747`.
    private static func place(_ endpoint: String) -> (host: String, port: String)? {
        guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else {
            return nil
        }
        var host = endpoint[endpoint.index(endpoint.startIndex, offsetBy: 6)..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        let port = endpoint[endpoint.index(after: colon)...]
        guard port == "*" || UInt16(port) != nil else { return nil }
        return (host == "*" ? "0.0.0.0" : String(host), port == "*" ? "0" : String(port))
    }
}

/// Why nobody can listen at an endpoint.
package struct ListenerError: Error, CustomStringConvertible, Sendable {
    /// Where.
    package let endpoint: String
    /// The system's number for it.
    package let number: Int32

    /// What, where and what to do.
    package var description: String {
        "LD-1016 \(endpoint) cannot be listened on: \(String(cString: strerror(number))); "
            + "see whether another program has the port"
    }
}
