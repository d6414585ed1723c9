import ArgumentParser
import Catalogue
import Domain
import Foundation
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Wire
import ZeroMQ

/// An item goes over to the other lane: it is registered there, then withdrawn here.
struct TransferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer",
        abstract: "Move an item to the other lane: registered there, withdrawn here (移送).",
        discussion: """
            An officer who may read the item's text and withdraw it sends it to the other lane's hub by an
            agency of their own, waits for the receipt, and only then withdraws it. What breaks off in
            between is finished by the same command; the item is never in neither lane.
            To the sealed lane it goes as an accusation. To the open lane it goes only where the wording
            screen has no objection. Pseudonyms of persons stay behind: no hub gives them out.
            Example: liandong transfer xinfang/XF-17 --to sealed --reason 反映村干部侵占补偿款 \\
              --config officer.yaml --agency agencies/jijian/agency.yaml --receipt XF-17.receipt.json
            """
    )

    @Argument(help: "The item, AGENCY/ID.")
    var item: String
    @Option(help: "The lane that it belongs to: sealed or open.")
    var to: String
    @Option(
        help:
            "Why, 2 to 200 characters: in the receipt, and from the sealed lane in its audit log as well."
    )
    var reason: String
    @Option(help: "The file of the agency that sends it to the other lane.")
    var agency = "agency.yaml"
    @Option(help: "What it is in the open lane: demand, appeal, suggestion, consultation, other.")
    var purpose = Purpose.demand.rawValue
    @Option(help: "Where the receipt is written (移送回执).")
    var receipt: String?
    @Option(help: "Give up after so many seconds without the other hub; nothing is withdrawn then.")
    var patience = 60
    @OptionGroup var officer: OfficerOptions
    @OptionGroup var format: FormatOptions

    func run() throws {
        let ref = try ItemCommand.ref(item)
        guard let lane = Lane(rawValue: to) else {
            throw CommandFailure(.wrongUse, "--to \(to): write sealed or open")
        }
        let purpose = try newPurpose(in: lane)
        let settings = try reading { () throws(SettingsError) in
            try AgencySettings(file: agency)
        }
        let name = "\(ref.agency.name)/\(ref.id)"
        guard name.utf8.count <= ItemLimits.idBytesMax else {
            throw CommandFailure(.wrongUse, "\(name) is too long for a number of its own there")
        }
        // The open lane's log may be read by those whom the item accuses: nothing there tells a transfer.
        let looksFor = lane == .sealed ? Words.plainReading : "移送:" + reason
        let rows = try officer.rows(ItemCommand.textQuery(ref, purpose: looksFor), max: 1)
        guard let text = rows.first else {
            throw CommandFailure(.fellShort, "there is no such item")
        }
        let event = TransferCommand.event(text, id: name, from: settings.agency, purpose)
        let receipt = try register(event, id: name, lane, settings)
        try EditOptions.send(
            officer,
            format,
            key: nil,
            done: "已移送:\(name),对方登记第\(receipt.number)号"
        ) { _ throws(Line.Failure) in
            Wish.command(.withdraw(ref))
        }
        try write(receipt, ref, lane)
    }

    private func newPurpose(in lane: Lane) throws(CommandFailure) -> Purpose {
        if lane == .sealed { return .accusation }
        guard let purpose = Purpose(rawValue: purpose), purpose != .accusation else {
            throw CommandFailure(.wrongUse, "--purpose \(purpose) is none of the open lane's")
        }
        return purpose
    }

    /// Sends the event and waits until the other hub has it on its disk.
    private func register(
        _ event: JSONValue,
        id: String,
        _ lane: Lane,
        _ settings: AgencySettings
    ) throws -> Receipt {
        let lanes = try AgencyOutbox.open(settings)
        guard let outbox = lane == .open ? lanes.open : lanes.sealed else {
            throw CommandFailure(
                .wrongUse,
                "\(agency) has no way to the sealed lane: write its section sealed"
            )
        }
        let wakeup = try Wakeup()
        var push = Push(
            lanes: lanes,
            input: PushInput(settings: settings, line: event.bytes, name: id),
            file: nil,
            patience: .seconds(Int64(patience)),
            pushers: AgencyPushers(settings, lanes, retry: 5, wakeup),
            superior: nil
        )
        let outcome = try push.run()
        for mistake in outcome.mistakes { Terminal.complain(mistake.description) }
        var number = outbox.lastNumber
        while number >= max(1, outbox.oldestKept) {
            if let receipt = outbox.receipt(of: number), receipt.id == id {
                guard case .registered = receipt.status else { break }
                return receipt
            }
            number -= 1
        }
        throw CommandFailure(
            .fellShort,
            "the \(lane.rawValue) hub has not registered it; nothing was withdrawn"
        )
    }

    private func write(_ receipt: Receipt, _ ref: ItemRef, _ lane: Lane) throws(CommandFailure) {
        guard let path = self.receipt else { return }
        let document: JSONValue = [
            "item": .string("\(ref.agency.name)/\(ref.id)"), "lane": .string(lane.rawValue),
            "reason": .string(reason),
            "id": .string(receipt.id), "number": .integer(Int64(clamping: receipt.number)),
            "digest": .string(receipt.digest.hex),
        ]
        guard (try? Data((document.line + "\n").utf8).write(to: URL(fileURLWithPath: path))) != nil
        else { throw CommandFailure(.fellShort, "\(path) cannot be written; all else is done") }
    }

    private static func event(
        _ text: JSONValue,
        id: String,
        from agency: AgencyID,
        _ purpose: Purpose
    ) -> JSONValue {
        var data: [JSONValue.Member] = [
            .init("title", .string(text.string("title"))),
            .init("text", .string(text.string("text"))),
            .init("purpose", .string(purpose.rawValue)),
            .init("category", .string(text.string("category"))),
        ]
        for key in ["place", "respondent", "form"] where !text.string(key).isEmpty {
            data.append(.init(key, .string(text.string(key))))
        }
        if text.integer("heads") > 0 {
            data.append(.init("heads", .integer(Int64(text.integer("heads")))))
        }
        return [
            "specversion": "1.0", "type": "cn.liandong.complaint.v1",
            "source": .string(agency.source), "id": .string(id),
            "time": .string(text.string("time")), "subject": .string(text.string("subject")),
            "data": .object(data),
        ]
    }
}
