import Logging

/// Where the door tells what happened to connections (门卫): gauges and the security log.
package struct GuardOffice: Sendable {
    let links: Links
    let clock: any HubClock

    /// A second's count of what happened at the door.
    package struct Count: Sendable, Equatable {
        /// Connections that were accepted.
        package var accepted: UInt64 = 0
        /// Keys that nobody let in.
        package var refusedKeys: UInt64 = 0
        /// Handshakes that failed or never came.
        package var failedHandshakes: UInt64 = 0
        /// Accepts that failed for want of descriptors.
        package var failedAccepts: UInt64 = 0

        /// Newcomers who were closed unheard because there were too many.
        package var turnedAway: UInt64 = 0

        /// Nothing yet.
        package init() {}

        /// Something that the guard should read of.
        package var isSuspicious: Bool {
            refusedKeys + failedHandshakes + failedAccepts + turnedAway > 0
        }
    }

    /// Milliseconds that never go back.
    package var now: Int64 { clock.monotonicMilliseconds() }

    /// Tells what a second brought, and how the entrance stands.
    package func tell(
        _ count: Count,
        addresses: [String],
        connections: Int,
        closings: UInt64,
        isOpen: Bool
    ) {
        links.gauges.note { gauges in
            gauges.accepted += count.accepted
            gauges.refusedKeys += count.refusedKeys
            gauges.failedHandshakes += count.failedHandshakes
            gauges.turnedAway += count.turnedAway
            gauges.acceptFailures += count.failedAccepts
            gauges.connections = connections
            gauges.entranceClosings = closings
            gauges.isEntranceOpen = isOpen
        }
        guard count.isSuspicious else { return }
        links.security?.note(
            "connections",
            at: links.hubTime(at: now),
            [
                "accepted": String(count.accepted), "refused_keys": String(count.refusedKeys),
                "failed_handshakes": String(count.failedHandshakes),
                "turned_away": String(count.turnedAway),
                "failed_accepts": String(count.failedAccepts), "standing": String(connections),
                "addresses": addresses.joined(separator: " "),
            ]
        )
    }

    /// The entrance was closed or opened.
    package func tell(entranceIsOpen isOpen: Bool, connections: Int, connectionsMax: Int) {
        links.log.warning(
            isOpen ? "newcomers are let in again" : "newcomers are refused",
            metadata: ["connections": "\(connections)", "max": "\(connectionsMax)"]
        )
        links.security?.note(
            isOpen ? "entrance_opened" : "entrance_closed",
            at: links.hubTime(at: now),
            ["connections": String(connections), "max": String(connectionsMax)]
        )
    }
}
