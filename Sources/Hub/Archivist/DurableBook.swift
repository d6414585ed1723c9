import Domain
import Hashing
import Journal
import Storage
import Wire

/// A durable subscription by its holder and name.
struct DurableKey: Hashable, Sendable {
    /// Whose it is, `officer/chen`.
    let holder: String
    let name: String

    /// The name of its file.
    var fileName: String {
        let digest = Digest32.sha256(holder + "\n" + name)
        return String(digest.hex.prefix(32))
    }
}

/// A place in the decision log.
struct LogPlace: Hashable, Sendable {
    var epoch: UInt64
    /// The last decision before it.
    var number: UInt64
}

/// Where a durable subscription stands (长期订阅).
struct DurableStanding: Sendable, Equatable {
    /// A decision that its holder will not deal with.
    struct GivenUp: Sendable, Equatable {
        var at: Timestamp
        var decision: UInt64
        var reason: String
    }

    var key: DurableKey
    var subjects: [String]
    /// Everything up to here is settled.
    var settled: LogPlace
    /// Decisions behind that which are settled out of turn, ascending.
    var aside: [UInt64] = []
    /// The active alerts that it began with are settled.
    var hasBegun = false
    var madeAt: Timestamp
    var usedAt: Timestamp
    /// The last that were given up, at most `DurableStanding.givenUpMax`.
    var givenUp: [GivenUp] = []

    static let givenUpMax = 64
    static let asideMax = ProtocolLimits.inFlightMax

    var json: JSONValue {
        [
            "holder": .string(key.holder), "name": .string(key.name),
            "subjects": .array(subjects.map { .string($0) }),
            "epoch": .integer(Int64(settled.epoch)), "settled": .integer(Int64(settled.number)),
            "aside": .array(aside.map { .integer(Int64($0)) }), "begun": .bool(hasBegun),
            "made": .integer(madeAt.milliseconds), "used": .integer(usedAt.milliseconds),
            "given_up": .array(
                givenUp.map {
                    [
                        "at": .integer($0.at.milliseconds),
                        "decision": .integer(Int64($0.decision)), "reason": .string($0.reason),
                    ]
                }
            ),
        ]
    }

    init(key: DurableKey, subjects: [String], settled: LogPlace, at time: Timestamp) {
        self.key = key
        self.subjects = subjects
        self.settled = settled
        madeAt = time
        usedAt = time
    }

    init?(_ value: JSONValue) {
        guard let holder = value["holder"]?.text, let name = value["name"]?.text,
            let subjects = value["subjects"]?.elements, let epoch = value["epoch"]?.int,
            let settled = value["settled"]?.int, let aside = value["aside"]?.elements,
            let hasBegun = value["begun"]?.flag, let made = value["made"]?.int,
            let used = value["used"]?.int, let givenUp = value["given_up"]?.elements,
            epoch >= 0, settled >= 0
        else { return nil }
        key = DurableKey(holder: holder, name: name)
        self.subjects = subjects.compactMap(\.text)
        self.settled = LogPlace(epoch: UInt64(epoch), number: UInt64(settled))
        self.aside = aside.compactMap { $0.int.flatMap { UInt64(exactly: $0) } }
        self.hasBegun = hasBegun
        madeAt = Timestamp(milliseconds: made)
        usedAt = Timestamp(milliseconds: used)
        self.givenUp = givenUp.compactMap { row in
            guard let at = row["at"]?.int, let reason = row["reason"]?.text,
                let decision = row["decision"]?.int.flatMap({ UInt64(exactly: $0) })
            else { return nil }
            return GivenUp(at: Timestamp(milliseconds: at), decision: decision, reason: reason)
        }
    }
}

/// Keeps where durable subscriptions stand, one small file each (订阅簿).
///
/// What is changed is in memory at once and on the disk after `flush`; a file that cannot be written
/// stays to be written. One thread.
struct DurableBook<D: Disk> {
    private let disk: D
    private let folder: String
    private var standings: [DurableKey: DurableStanding] = [:]
    private var unwritten: [DurableKey] = []
    private var unremoved: [DurableKey] = []

    static var fileBytesMax: Int { 256 << 10 }

    /// Opens the book of a data folder; files that cannot be read are put aside and named.
    static func open(_ disk: D, folder: String) throws(DiskError) -> (book: Self, bad: [String]) {
        let folder = "\(folder)/\(PositionSeal.subscriptions)"
        try disk.makeFolder(folder)
        var book = Self(disk: disk, folder: folder)
        var bad: [String] = []
        for name in try disk.list(folder) {
            let path = "\(folder)/\(name)"
            if name.hasSuffix(SmallFile.unfinished) {
                try disk.remove(path)
            } else if !name.contains(".") {
                let bytes = try SmallFile.read(disk, path, bytesMax: fileBytesMax)
                if let standing = bytes.flatMap({ decode($0) }), standing.key.fileName == name {
                    book.standings[standing.key] = standing
                } else {
                    try disk.rename(path, to: path + ".bad")
                    bad.append(path + ".bad")
                }
            }
        }
        return (book, bad)
    }

    private init(disk: D, folder: String) {
        self.disk = disk
        self.folder = folder
    }

    subscript(key: DurableKey) -> DurableStanding? { standings[key] }

    /// How many there are in all.
    var count: Int { standings.count }

    /// Those of one holder, or all, by holder and name.
    func standings(of holder: String?) -> [DurableStanding] {
        standings.values.filter { holder == nil || $0.key.holder == holder }.sorted {
            ($0.key.holder, $0.key.name) < ($1.key.holder, $1.key.name)
        }
    }

    mutating func put(_ standing: DurableStanding) {
        standings[standing.key] = standing
        if !unwritten.contains(standing.key) { unwritten.append(standing.key) }
        unremoved.removeAll { $0 == standing.key }
    }

    mutating func remove(_ key: DurableKey) {
        guard standings.removeValue(forKey: key) != nil else { return }
        unwritten.removeAll { $0 == key }
        unremoved.append(key)
    }

    /// Writes what is changed; returns the first failure, after which what is left is tried again.
    mutating func flush() -> DiskError? {
        do throws(DiskError) {
            while let key = unremoved.last {
                do throws(DiskError) {
                    try disk.remove("\(folder)/\(key.fileName)")
                } catch {
                    if error.kind != .missing { throw error }
                }
                unremoved.removeLast()
            }
            while let key = unwritten.last {
                if let standing = standings[key] {
                    let bytes = Self.encode(standing)
                    try SmallFile.replace(disk, folder: folder, name: key.fileName, with: bytes)
                }
                unwritten.removeLast()
            }
            return nil
        } catch {
            return error
        }
    }

    /// It is on the disk as it is in memory.
    func isWritten(_ key: DurableKey) -> Bool { !unwritten.contains(key) }

    private static func encode(_ standing: DurableStanding) -> [UInt8] {
        let body = standing.json.bytes
        return Array(Digest32.sha256(body).hex.utf8) + [10] + body + [10]
    }

    private static func decode(_ bytes: [UInt8]) -> DurableStanding? {
        guard bytes.count > 66, bytes[64] == 10, bytes.last == 10 else { return nil }
        let body = Array(bytes[65..<bytes.count - 1])
        guard Array(Digest32.sha256(body).hex.utf8) == Array(bytes[..<64]) else { return nil }
        let limits = JSONLimits(bytesMax: fileBytesMax, depthMax: 8)
        return (try? JSONValue(parsing: body, limits: limits)).flatMap { DurableStanding($0) }
    }
}
