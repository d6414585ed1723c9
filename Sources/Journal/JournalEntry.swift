package import Domain
package import Hashing

/// What an entry is; the numbers belong to whoever writes the entries, but for the founding one.
package struct EntryKind: RawRepresentable, Hashable, Sendable {
    /// The number in the entry's header; 0 is never used.
    package let rawValue: UInt16

    /// A kind by its number.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Opens an epoch (立账): engine version, digests of the configuration and of the carried state.
    package static let founding = EntryKind(rawValue: 1)
}

/// An entry to be registered.
package struct JournalEntry: Hashable, Sendable {
    /// The time at which the hub took it; never before that of the entry ahead of it.
    package let at: Timestamp
    /// What it is.
    package let kind: EntryKind
    /// Its bytes, which the journal does not look into.
    package let payload: [UInt8]

    /// An entry.
    package init(at: Timestamp, kind: EntryKind, payload: [UInt8]) {
        self.at = at
        self.kind = kind
        self.payload = payload
    }
}

/// An entry as it stands in the journal.
package struct StoredEntry: Hashable, Sendable {
    /// What is left of an entry's bytes.
    package enum Payload: Hashable, Sendable {
        /// The bytes as they were registered.
        case bytes([UInt8])
        /// The key was destroyed; nobody can read them again.
        case erased
    }

    /// Its number, from 1 over all epochs.
    package let number: UInt64
    /// The epoch it belongs to.
    package let epoch: UInt64
    /// The time at which the hub took it.
    package let at: Timestamp
    /// What it is.
    package let kind: EntryKind
    /// What the chain holds in place of the bytes.
    package let commitment: Digest32
    /// Its bytes, unless they were erased.
    package let payload: Payload
    /// How many bytes were registered, erased or not.
    package let payloadByteCount: Int

    /// The chain value after it, from the one before.
    package func link(_ chain: Digest32) -> Digest32 {
        EntryRecord(
            number: number,
            at: at,
            kind: kind,
            payloadBytes: payloadByteCount,
            commitment: commitment
        ).link(chain)
    }

    /// The bytes, nil when they were erased.
    package var bytes: [UInt8]? {
        if case .bytes(let bytes) = payload { bytes } else { nil }
    }
}
