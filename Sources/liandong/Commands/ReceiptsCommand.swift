import ArgumentParser
import Domain
import Hub
import LiandongClient
import Settings
import Wire

/// The outboxes of an agency's file.
enum AgencyOutbox {
    /// Both outboxes; what waited for a sealed lane that is there now goes over.
    static func open(_ settings: AgencySettings) throws(CommandFailure) -> LaneOutboxes {
        do throws(OutboxError) {
            let sealed = try settings.sealed.map { (lane) throws(OutboxError) in
                try one(settings, root: lane.outboxFolder, lane: .sealed)
            }
            return try LaneOutboxes(
                open: one(settings, root: settings.outboxFolder, lane: .open),
                sealed: sealed,
                at: SystemClock().now()
            )
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
    }

    private static func one(
        _ settings: AgencySettings,
        root: String,
        lane: Lane
    ) throws(OutboxError) -> Outbox {
        var limits = OutboxLimits()
        limits.itemsMax = settings.outboxItemsMax
        limits.bytesMax = settings.outboxBytesMax
        limits.keepReceipted = settings.keepReceipted
        return try Outbox(
            root: root,
            agency: settings.agency,
            name: settings.stream,
            lane: lane,
            limits: limits,
            newEpoch: UInt64.random(in: 1...UInt64.max)
        )
    }
}

/// The receipts that an agency's outboxes hold.
struct ReceiptsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipts",
        abstract: "The receipts that the outboxes hold, by lane and number (回执).",
        discussion: "Example: liandong receipts --config DIR/agencies/xinfang/agency.yaml"
    )

    @Option(help: "The agency's file.")
    var config = "agency.yaml"
    @OptionGroup var format: FormatOptions

    func run() throws {
        let settings = try reading { () throws(SettingsError) in try AgencySettings(file: config) }
        let lanes = try AgencyOutbox.open(settings)
        for outbox in [lanes.open, lanes.sealed].compactMap({ $0 }) where outbox.lastNumber > 0 {
            for number in 1...outbox.lastNumber {
                guard let receipt = outbox.receipt(of: number) else { continue }
                tell(receipt, outbox.lane)
            }
        }
    }

    private func tell(_ receipt: Receipt, _ lane: Lane) {
        let (status, code) =
            switch receipt.status {
            case .registered: ("registered", "")
            case .quarantined(let code): ("quarantined", "LD-\(code)")
            // What the open hub refused for its lane lies in the sealed outbox.
            case Receipt.Status.ofOtherLane where lane == .open: ("moved", "")
            case .refused(let code): ("refused", "LD-\(code)")
            }
        let document: JSONValue = [
            "lane": .string(lane.rawValue), "number": .integer(Int64(receipt.number)),
            "id": .string(receipt.id), "status": .string(status), "code": .string(code),
            "digest": .string(receipt.digest.hex),
        ]
        output(document, isJSON: format.isJSON) {
            ["\(lane.rawValue)  \(receipt.number)  \(receipt.id)  \(status) \(code)"]
        }
    }
}
