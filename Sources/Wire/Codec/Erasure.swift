package import Domain

/// That texts were destroyed: who ordered it and why (销毁记录), as the journal keeps it.
///
/// It names no item: which ones they were stands in the list of erased items, whose digest it holds.
package struct Erasure: Equatable, Sendable {
    /// What gave rise to it; numbers are never reused.
    package enum Cause: UInt8, CaseIterable, Sendable {
        /// Somebody ordered it for these items.
        case order = 1
        /// A span of `retention.yaml` had run out.
        case due = 2
        /// A copy from before an erasure came back.
        case restored = 3
    }

    /// The most bytes of a name and of a reason.
    package static let nameBytesMax = 128
    /// The most bytes of a reason.
    package static let reasonBytesMax = 1024

    /// What gave rise to it.
    package var cause: Cause
    /// Who ordered it.
    package var by: String
    /// Why.
    package var reason: String
    /// Items whose texts were destroyed by it.
    package var items: UInt64
    /// Entries whose keys were destroyed by it.
    package var entries: UInt64
    /// SHA-256 of the list of erased items as it was afterwards.
    package var list: ContentDigest

    /// An erasure from its parts.
    package init(
        cause: Cause,
        by: String,
        reason: String,
        items: UInt64,
        entries: UInt64,
        list: ContentDigest
    ) {
        self.cause = cause
        self.by = by
        self.reason = reason
        self.items = items
        self.entries = entries
        self.list = list
    }
}

extension Erasure {
    func write(to writer: inout RecordWriter) {
        writer.append(cause.rawValue)
        writer.append(by)
        writer.append(reason)
        writer.append(items)
        writer.append(entries)
        writer.append(list)
    }

    init(_ reader: inout RecordReader) throws(RecordError) {
        self.init(
            cause: try reader.choice("the cause"),
            by: try reader.text("who ordered it"),
            reason: try reader.text("the reason"),
            items: try reader.number("the items"),
            entries: try reader.number("the entries"),
            list: try reader.digest("the list's digest")
        )
    }
}
