import Domain
import LiandongClient
import Storage
import Wire

/// An agency's daemon in the game: two outboxes, and a session with each hub whether there is anything sealed
/// or not (博弈单位).
final class GameAgency {
    let agency: AgencyID
    private(set) var mistakes: [String] = []

    private let time: VirtualTime
    private let gate: DepartureGate
    private let lanes: LaneOutboxes
    private var open: Pusher<GameConnection>
    private var sealed: Pusher<GameConnection>?
    private let bells = (open: Bell(), sealed: Bell())
    private let offset: Int64
    private var nextTurn: (open: Int64, sealed: Int64)

    private static let turnMilliseconds: Int64 = 200

    init(
        _ agency: AgencyID,
        _ time: VirtualTime,
        open: GameNetwork,
        sealed: GameNetwork?,
        seed: UInt64
    ) throws {
        self.agency = agency
        self.time = time
        gate = DepartureGate(agency: agency)
        var random = SplitMix64(seed: seed)
        offset = Int64(random.below(150))
        nextTurn = (offset, offset)
        let disk = MemoryDisk()
        func outbox(_ lane: Lane) throws -> Outbox {
            try Outbox(
                disk: disk,
                root: "agency/\(lane.rawValue)",
                agency: agency,
                name: "main",
                lane: lane,
                limits: OutboxLimits(),
                newEpoch: random.next() | 1
            )
        }
        lanes = try LaneOutboxes(
            open: outbox(.open),
            sealed: sealed == nil ? nil : outbox(.sealed),
            at: time.wall
        )
        func pusher(
            _ outbox: Outbox,
            _ lanes: LaneOutboxes?,
            _ network: GameNetwork,
            _ bell: Bell
        ) -> Pusher<GameConnection> {
            Pusher(
                outbox: outbox,
                lanes: lanes,
                agent: "game",
                pauseMax: .seconds(4),
                clock: VirtualClientClock(time: time),
                chance: SplitMix64(seed: random.next())
            ) { () throws(ConnectionError) in
                GameConnection(network, .agency(agency), bell)
            }
        }
        self.open = pusher(lanes.open, lanes, open, bells.open)
        if let sealed, let outbox = lanes.sealed {
            self.sealed = pusher(outbox, nil, sealed, bells.sealed)
        }
    }

    /// When something is to do.
    var nextDue: Int64 { min(nextTurn.open, nextTurn.sealed) }

    /// Puts in events as an export holds them; the gate says where each goes.
    ///
    /// - Parameters:
    ///   - events: The lines of the export.
    ///   - isOlder: The program knows no lanes: everything goes to the open hub.
    func put(_ events: [[UInt8]], isOlder: Bool = false) {
        var items: [OutgoingItem] = []
        for event in events {
            guard case .item(let item, _) = gate.pass(line: event, file: "", row: 1) else {
                mistakes.append("the gate sets an event aside")
                continue
            }
            items.append(
                isOlder
                    ? OutgoingItem(
                        ref: item.ref,
                        kind: item.kind,
                        time: item.time,
                        lane: .open,
                        event: item.event
                    ) : item
            )
        }
        do throws(OutboxError) {
            let put = try lanes.put(items, at: time.wall)
            if put.open > 0 { nextTurn.open = time.milliseconds }
            if put.sealed > 0 { nextTurn.sealed = time.milliseconds }
        } catch {
            mistakes.append("\(error)")
        }
    }

    /// Does what is due, each session by itself: what one has to do moves no turn of the other.
    func step() {
        let now = time.milliseconds
        let next = (now / GameAgency.turnMilliseconds + 1) * GameAgency.turnMilliseconds + offset
        do throws(Pusher<GameConnection>.Stop) {
            if bells.open.takeRing() || now >= nextTurn.open {
                nextTurn.open = next
                for event in try open.turn(waiting: 0, at: time.wall) {
                    if case .moved = event { nextTurn.sealed = now }
                }
            }
            guard bells.sealed.takeRing() || now >= nextTurn.sealed else { return }
            nextTurn.sealed = next
            _ = try sealed?.turn(waiting: 0, at: time.wall)
        } catch {
            mistakes.append("\(agency.name): \(error)")
        }
    }

    /// Accusations that the sealed hub has registered.
    var sealedReceipts: Int { lanes.sealed.map { Int($0.receiptedThrough) } ?? 0 }
    /// Items that have no receipt yet.
    var isDrained: Bool { open.isDrained && sealed?.isDrained ?? true }
}
