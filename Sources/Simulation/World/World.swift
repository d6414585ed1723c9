package import Domain
package import Hub
import Storage

/// A county under faults, in virtual time, from one seed (仿真).
///
/// The hub's parts, the clients, the outboxes and both logs are the real ones; clock, network and disks
/// are not. The same seed gives the same run on every machine.
package struct World {
    private let time: VirtualTime
    private let network: Network
    private let hub: HubHost
    private let agencies: [AgencyHost]
    private let officers: [OfficerHost]
    private let recall: RecallHost
    private let auditor: Auditor
    private let swarm: Swarm
    private var random: SplitMix64
    private var due: [(fault: Swarm.Fault, at: Int64)] = []
    private var suffered: [Swarm.Fault: Int] = [:]
    private let seed: UInt64
    /// When the faults end.
    private var end: Int64 = 0

    /// How long faults last where nobody says how long.
    package static let seconds = 25

    /// A world at its beginning.
    ///
    /// - Parameters:
    ///   - seed: Where everything comes from.
    ///   - county: The county served.
    ///   - configuration: Its files; the grants are those of the simulated officers.
    package init(seed: UInt64, county: Division, configuration: CountyFiles) {
        var random = SplitMix64(seed: seed)
        self.seed = seed
        func fork() -> SplitMix64 { SplitMix64(seed: random.next()) }
        time = VirtualTime(origin: World.origin)
        swarm = Swarm(&random)
        network = Network(time, delayMax: swarm.delayMax, random: fork())
        auditor = Auditor()
        hub = HubHost(
            time,
            network,
            auditor,
            configuration.granting(Cast.grants(in: county)),
            county: county,
            swarm: swarm,
            random: fork()
        )
        agencies = SimulatedYear.agencies.map { [time, network, auditor] in
            AgencyHost($0, time, network, auditor, random: fork())
        }
        officers = Cast.officers.map { [time, network] in
            OfficerHost($0, time, network, isDurable: $0 != Cast.officers[0], random: fork())
        }
        recall = RecallHost(time, network, random: fork())
        self.random = random
        for fault in Swarm.Fault.allCases {
            if let at = swarm.next(fault, after: 0, &self.random) { due.append((fault, at)) }
        }
    }

    /// Runs for some virtual time under faults, then without, until everything is settled; then audits.
    ///
    /// - Parameter seconds: How long the faults last, leaps of time left out.
    /// - Returns: What happened, and what is wrong.
    package mutating func run(seconds: Int = World.seconds) -> SimulationReport {
        end = Int64(seconds) * 1000
        while time.milliseconds < end {
            advance(until: end)
            strike()
            step()
        }
        quiesce()
        hub.stop()
        var report = SimulationReport(seed: seed)
        report.virtualMilliseconds = time.milliseconds
        suffered.merge(hub.suffered) { $0 + $1 }
        for (fault, count) in suffered { report.faults[fault.rawValue] = count }
        let others = [
            "overtaken": network.overtaken, "refused_start": hub.refusals, "lost_end": hub.lostEnds,
        ]
        for (name, count) in others where count > 0 { report.faults[name] = count }
        report.hubStarts = hub.starts
        report.agencyStarts = agencies.reduce(0) { $0 + $1.restarts }
        report.deskSessions = officers.reduce(0) { $0 + $1.sessions }
        report.deliveries = officers.reduce(0) { $0 + $1.deliveries }
        report.outcomes = officers.reduce(0) { $0 + $1.outcomes }
        report.dealtWith = officers.reduce(0) { $0 + ($1.ledger?.dealtCount ?? 0) }
        report.replays = recall.shown.count
        report.replaysResumed = recall.resumed
        for what in recall.broken { auditor.blame(what) }
        auditor.close(
            disk: hub.disk,
            counts: officers[0].counts,
            ledgers: officers.compactMap(\.ledger),
            shown: recall.shown,
            into: &report
        )
        return report
    }

    private static var origin: Timestamp { Timestamp(milliseconds: 1_741_000_000_000) }

    /// Time passes until something is due.
    private func advance(until end: Int64) {
        var next = min(hub.nextDue, end)
        for host in agencies { next = min(next, host.nextDue) }
        for host in officers { next = min(next, host.nextDue) }
        next = min(next, recall.nextDue)
        for fault in due { next = min(next, fault.at) }
        let arrival = network.nextDue(hubListens: hub.listens)
        time.advance(to: max(min(next, arrival), time.milliseconds))
        guard arrival <= time.milliseconds else { return }
        if network.ring() { hub.wake() }
    }

    private func step() {
        hub.step()
        for host in agencies { host.step() }
        for host in officers { host.step() }
        recall.step()
    }

    private mutating func strike() {
        for place in due.indices where due[place].at <= time.milliseconds {
            let fault = due[place].fault
            switch fault {
            case .cut, .clog, .halfOpen, .loss: network.suffer(fault)
            case .leap: leap()
            case .kill, .powerLoss, .diskError, .diskFull, .bitRot, .misdirectedWrite, .stall,
                .clockJump:
                hub.suffer(fault)
            // They strike when the hub starts.
            case .startError, .startPowerLoss: break
            case .agencyKill: random.pick(agencies).end(powerLoss: false)
            case .agencyPowerLoss: random.pick(agencies).end(powerLoss: true)
            case .officerKill:
                random.chance(permille: 300) ? recall.end() : random.pick(officers).end()
            }
            if !fault.isOfHub { suffered[fault, default: 0] += 1 }
            due[place].at = swarm.next(fault, after: time.milliseconds, &random) ?? .max
        }
    }

    /// Everybody sleeps; what would have happened meanwhile happens afterwards.
    private mutating func leap() {
        let span = random.pick([61, 660, 1860, 7260, 90_000]) * 1000
        time.advance(to: time.milliseconds + Int64(span))
        end += Int64(span)
        for place in due.indices { due[place].at += Int64(span) }
    }

    /// Without faults everything must come to rest within ten minutes.
    private mutating func quiesce() {
        network.heal()
        hub.heal()
        due = []
        // A start from what is on the disk, and every deadline of the day.
        if random.chance(permille: 500) { hub.end(powerLoss: false) }
        if random.chance(permille: 700) { leap() }
        for host in agencies { host.fallSilent() }
        for host in officers { host.restSigning() }
        let deadline = time.milliseconds + 600_000
        var isAsked = false
        while time.milliseconds < deadline {
            advance(until: deadline)
            step()
            recall.rest()
            guard agencies.allSatisfy(\.isDrained), officers.allSatisfy(\.isSettled), recall.isIdle
            else { continue }
            if !isAsked {
                isAsked = true
                officers[0].askForCounts()
            } else if officers[0].counts != nil, auditor.hasWholeCredit(window: hub.window) {
                return
            }
        }
        if isAsked, officers[0].counts != nil { return auditor.rested(window: hub.window) }
        let late = agencies.filter { !$0.isDrained }.map(\.standing)
        auditor.blame(
            "nothing comes to rest: not drained \(late), "
                + "settled officers \(officers.count { $0.isSettled }) of \(officers.count), "
                + "replay idle \(recall.isIdle)"
        )
    }
}
