import Domain
import Journal
import Storage
import Wire

/// Reads the journal for the engine's thread: entries that the ring left out, and texts.
final class Records<D: Disk> {
    /// An entry, or the place of one whose text was destroyed.
    enum Found {
        case entry(Entry)
        case erased
    }

    private var reader: InputReader<D>
    private var texts: InputReader<D>
    private let decoder = EventDecoder()

    init(reader: InputReader<D>) {
        self.reader = reader
        // A reader of its own, so that a look at an old text does not throw away what was read ahead.
        texts = reader
    }

    /// An entry; `nil` when it is not durable yet.
    func entry(_ number: UInt64) throws(JournalError) -> Found? {
        guard let stored = try reader.entry(number) else { return nil }
        guard let payload = stored.bytes,
            let record = try? EntryCodec.decode(kind: stored.kind.rawValue, payload: payload),
            let content = try? record.entryContent(decoder)
        else { return .erased }
        return .entry(Entry(at: stored.at, content: content))
    }

    /// The time of an entry, also of one whose text was destroyed; `nil` when it is not durable yet.
    func time(of number: UInt64) throws(JournalError) -> Timestamp? {
        try texts.entry(number)?.at
    }

    /// A record; `nil` when its text was destroyed or cannot be read.
    func record(_ number: UInt64) -> JournalRecord? {
        guard let stored = try? texts.entry(number), let payload = stored.bytes else { return nil }
        return try? EntryCodec.decode(kind: stored.kind.rawValue, payload: payload)
    }

    /// The item of an entry.
    func item(_ number: UInt64) -> Item? {
        guard let content = try? record(number)?.entryContent(decoder),
            case .item(let item, _) = content
        else { return nil }
        return item
    }
}
