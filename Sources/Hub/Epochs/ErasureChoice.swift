package import Domain
import Journal
import Wire

/// Which texts are to be erased (销毁范围).
package enum ErasureChoice: Sendable {
    /// These items, with all that was sent of them and about them.
    case items([ItemRef])
    /// What is past its span at a moment, and what was withdrawn: its text has no business here any more.
    case due(RetentionSpans, at: Timestamp, withdrawn: [ItemRef])
    /// What stands in the lists of items that were erased before.
    case listed
}

/// How long texts are kept (保存期限), by what they hold; the whole payload goes by the shortest that applies.
///
/// The fields of an entry lie under one key, so that none of them can go before the others.
package struct RetentionSpans: Equatable, Sendable {
    /// The text of any item, event or line kept aside.
    package var text: TimeSpan
    /// Of an item that names the address of a published article.
    package var mediaReference: TimeSpan
    /// Of an item that bears pseudonyms of persons.
    package var pseudonyms: TimeSpan

    /// Spans from their parts.
    package init(text: TimeSpan, mediaReference: TimeSpan, pseudonyms: TimeSpan) {
        self.text = text
        self.mediaReference = mediaReference
        self.pseudonyms = pseudonyms
    }
}

/// What an entry holds that can be erased.
struct ErasableText {
    enum Kind: String, CaseIterable {
        case text, media, pseudonyms, quarantine
    }

    /// The item or event, where the entry names one.
    let ref: ItemRef?
    /// The item that an event is about.
    let subject: ItemRef?
    /// What decides how long it is kept.
    let kinds: Set<Kind>

    /// `nil` for an entry without a text of an item.
    init?(_ stored: StoredEntry, _ decoder: EventDecoder) {
        guard let payload = stored.bytes,
            let record = try? EntryCodec.decode(kind: stored.kind.rawValue, payload: payload)
        else { return nil }
        switch record {
        case .item(let position, let id, _, let event):
            ref = ItemRef(agency: position.stream.agency, id: id)
            var found: Set<Kind> = [.text]
            var subject: ItemRef?
            // What this version does not read any more is still a text.
            if case .item(let item, _)? = try? record.entryContent(decoder) {
                subject = item.kind.isLife ? item.subjectItem : nil
                if !item.persons.isEmpty { found.insert(.pseudonyms) }
            }
            if ErasableText.namesArticle(event) { found.insert(.media) }
            self.subject = subject
            kinds = found
        case .quarantine(let position, let line):
            ref = line.id.isEmpty ? nil : ItemRef(agency: position.stream.agency, id: line.id)
            subject = nil
            kinds = [.text, .quarantine]
        default: return nil
        }
    }

    /// How long it is kept.
    func span(_ spans: RetentionSpans) -> TimeSpan {
        var span = spans.text
        if kinds.contains(.media) { span = min(span, spans.mediaReference) }
        // A line kept aside was not read, so that nobody knows what it holds.
        if kinds.contains(.pseudonyms) || kinds.contains(.quarantine) {
            span = min(span, spans.pseudonyms)
        }
        return span
    }

    private static let mediaMember = Array(#""media""#.utf8)

    private static func namesArticle(_ event: [UInt8]) -> Bool {
        guard event.firstRange(of: mediaMember) != nil, let value = try? JSONValue(parsing: event)
        else { return false }
        return value["data"]?["media"]?["url"]?.text?.isEmpty == false
    }
}

/// What is to be erased, found by going along the journal.
struct ErasurePlan {
    /// Entries whose keys go.
    var entries: [UInt64] = []
    /// Items and events that they are of.
    var refs: [ItemRef] = []
    /// Entries by what decided how long they were kept.
    var kinds: [ErasableText.Kind: Int] = [:]
    /// Items that were named and erased before.
    var erasedBefore = 0
    /// Items that were named and that nothing in the journal is of.
    var unknown: [ItemRef] = []

    /// Finds what a choice means.
    ///
    /// - Parameters:
    ///   - choice: What was asked for.
    ///   - erased: Items that were erased before: what a copy brought back of them goes too.
    ///   - pages: Lends the journal's entries in order; may be called more than once.
    /// - Throws: What lending throws.
    init<Failure: Error>(
        _ choice: ErasureChoice,
        erased: ErasedItems,
        pages: (_ visit: (StoredEntry) -> Void) throws(Failure) -> Void
    ) throws(Failure) {
        let decoder = EventDecoder()
        var wanted: Set<ItemRef> = []
        var expired: (spans: RetentionSpans, at: Timestamp)?
        var newest: [ItemRef: Timestamp] = [:]
        switch choice {
        case .items(let refs): wanted = Set(refs)
        case .listed: break
        case .due(let spans, let at, let withdrawn):
            expired = (spans, at)
            wanted = Set(withdrawn)
            // An item's span begins with the last thing that came of it or about it.
            try pages { stored in
                guard let text = ErasableText(stored, decoder) else { return }
                for ref in [text.ref, text.subject].compactMap(\.self) { newest[ref] = stored.at }
            }
        }
        var (found, seen, order) = (Set<ItemRef>(), Set<ItemRef>(), [ItemRef]())
        var (taken, kinds) = ([UInt64](), [ErasableText.Kind: Int]())
        try pages { stored in
            guard let text = ErasableText(stored, decoder) else { return }
            let names = [text.ref, text.subject].compactMap(\.self)
            var goes = names.contains { wanted.contains($0) || erased.contains($0) }
            if let expired, !goes {
                let last = names.compactMap { newest[$0] }.max() ?? stored.at
                goes = expired.at - last > text.span(expired.spans)
            }
            guard goes else { return }
            taken.append(stored.number)
            for kind in text.kinds { kinds[kind, default: 0] += 1 }
            for name in names where wanted.contains(name) { found.insert(name) }
            if let ref = text.ref, seen.insert(ref).inserted { order.append(ref) }
        }
        entries = taken
        refs = order
        self.kinds = kinds
        for ref in wanted.sorted(by: { ($0.agency, $0.id) < ($1.agency, $1.id) })
        where !found.contains(ref) {
            if erased.contains(ref) { erasedBefore += 1 } else { unknown.append(ref) }
        }
        for ref in found where seen.insert(ref).inserted { refs.append(ref) }
    }
}
