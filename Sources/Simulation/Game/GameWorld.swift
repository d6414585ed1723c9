package import Domain
package import Hub
import LiandongClient
import Storage
import Wire

/// A county with both lanes for a few seconds of virtual time, in which an agency has, or has not, one sealed
/// item beside its ordinary ones (一局).
///
/// Both hubs, the gates, the outboxes and the sessions are the real code. Everything but the one item follows
/// from the seed in the same way in both worlds.
package struct GameWorld {
    /// How the item goes.
    package enum Way: String, CaseIterable, Sendable {
        /// The agency's own gate sends it to the sealed hub. The attacker holds a post of the joint office
        /// over the whole county, and reads the open hub's log and gauges as well.
        case sealed
        /// An older program sends it to the open hub, which refuses it. The attacker is a contact of an
        /// agency for the whole county.
        case refused
        /// The same, and the attacker sits at the duty desk for the whole county: sees status and totals.
        case refusedDesk = "refused-desk"

        /// The role of the attacker's officer.
        var role: Role {
            switch self {
            case .sealed: .jointOffice
            case .refused: .agencyContact
            case .refusedDesk: .dutyOfficer
            }
        }
    }

    /// What a trial starts from: the disks of two hubs that have taken in the county's files.
    package struct Ground: Sendable {
        let county: Division
        let way: Way
        let open: CountyFiles
        let sealed: CountyFiles
        let openDisk: DiskImage
        let sealedDisk: DiskImage

        /// Starts both hubs once, and lets the open one take in items whose signatures fall due within a
        /// trial.
        package init(county: Division, configuration: CountyFiles, way: Way) throws {
            self.county = county
            self.way = way
            open = GameCast.files(configuration, of: county, lane: .open, role: way.role)
            sealed = GameCast.files(configuration, of: county, lane: .sealed, role: way.role)
            openDisk = try Ground.disk(.open, open, county)
            sealedDisk = try Ground.disk(.sealed, sealed, county)
        }

        private static func disk(
            _ lane: Lane,
            _ files: CountyFiles,
            _ county: Division
        ) throws -> DiskImage {
            let lead = GameCast.signWithin.milliseconds - dueFrom
            let time = VirtualTime(origin: GameWorld.origin - TimeSpan(milliseconds: lead))
            let hub = try GameHub(time, lane, files, county: county)
            guard lane == .open else { return hub.image }
            let agency = try GameAgency(
                SimulatedYear.agencies[0],
                time,
                open: hub.network,
                sealed: nil,
                seed: 1
            )
            let urgents = GameItem.urgents
            for (number, telling) in urgents.enumerated() {
                let id = "U-\(number)"
                agency.put([GameItem.event(agency.agency, id: id, at: time.wall, telling)])
                let end = Int64(number + 1) * dueEvery
                while time.milliseconds < end {
                    hub.step()
                    agency.step()
                    time.advance(to: min(end, hub.nextDue, agency.nextDue))
                }
            }
            precondition(agency.isDrained && agency.mistakes.isEmpty, "the ground has its items")
            return hub.image
        }

        /// Milliseconds of a trial at which the first signature falls due, and between two.
        private static let dueFrom: Int64 = 1900
        private static let dueEvery: Int64 = 400
    }

    /// What came of a trial.
    package struct Outcome: Sendable {
        /// What the attacker saw.
        package var sight: Sight
        /// What was not as the game needs it; an empty list in every honest trial.
        package var mistakes: [String]
    }

    static let origin = Timestamp(milliseconds: 1_741_000_000_000)
    /// Virtual milliseconds of a trial.
    static let end: Int64 = 3600

    private let ground: Ground
    private let seed: UInt64
    private let hasItem: Bool
    private let leak: Leak?

    /// A world.
    ///
    /// - Parameters:
    ///   - ground: What it starts from.
    ///   - seed: Where everything else comes from.
    ///   - hasItem: The agency has the sealed item.
    ///   - leak: What is planted between the open hub and the attacker.
    package init(_ ground: Ground, seed: UInt64, hasItem: Bool, leak: Leak? = nil) {
        self.ground = ground
        self.seed = seed
        self.hasItem = hasItem
        self.leak = leak
    }

    /// Lets the time pass and gives what the attacker saw.
    package func run() throws -> Outcome {
        var random = SplitMix64(seed: seed)
        let time = VirtualTime(origin: GameWorld.origin)
        let open = try GameHub(
            time,
            .open,
            ground.open,
            county: ground.county,
            image: ground.openDisk,
            seed: random.next()
        )
        let sealed = try GameHub(
            time,
            .sealed,
            ground.sealed,
            county: ground.county,
            image: ground.sealedDisk,
            seed: random.next()
        )
        let names = SimulatedYear.agencies
        let (sender, accused) = (names[1], names[3])
        let plant = leak.map { LeakPlant($0) }
        let agencies = try names.filter { $0 != accused }.map { agency in
            try GameAgency(
                agency,
                time,
                open: open.network,
                sealed: agency == sender ? sealed.network : nil,
                seed: random.next()
            )
        }
        let target = ItemRef(agency: sender, id: "JB-1")
        let attacker = GameAttacker(
            accused,
            time,
            open.network,
            plant: plant,
            target: target,
            seed: random.next()
        )
        var chance = SplitMix64(seed: random.next())
        var arrivals = ordinaryArrivals(agencies.count, &chance)
        var item = SplitMix64(seed: random.next())
        let secretAt = Int64(item.number(in: 1000...1500))
        let accusation = GameItem.event(
            sender,
            id: target.id,
            at: GameWorld.origin,
            GameItem.accusation(&item, of: "虚拟甲局")
        )
        // The batch in which it comes: some ordinary items, or none.
        let beside = (0..<item.below(3)).map { _ in GameItem.ordinary(&item) }
        arrivals.append((secretAt, 1, beside))
        arrivals.sort { $0.at < $1.at }

        var nextPage: Int64 = 600
        var sealedAt: Int64?
        var lastID = 0
        while time.milliseconds < GameWorld.end {
            var next = min(open.nextDue, sealed.nextDue, attacker.nextDue, nextPage, GameWorld.end)
            for agency in agencies { next = min(next, agency.nextDue) }
            if let arrival = arrivals.first { next = min(next, arrival.at) }
            time.advance(to: max(next, time.milliseconds))
            let now = time.milliseconds
            while let arrival = arrivals.first, arrival.at <= now {
                arrivals.removeFirst()
                let agency = agencies[arrival.agency]
                var events: [[UInt8]] = arrival.tellings.map { telling in
                    lastID += 1
                    return GameItem.event(
                        agency.agency,
                        id: "Y-\(lastID)",
                        at: time.wall,
                        telling
                    )
                }
                let isSecret = arrival.agency == 1 && arrival.at == secretAt
                if isSecret, hasItem { events.append(accusation) }
                if isSecret, ground.way != .sealed {
                    agency.put(events, isOlder: true)
                } else if !events.isEmpty {
                    agency.put(events)
                }
            }
            open.step()
            sealed.step()
            for agency in agencies { agency.step() }
            attacker.step()
            if sealedAt == nil, agencies[1].sealedReceipts > 0 {
                sealedAt = now
                plant?.hasSealed = true
            }
            if now >= nextPage {
                nextPage += 600
                if ground.way == .sealed {
                    attacker.note(page: plant?.pass(gauges: open.gauges) ?? open.gauges)
                }
            }
        }
        if ground.way == .sealed {
            let lines = open.tape.lines
            attacker.note(log: plant?.pass(log: lines, sealedAt: sealedAt) ?? lines)
        }
        return Outcome(
            sight: attacker.sight,
            mistakes: mistakes(agencies, isSealed: sealedAt != nil)
        )
    }

    private func ordinaryArrivals(
        _ agencies: Int,
        _ random: inout SplitMix64
    ) -> [(at: Int64, agency: Int, tellings: [GameItem.Telling])] {
        var found: [(at: Int64, agency: Int, tellings: [GameItem.Telling])] = [
            (Int64(random.number(in: 400...700)), 0, [GameItem.urgent(&random)])
        ]
        for _ in 0..<random.number(in: 4...8) {
            let at = Int64(random.number(in: 300...3000))
            let count = random.pick([1, 1, 1, 2, 3])
            found.append(
                (at, random.below(agencies), (0..<count).map { _ in GameItem.ordinary(&random) })
            )
        }
        return found
    }

    /// The game is one only where the item really went its way.
    private func mistakes(_ agencies: [GameAgency], isSealed: Bool) -> [String] {
        var found = agencies.flatMap(\.mistakes)
        if isSealed != hasItem {
            found.append(hasItem ? "the sealed hub has no item" : "the sealed hub has an item")
        }
        for agency in agencies where !agency.isDrained {
            found.append("\(agency.agency.name) waits for receipts")
        }
        return found
    }
}
