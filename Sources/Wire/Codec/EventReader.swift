internal import Domain
internal import Hashing

/// What a decoder keeps from line to line: its parser and its buffers.
struct EventReader {
    typealias Outcome = EventDecoder.Outcome

    private let parser = JSONParser(
        limits: JSONLimits(bytesMax: ItemLimits.eventBytesMax, depthMax: EventDecoder.depthMax)
    )
    private var attributes = MemberTable<Attribute>()
    private var members = MemberTable<DataMember>()
    private var canonical: [UInt8] = []
    private var parts: [Range<Int>] = []
    private var digests: [Digest32] = []
    private var drafts: [Draft?] = []
    private var categories = CategoryMemo()
    private var kinds = LastValue<ItemKind>()
    private var divisions = LastValue<Division>()
    private var lastSender: (agency: AgencyID, source: [UInt8])?
    private let lane: Lane

    init(lane: Lane) {
        self.lane = lane
    }

    /// What a line is before its content has a digest.
    private enum Draft {
        /// An item, whose canonical content stands at the end of `canonical`.
        case item(Item)
        case settled(Outcome)
    }

    /// Decodes one line that `sender` sent.
    mutating func decode(line: UnsafeRawBufferPointer, sender: AgencyID) -> Outcome {
        canonical.removeAll(keepingCapacity: canonical.capacity <= EventReader.keptBytesMax)
        switch draft(of: line, sender: sender) {
        case .item(let item): return .item(item, ContentDigest(hashing: canonical))
        case .settled(let outcome): return outcome
        }
    }

    /// Decodes lines, whose digests are computed side by side.
    mutating func decode(
        lines: [Range<Int>],
        in bytes: UnsafeRawBufferPointer,
        sender: AgencyID,
        _ each: (Int, consuming Outcome) -> Void
    ) {
        canonical.removeAll(keepingCapacity: canonical.capacity <= EventReader.keptBytesMax)
        parts.removeAll(keepingCapacity: true)
        digests.removeAll(keepingCapacity: true)
        for line in lines {
            let start = canonical.count
            let draft = draft(of: UnsafeRawBufferPointer(rebasing: bytes[line]), sender: sender)
            if case .item = draft { parts.append(start..<canonical.count) }
            drafts.append(draft)
        }
        canonical.withUnsafeBytes { Digest32.appendSHA256(of: parts, in: $0, to: &digests) }
        var items = 0
        for place in lines.indices {
            switch drafts[place].take() {
            case .item(let item):
                each(place, .item(item, ContentDigest(digests[items])))
                items += 1
            case .settled(let outcome): each(place, outcome)
            case nil: preconditionFailure("a line without a draft")
            }
        }
        drafts.removeAll(keepingCapacity: true)
    }

    /// What is kept of the buffer for canonical content after an unusually long batch.
    private static let keptBytesMax = 4 << 20

    private mutating func draft(of line: UnsafeRawBufferPointer, sender: AgencyID) -> Draft {
        var id = ""
        var purpose: Purpose?
        do throws(JSONError) {
            return try parser.withNodes(of: line) { (nodes) throws(JSONError) in
                do throws(EventFlaw) {
                    return .item(try item(nodes.root, sender: sender, id: &id, purpose: &purpose))
                } catch {
                    return .settled(malformed(error, line: line, id: id, purpose: purpose))
                }
            }
        } catch {
            return .settled(malformed(EventFlaw(error), line: line, id: id, purpose: nil))
        }
    }

    /// A flawed line is kept aside for a person, but never one that may be an accusation.
    private func malformed(
        _ flaw: EventFlaw,
        line: UnsafeRawBufferPointer,
        id: String,
        purpose: Purpose?
    ) -> Outcome {
        let isAccusation =
            purpose.map { $0 == .accusation } ?? ByteSearch.contains("accusation", in: line)
        if isAccusation, lane == .open { return .sealed }
        return .malformed(
            flaw.code,
            reason: flaw.reason,
            id: id,
            lineDigest: ContentDigest(hashing: line)
        )
    }

