package import Domain
package import Hashing
package import Wire

/// What a backup holds (备份清单), as it stands in `backup.json`.
package struct BackupManifest: Hashable, Sendable {
    private static let format: Int64 = 1

    /// The journal's identifier, 32 hexadecimal digits.
    package var journal: String
    /// The county that the hub serves.
    package var county: String
    /// The engine of the last epoch.
    package var engineVersion: UInt32
    /// Epochs that were founded.
    package var epochs: Int
    /// The number of the last entry.
    package var lastEntry: UInt64
    /// When the hub took it.
    package var lastAt: Timestamp
    /// The chain after it: with the number it says which history this is.
    package var chain: Digest32
    /// Decisions that are kept with it.
    package var decisions: Int
    /// When the backup was made.
    package var madeAt: Timestamp

    /// The document.
    package var json: JSONValue {
        [
            "format": .integer(Self.format),
            "journal": .string(journal),
            "county": .string(county),
            "engine_version": .integer(Int64(engineVersion)),
            "epochs": .integer(Int64(epochs)),
            "last_entry": .integer(Int64(lastEntry)),
            "last_at": .string(lastAt.rfc3339),
            "last_at_ms": .integer(lastAt.milliseconds),
            "chain": .string(chain.hex),
            "decisions": .integer(Int64(decisions)),
            "made_at": .string(madeAt.rfc3339),
            "made_at_ms": .integer(madeAt.milliseconds),
        ]
    }

    init?(json bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes), value["format"]?.int == Self.format,
            let journal = value["journal"]?.text, let county = value["county"]?.text,
            let engine = value["engine_version"]?.int.flatMap({ UInt32(exactly: $0) }),
            let epochs = value["epochs"]?.int.flatMap({ Int(exactly: $0) }),
            let last = value["last_entry"]?.int.flatMap({ UInt64(exactly: $0) }),
            let lastAt = value["last_at_ms"]?.int,
            let chain = value["chain"]?.text.flatMap({ Digest32(hex: $0) }),
            let decisions = value["decisions"]?.int.flatMap({ Int(exactly: $0) }),
            let madeAt = value["made_at_ms"]?.int
        else { return nil }
        self.init(
            journal: journal,
            county: county,
            engineVersion: engine,
            epochs: epochs,
            lastEntry: last,
            lastAt: Timestamp(milliseconds: lastAt),
            chain: chain,
            decisions: decisions,
            madeAt: Timestamp(milliseconds: madeAt)
        )
    }

    /// The manifest of a backup that has only begun.
    init(begun journal: String, at now: Timestamp) {
        self.init(
            journal: journal,
            county: "",
            engineVersion: 0,
            epochs: 0,
            lastEntry: 0,
            lastAt: now,
            chain: .zero,
            decisions: 0,
            madeAt: now
        )
    }

    init(
        journal: String,
        county: String,
        engineVersion: UInt32,
        epochs: Int,
        lastEntry: UInt64,
        lastAt: Timestamp,
        chain: Digest32,
        decisions: Int,
        madeAt: Timestamp
    ) {
        self.journal = journal
        self.county = county
        self.engineVersion = engineVersion
        self.epochs = epochs
        self.lastEntry = lastEntry
        self.lastAt = lastAt
        self.chain = chain
        self.decisions = decisions
        self.madeAt = madeAt
    }
}

/// Why a backup was not made or not restored.
package enum BackupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The folder is none of this journal's backups.
    case refused(String)
    /// The copy does not verify.
    case unsound(String)
    /// The place to restore to is taken.
    case inUse(String)
    /// No epoch could be founded on the copy.
    case notFounded(String)
    /// The journal or the disk failed.
    case journal(JournalError)

    /// What, where, and what to do.
    package var description: String {
        switch self {
        case .refused(let why): "\(ErrorCode.backupRefused.text) \(why)"
        case .unsound(let why):
            "\(ErrorCode.backupUnsound.text) the backup does not verify: \(why)"
        case .inUse(let why): "\(ErrorCode.folderInUse.text) \(why)"
        case .notFounded(let why): why
        case .journal(let error): error.description
        }
    }
}
