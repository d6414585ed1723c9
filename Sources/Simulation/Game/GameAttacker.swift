import Domain
import Hub
import LiandongClient
import Storage
import Wire

/// The accused agency with all that it may use (被反映单位): its own daemon's session and two of an officer's.
///
/// It sends lines of its own, subscribes with every wildcard, once for good and once durably, asks every
/// question again and again, also for the accusation's own number, walks through the past in every form, and
/// writes down each byte with its time.
final class GameAttacker {
    private(set) var sight = Sight()

    private let time: VirtualTime
    private let network: GameNetwork
    private let agency: AgencyID
    private let bell = Bell()
    private let lines: [(channel: Sight.Channel, line: GameNetwork.Line)]
    private var random: SplitMix64
    private var script: [(at: Int64, act: Act)] = []
    private var lastLine: UInt64 = 0
    private var lastRequest: UInt64 = 1
    private var durable: UInt64 = 0
    private let target: ItemRef

    private enum Act {
        case hello(Sight.Channel)
        case put
        case ask(Query.Kind)
        case replay(ReplayRequest)
    }

    private static let credit: UInt64 = 1 << 40
    private static let officer = GameCast.officer

    /// An attacker who knows which number the accusation would have.
    init(
        _ agency: AgencyID,
        _ time: VirtualTime,
        _ network: GameNetwork,
        plant: LeakPlant?,
        target: ItemRef,
        seed: UInt64
    ) {
        self.agency = agency
        self.time = time
        self.network = network
        self.target = target
        random = SplitMix64(seed: seed)
        lines = [
            (.intake, network.connect(.agency(agency), bell, plant: plant)),
            (.desk, network.connect(.officer(GameAttacker.officer), bell, plant: plant)),
            (.replay, network.connect(.officer(GameAttacker.officer), bell, plant: plant)),
        ]
        writeScript()
    }

    /// When something is to do.
    var nextDue: Int64 { script.first?.at ?? .max }

    /// Does what is due and writes down what came.
    func step() {
        let now = time.milliseconds
        if bell.takeRing() {
            for (channel, line) in lines {
                while let bytes = network.receive(on: line) {
                    sight.messages.append(
                        Sight.Message(time: now, channel: channel, isOwn: false, bytes: bytes)
                    )
                    answer(bytes, channel)
                }
            }
        }
        while let first = script.first, first.at <= now {
            script.removeFirst()
            act(first.act)
        }
    }

    func note(page: [(name: String, value: Int64)]) {
        let values = page.map { Sight.Page.Value(name: $0.name, value: $0.value) }
        sight.pages.append(Sight.Page(time: time.milliseconds, values: values))
    }

    func note(log: [LogTape.Line]) {
        sight.log = log.map { Sight.LogLine(time: $0.time, text: $0.text) }
    }

    // MARK: What it does

    private func writeScript() {
        for (channel, _) in lines {
            script.append((Int64(random.number(in: 20...60)), .hello(channel)))
        }
        var at: Int64 = 400
        while at < GameWorld.end - 300 {
            script.append((at, .put))
            at += Int64(random.number(in: 130...170))
        }
        var kinds: [Query.Kind] = []
        at = 430
        while at < GameWorld.end - 200 {
            if kinds.isEmpty {
                kinds = Query.Kind.allCases
                random.shuffle(&kinds)
            }
            script.append((at, .ask(kinds.removeLast())))
            at += Int64(random.number(in: 80...110))
        }
        let begin = time.wall
        let requests: [ReplayRequest] = [
            ReplayRequest(from: .number(1), form: .log, credit: GameAttacker.credit),
            ReplayRequest(
                from: .time(begin + .seconds(1)),
                subjects: [">"],
                speed: 20,
                form: .json,
                credit: GameAttacker.credit
            ),
            ReplayRequest(form: .log, credit: GameAttacker.credit),
            ReplayRequest(from: .time(begin), form: .json, credit: GameAttacker.credit),
        ]
        for (place, request) in requests.enumerated() {
            let at = 2000 + Int64(place) * 350 + Int64(random.below(60))
            script.append((at, .replay(request)))
        }
        script.sort { $0.at < $1.at }
    }

    private func act(_ act: Act) {
        switch act {
        case .hello(.intake):
            let start = StreamStart(stream: "main", epoch: 1)
            send(Hello(agent: "attacker", role: .intake(start)).frame(attempt: 1), .intake)
        case .hello(let channel):
            send(Hello(agent: "attacker", role: .desk).frame(attempt: 1), channel)
        case .put:
            lastLine += 1
            let event = GameItem.event(
                agency,
                id: "J-\(lastLine)",
                at: time.wall,
                GameItem.ordinary(&random)
            )
            send(Put.frame(first: lastLine, lines: [event]), .intake)
        case .ask(let kind):
            lastRequest += 1
            send(Query(kind, filters: filters(kind)).frame(request: lastRequest), .desk)
        case .replay(let request):
            lastRequest += 1
            send(request.frame(request: lastRequest), .replay)
        }
    }

    private func filters(_ kind: Query.Kind) -> [JSONValue.Member] {
        let item: JSONValue = [
            "source": .string(target.agency.source), "id": .string(target.id),
        ]
        switch kind {
        case .alerts: return [.init("state", "all")]
        case .matter, .why: return [.init("item", item)]
        case .text: return [.init("item", item), .init("purpose", "核对")]
        case .likely:
            let event = GameItem.event(
                target.agency,
                id: target.id,
                at: time.wall,
                GameItem.demandLikeTheAccusation
            )
            return (try? JSONValue(parsing: event)).map { [.init("event", $0)] } ?? []
        default: return []
        }
    }

    private func send(_ frame: Frame, _ channel: Sight.Channel) {
        guard let line = lines.first(where: { $0.channel == channel })?.line else { return }
        sight.messages.append(
            Sight.Message(
                time: time.milliseconds,
                channel: channel,
                isOwn: true,
                bytes: frame.bytes
            )
        )
        network.send(frame.bytes, on: line)
    }

    /// Goes on as any client does.
    private func answer(_ bytes: [UInt8], _ channel: Sight.Channel) {
        guard let frame = try? Frame(decoding: bytes), let kind = frame.kind else { return }
        switch kind {
        case .ping:
            let number = channel == .intake ? lastLine : frame.number
            send(Frame(.pong, number: number), channel)
        case .welcome where channel == .desk:
            send(Frame(.credit, number: GameAttacker.credit), channel)
            let wish = Subscribe(subjects: [">"], credit: GameAttacker.credit)
            send(wish.frame(request: 1), channel)
        case .welcome where channel == .replay:
            send(Frame(.credit, number: GameAttacker.credit), channel)
            lastRequest += 1
            durable = lastRequest
            let wish = Subscribe(
                subjects: ["alert.>", "case.>", "item.>"],
                credit: GameAttacker.credit,
                durable: DurableTerms(name: "watch", beginning: .start)
            )
            send(wish.frame(request: durable), channel)
        case .deliver where channel == .replay:
            let one = Settlement(incarnation: durable, frame.number...frame.number, .done)
            send(one.frame, channel)
        default: break
        }
    }
}