    private mutating func item(
        _ event: JSONNode,
        sender: AgencyID,
        id: inout String,
        purpose: inout Purpose?
    ) throws(EventFlaw) -> Item {
        guard event.kind == .object else {
            throw EventFlaw(.notJSON, "the line is no JSON object; send one event a line")
        }
        attributes.fill(from: event)
        // The id names a flawed line, the purpose says what may be kept of it.
        id = try EventText.identifier(attributes[.id], "id")
        guard let data = attributes[.data] else { throw .missing("data") }
        guard data.kind == .object else { throw .wrongType("data", "an object") }
        members.fill(from: data)
        purpose = try EventText.choice(members[.purpose], "data.purpose")

        let (kind, time, division) = try envelope(sender: sender)
        let reader = EventMembers(members: members)
        var item = Item(
            ref: ItemRef(agency: sender, id: id),
            kind: kind,
            time: time,
            division: division,
            title: try reader.text(.title, bytesMax: ItemLimits.titleBytesMax),
            text: try reader.text(.text, bytesMax: ItemLimits.textBytesMax)
        )
        item.purpose = purpose
        if item.text.isEmpty, !kind.isLife { throw .missing("data.text") }
        try reader.readMatter(into: &item)
        if let node = members[.category] {
            item.category = try categories.category(node, "data.category")
        }
        try reader.readCounts(into: &item)
        try reader.readRelations(into: &item)
        item.isHistory = try EventText.flag(attributes[.history], "history")
        appendContent(data)
        return item
    }

    /// The attributes beside `id` and `data`.
    private mutating func envelope(
        sender: AgencyID
    ) throws(EventFlaw) -> (ItemKind, Timestamp, Division) {
        let version = try EventText.required(attributes[.specversion], "specversion")
        guard version.isText("1.0") else {
            throw EventFlaw(.badValue, "specversion is not \"1.0\"; send CloudEvents 1.0")
        }
        let type = try EventText.required(attributes[.type], "type")
        guard let kind = kinds.value(of: type, { ItemKind(type: $0) }) else {
            throw EventFlaw(
                .unknownItemType,
                "type is unknown; use cn.liandong.complaint.v1, sentiment, risk or life.NAME"
            )
        }
        try checkSource(sender)
        let time = try EventText.time(attributes[.time], "time")
        guard let time else { throw .missing("time") }
        let subject = try EventText.required(attributes[.subject], "subject")
        guard let division = divisions.value(of: subject, { Division(code: $0) }) else {
            throw EventFlaw(
                .badDivision,
                "subject is no division code of 6 or 9 digits; use 000000 when it is unknown"
            )
        }
        return (kind, time, division)
    }

    private mutating func checkSource(_ sender: AgencyID) throws(EventFlaw) {
        let source = try EventText.required(attributes[.source], "source")
        // Line after line comes from one sender, so its source is compared byte for byte first.
        if lastSender?.agency != sender { lastSender = (sender, Array(sender.source.utf8)) }
        if let expected = lastSender?.source, ByteScan.areEqual(source.bytes, expected) { return }
        guard let agency = AgencyID(source: source.string) else {
            throw EventFlaw(.badIdentity, "source is not /agency/NAME; use \(sender.source)")
        }
        guard agency == sender else {
            throw EventFlaw(
                .foreignSource,
                "source is another agency's; this key sends for \(sender.source) alone"
            )
        }
    }

    /// Appends the canonical form of `{type, subject, time, data}`; the keys stand sorted.
    private mutating func appendContent(_ data: JSONNode) {
        canonical.append(contentsOf: #"{"data":"#.utf8)
        CanonicalJSON.append(data, to: &canonical)
        append(.subject, #","subject":"#)
        append(.time, #","time":"#)
        append(.type, #","type":"#)
        canonical.append(UInt8(ascii: "}"))
    }

    private mutating func append(_ attribute: Attribute, _ key: StaticString) {
        canonical.append(
            contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        )
        if let node = attributes[attribute] { CanonicalJSON.append(node, to: &canonical) }
    }
}
