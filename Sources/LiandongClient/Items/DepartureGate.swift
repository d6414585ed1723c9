public import Domain
package import Text
import Wire

/// The agency's last gate (出口): secrecy markings, masking, form and lane, in this order.
///
/// Whatever way an item takes to the outbox, by a mapping or as a finished event, it passes here. A
/// pure value; it knows no clock and no file.
public struct DepartureGate: Sendable {
    /// The agency that sends.
    public let agency: AgencyID
    /// The purpose of an item that names none, as the agency's grant has it.
    public let defaultPurpose: Purpose?
    /// Accusations are found by their wording as well; off for demonstrations and evaluation alone.
    public let screensWording: Bool
    /// Old items are imported: each is marked, counts and is linked, and raises nothing (历史导入).
    public let isHistory: Bool

    /// Attributes of `data` whose form is fixed and which hold no prose.
    private static let unmasked: Set<String> = [
        "form", "purpose", "competence", "route", "category", "persons", "item", "relates",
        "official_no", "media", "visit", "heads", "affected", "representatives",
    ]

    /// A gate.
    ///
    /// - Parameters:
    ///   - agency: The agency that sends.
    ///   - defaultPurpose: The purpose of an item that names none.
    ///   - screensWording: Look for accusations by their wording as well.
    ///   - isHistory: Mark each item as imported history.
    public init(
        agency: AgencyID,
        defaultPurpose: Purpose? = nil,
        screensWording: Bool = true,
        isHistory: Bool = false
    ) {
        self.screensWording = screensWording
        self.agency = agency
        self.defaultPurpose = defaultPurpose
        self.isHistory = isHistory
    }

    /// Lets a finished event pass, as a line of JSONL holds it.
    ///
    /// - Parameters:
    ///   - line: The event's JSON.
    ///   - file: The name for messages.
    ///   - row: The line of the file.
    /// - Returns: The item, or the mistakes for which the line is set aside.
    public func pass(line: [UInt8], file: String, row: Int) -> RowOutcome {
        guard line.count <= 2 * ItemLimits.eventBytesMax else {
            return .setAside([
                Mistake(
                    .eventTooLarge,
                    file: file,
                    row: row,
                    what: "the line has \(line.count) bytes, more than 256 KiB",
                    remedy: "Shorten the text; the hub takes no attachments"
                )
            ])
        }
        let event: JSONTree
        do {
            event = try JSONReader.read(line[...])
        } catch {
            return .setAside([
                Mistake(
                    .notJSON,
                    file: file,
                    row: row + error.line - 1,
                    what: "no JSON at byte \(error.column): \(error.what)",
                    remedy: "Give one CloudEvents object a line"
                )
            ])
        }
        return pass(event, personal: [], cells: [], file: file, row: row)
    }

    /// Lets an event pass.
    ///
    /// - Parameters:
    ///   - event: The CloudEvents object.
    ///   - personal: Values of the row that may stand nowhere in its texts.
    ///   - cells: The cells of the row as they stand in the export, mapped or not.
    ///   - file: The name for messages.
    ///   - row: The line of the file.
    /// - Returns: The item, or the mistakes for which the row is set aside.
    package func pass(
        _ event: JSONTree,
        personal: [PersonalValue],
        cells: [String],
        file: String,
        row: Int
    ) -> RowOutcome {
        if let marking = marking(in: event, cells: cells) {
            return .setAside([
                Mistake(
                    .secrecyMarking,
                    file: file,
                    row: row,
                    what: "the row carries the secrecy marking \(marking.rawValue)",
                    remedy: "Take it out of the export and handle it by the rules for state secrets"
                )
            ])
        }
        var masked = event
        var tally = MaskTally()
        if let data = event.members?["data"], data.members != nil {
            let texts = mask(data, with: Masker(values: personal), isTop: true, tally: &tally)
            masked.set(texts, at: ["data"])
        }
        if isHistory { masked.set(.bool(true), at: ["history"]) }
        let bytes = masked.bytes
        var breaches = ItemCheck.breaches(in: masked, sender: agency, byteCount: bytes.count)
        if breaches.isEmpty { breaches = ItemCheck.refusals(of: bytes, sender: agency) }
        guard breaches.isEmpty, let item = item(masked, bytes: bytes, tally: tally) else {
            return .setAside(
                breaches.map {
                    Mistake(
                        $0.code,
                        file: file,
                        row: row,
                        column: $0.attribute.isEmpty ? nil : $0.attribute,
                        what: $0.what,
                        remedy: $0.remedy
                    )
                }
            )
        }
        if item.sealedReason != nil, accusesTheKeepers(masked) {
            let mistake = Mistake(
                .superiorOnly,
                file: file,
                row: row,
                what: "the item accuses those who keep the lanes, or their superior's unit",
                remedy: "Hand it in on paper to the superior, or set superior: in agency.yaml"
            )
            return .forSuperior(item, mistake)
        }
        return .item(item, remarks: [])
    }

