import Hub
import ZeroMQ

/// Counts what happens at the door and tells the guard once a second (门岗记录), so that a flood of
/// strangers is a line a second and not a line each.
struct DoorLedger {
    private var count = GuardOffice.Count()
    private var addresses: [String] = []
    private var toldAt: Int64 = 0
    private var wasOpen = true

    /// Addresses named in one line.
    private static let addressesMax = 4

    mutating func note(_ event: MonitorEvent) {
        switch event {
        case .accepted: count.accepted += 1
        case .acceptFailed: count.failedAccepts += 1
        case .handshakeFailed, .protocolFailed: count.failedHandshakes += 1
        default: break
        }
    }

    mutating func turnedAway(_ number: Int) { count.turnedAway += UInt64(number) }

    mutating func refused(_ denied: [String], count refused: Int) {
        count.refusedKeys += UInt64(refused)
        for address in denied
        where addresses.count < DoorLedger.addressesMax && !addresses.contains(address) {
            addresses.append(address)
        }
    }

    mutating func tell(_ office: GuardOffice, _ entrance: Entrance) {
        if entrance.isOpen != wasOpen {
            wasOpen = entrance.isOpen
            office.tell(
                entranceIsOpen: wasOpen,
                connections: entrance.connections,
                connectionsMax: entrance.connectionsMax
            )
        }
        let now = office.now
        guard now >= toldAt + 1000 else { return }
        toldAt = now
        office.tell(
            count,
            addresses: addresses,
            connections: entrance.connections,
            closings: entrance.closings,
            isOpen: entrance.isOpen
        )
        count = GuardOffice.Count()
        addresses = []
    }
}

/// Why the door does not open (大门无法开启).
package enum DoorError: Error, CustomStringConvertible, Sendable {
    /// The system gives the process too few descriptors.
    case tooFewDescriptors(limit: Int)

    /// What, where and what to do.
    package var description: String {
        switch self {
        case .tooFewDescriptors(let limit):
            "LD-1015 the system allows \(limit) open files, \(Entrance.reserved + 16) are needed; "
                + "raise ulimit -n or LimitNOFILE"
        }
    }
}
