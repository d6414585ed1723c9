import Domain
import LiandongClient
import LiandongClientZeroMQ
import Settings
import ZeroMQ

/// What carries an agency's outboxes to the hubs of both lanes.
struct AgencyPushers: ~Copyable {
    let open: Pusher<ZeroMQConnection>
    /// `nil` for an agency without a way to the sealed lane.
    let sealed: Pusher<ZeroMQConnection>?

    /// - Parameters:
    ///   - settings: The agency's file.
    ///   - lanes: Its outboxes.
    ///   - retry: The longest pause between two attempts, in seconds.
    ///   - wakeup: Ends a wait when there is something to send.
    init(_ settings: AgencySettings, _ lanes: LaneOutboxes, retry: Int, _ wakeup: Wakeup) {
        func pusher(
            of outbox: Outbox,
            lanes: LaneOutboxes?,
            to hub: (endpoint: String, key: String, own: String)
        ) -> Pusher<ZeroMQConnection> {
            Pusher<ZeroMQConnection>(
                outbox: outbox,
                lanes: lanes,
                agent: Version.agent,
                pauseMax: .seconds(Int64(max(1, retry)))
            ) { () throws(ConnectionError) in
                try ZeroMQConnection(
                    endpoint: hub.endpoint,
                    hubKey: hub.key,
                    secretKey: hub.own,
                    wakeup: wakeup
                )
            }
        }
        open = pusher(
            of: lanes.open,
            lanes: lanes,
            to: (settings.endpoint, settings.hubPublicKey, settings.keys.secretKey)
        )
        if let lane = settings.sealed, let outbox = lanes.sealed {
            let hub = (lane.endpoint, lane.hubPublicKey, lane.keys.secretKey)
            sealed = pusher(of: outbox, lanes: nil, to: hub)
        } else {
            sealed = nil
        }
    }
}
