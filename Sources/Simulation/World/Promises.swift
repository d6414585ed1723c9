import Domain
import Hub
import Wire

/// What the hub has told anybody, noted as it leaves the machine (承诺).
///
/// A receipt or an outcome that is on the way must be true already, whether or not it arrives: from here
/// on no loss of power may take it back. Credit is counted as the protocol has it.
struct Promises {
    /// A session with an agency, as one sees it who listens at the hub's door.
    private struct Intake {
        var stream: StreamID
        var received: UInt64 = 0
        var credit: UInt64 = 0
    }

    /// The highest number of each stream for which a receipt left.
    private(set) var receipts: [StreamID: UInt64] = [:]
    /// Commands, as `officer/name key`, whose outcome left: the officer has signed.
    private(set) var signatures: Set<String> = []
    private var visitors: [Peer: (principal: Principal, intake: Intake?)] = [:]
    /// The connection of each agency's newest session.
    private var newest: [AgencyID: Peer] = [:]

    /// What a command of an officer is known by.
    static func signature(_ officer: String, _ key: String) -> String {
        "officer/\(officer) \(key)"
    }

    /// A message came to the hub.
    mutating func came(_ bytes: [UInt8], from peer: Peer, _ principal: Principal) {
        switch FrameKind(rawValue: bytes[3]) {
        case .hello:
            var intake: Intake?
            if case .agency(let agency) = principal, let message = try? Message(decoding: bytes),
                case .hello(let hello) = message.content, case .intake(let start) = hello.role
            {
                let stream = StreamID(agency: agency, name: start.stream, epoch: start.epoch)
                intake = Intake(stream: stream)
            }
            visitors[peer] = (principal, intake)
        case .put:
            visitors[peer]?.intake?.received += UInt64(bytes.count - ProtocolLimits.headerBytes)
        default: break
        }
    }

    /// A message left the hub.
    mutating func left(_ bytes: [UInt8], to peer: Peer) {
        switch FrameKind(rawValue: bytes[3]) {
        case .welcome, .receipts, .credit, .outcome: break
        default: return
        }
        guard let (principal, intake) = visitors[peer],
            let message = try? Message(decoding: bytes)
        else { return }
        switch message.content {
        case .welcome(let welcome):
            visitors[peer]?.intake?.received = 0
            visitors[peer]?.intake?.credit = welcome.credit
            if case .agency(let agency) = principal { newest[agency] = peer }
        case .credit: visitors[peer]?.intake?.credit = message.number
        case .receipts(let told):
            visitors[peer]?.intake?.credit = told.credit
            guard let stream = intake?.stream, let last = told.receipts.last else { return }
            receipts[stream] = max(receipts[stream] ?? 0, last.number)
        case .outcome(let outcome):
            guard [.acknowledged, .edited].contains(outcome.result),
                case .officer(let name) = principal
            else {
                return
            }
            signatures.insert(Promises.signature(name, outcome.key))
        default: break
        }
    }

    /// What was told so far is to be told again.
    mutating func forget() {
        receipts = [:]
        signatures = []
    }

    /// At rest, with everything receipted, every agency may send as much as at the beginning.
    func leaks(window: Int) -> [String] {
        newest.keys.sorted().compactMap { agency in
            guard let peer = newest[agency], let intake = visitors[peer]?.intake,
                intake.credit < intake.received + UInt64(window)
            else { return nil }
            return "\(agency.name): at rest, with \(intake.received) bytes sent, the credit is "
                + "\(intake.credit), which is less than \(window) more"
        }
    }
}