    private func item(_ event: JSONTree, bytes: [UInt8], tally: MaskTally) -> OutgoingItem? {
        guard let members = event.members, let id = members["id"]?.text,
            let kind = members["type"]?.text.flatMap({ ItemKind(type: $0) }),
            let time = members["time"]?.text.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        let reason = sealedReason(event, kind: kind)
        return OutgoingItem(
            ref: ItemRef(agency: agency, id: id),
            kind: kind,
            time: time,
            lane: reason == nil ? .open : .sealed,
            sealedReason: reason,
            event: bytes,
            masked: tally
        )
    }

    /// Why an item is for the sealed lane: by its own word, the agency's default, its wording, in this order.
    private func sealedReason(
        _ event: JSONTree,
        kind: ItemKind
    ) -> OutgoingItem.SealedReason? {
        func member(_ key: String) -> String? { event.value(at: ["data", key])?.text }
        let competence = member("competence").flatMap { Competence(rawValue: $0) }
        let stated = member("purpose").flatMap { Purpose(rawValue: $0) }
        if Lane(purpose: stated, competence: competence) == .sealed { return .purpose }
        guard !kind.isLife else { return nil }
        if stated == nil, Lane(purpose: defaultPurpose, competence: competence) == .sealed {
            return .defaultPurpose
        }
        guard screensWording,
            let finding = AccusationScreen.standard.finding(
                title: member("title") ?? "",
                text: member("text") ?? ""
            )
        else { return nil }
        return .wording(version: finding.version, words: finding.words)
    }

    private func accusesTheKeepers(_ event: JSONTree) -> Bool {
        LaneKeepers.standard.areAccused(
            respondent: event.value(at: ["data", "respondent"])?.text ?? "",
            title: event.value(at: ["data", "title"])?.text ?? ""
        )
    }

    private func marking(in event: JSONTree, cells: [String]) -> SecrecyMarking? {
        if let title = event.value(at: ["data", "title"])?.text,
            let marking = SecrecyMarking.first(in: title, isTitle: true)
        {
            return marking
        }
        if let data = event.members?["data"], let marking = marking(within: data) { return marking }
        for cell in cells {
            if let marking = SecrecyMarking.first(in: cell) { return marking }
        }
        return nil
    }

    private func marking(within value: JSONTree) -> SecrecyMarking? {
        switch value {
        case .string(let text): return SecrecyMarking.first(in: text)
        case .array(let elements):
            for element in elements {
                if let marking = marking(within: element) { return marking }
            }
        case .object(let members):
            for member in members.list {
                if let marking = marking(within: member.value) { return marking }
            }
        case .null, .bool, .number: break
        }
        return nil
    }

    private func mask(
        _ value: JSONTree,
        with masker: Masker,
        isTop: Bool,
        tally: inout MaskTally
    ) -> JSONTree {
        switch value {
        case .string(let text): return .string(masker.mask(text, tally: &tally))
        case .array(let elements):
            return .array(elements.map { mask($0, with: masker, isTop: false, tally: &tally) })
        case .object(var members):
            for member in members.list {
                if isTop, DepartureGate.unmasked.contains(member.key) { continue }
                members[member.key] = mask(member.value, with: masker, isTop: false, tally: &tally)
            }
            return .object(members)
        case .null, .bool, .number: return value
        }
    }
}
