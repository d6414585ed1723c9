import Glibc
package import ZeroMQ

/// Whether newcomers are let in (入口): they are turned away while there are too many connections.
///
/// libzmq 4.3.4 spins in `accept` when the process has no descriptor left, and a journal that cannot open
/// its next file stops the hub. So connections end well below the limit. Unbinding would end those that
/// stand, because the listener owns them; so the listening socket is the door's own, and the system drops
/// whoever knocks while the entrance is closed. It opens again when a quarter has gone.
///
/// The events that it counts come behind the accepts, so it only spares work; the bound itself stands in
/// `accept` (`CAdmission`).
package struct Entrance: Sendable {
    /// Connections that stand, shaken hands or not.
    package private(set) var connections = 0
    /// Accepts that failed for want of descriptors.
    package private(set) var acceptFailures: UInt64 = 0
    /// Times that the entrance was closed.
    package private(set) var closings: UInt64 = 0
    /// Newcomers are let in.
    package private(set) var isOpen = true
    /// The most connections.
    package let connectionsMax: Int
    /// There were no descriptors left.
    package private(set) var isStarved = false

    /// Descriptors left to files, pipes and the libraries.
    package static let reserved = 192

    /// An open entrance.
    package init(connectionsMax: Int) {
        self.connectionsMax = connectionsMax
    }

    /// What must be done to the listener.
    package enum Act: Sendable {
        case nothing
        case close
        case open
    }

    /// Takes an event of the socket's monitor in.
    package mutating func note(_ event: MonitorEvent) {
        switch event {
        case .accepted: connections += 1
        case .disconnected: connections = max(0, connections - 1)
        case .acceptFailed(let number) where number != EAGAIN && number != ECONNABORTED:
            acceptFailures += 1
            isStarved = true
        default: break
        }
    }

    /// What to do now.
    package mutating func act() -> Act {
        if isOpen, isStarved || connections >= connectionsMax {
            isOpen = false
            closings += 1
            return .close
        }
        guard !isOpen, connections <= connectionsMax * 3 / 4 else { return .nothing }
        isOpen = true
        isStarved = false
        return .open
    }
}

/// The process's descriptors (文件描述符).
package enum Descriptors {
    /// Raises the soft limit to the hard one and returns it.
    package static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 1024
        }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }
}

/// Descriptors kept for the moment when there are none left: they are given back then, so that the
/// journal can open its next file (备用描述符).
struct SpareDescriptors: ~Copyable {
    private var descriptors: [Int32] = []
    private static let count = 32

    init() { refill() }

    deinit { for descriptor in descriptors { close(descriptor) } }

    /// Gives one back; `false` when there is none.
    mutating func releaseOne() -> Bool {
        guard let last = descriptors.popLast() else { return false }
        close(last)
        return true
    }

    mutating func release() { while releaseOne() {} }

    mutating func refill() {
        while descriptors.count < SpareDescriptors.count {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            descriptors.append(descriptor)
        }
    }
}
