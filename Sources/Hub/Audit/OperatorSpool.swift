package import Domain
import Glibc
import Hashing
import Storage
import Wire

/// What an operator did on the hub's own machine, beside the hub (本机操作).
package struct OperatorAct: Equatable, Sendable {
    /// What was done.
    package enum Name: String, CaseIterable, Sendable {
        /// Decisions were shown from the log.
        case replay
        /// Heat spots were counted from the log.
        case heat
        /// The account of a case was made.
        case account
        /// Lines of the audit log were shown.
        case audit
        /// A copy of everything was made.
        case backup
        /// Texts were destroyed, or it was tried.
        case erase
        /// The register of keys was changed.
        case keys
    }

    /// When.
    package var at: Timestamp
    /// The operating system's name of who did it.
    package var user: String
    /// What.
    package var name: Name
    /// To what: a case, a folder, a key's holder.
    package var object: String
    /// `ok`, or that it failed.
    package var result: String
    /// Further particulars, by name.
    package var particulars: [String: String]

    /// An act from its parts.
    package init(
        at: Timestamp,
        user: String,
        _ name: Name,
        _ object: String,
        result: String = "ok",
        _ particulars: [String: String] = [:]
    ) {
        self.at = at
        self.user = user
        self.name = name
        self.object = object
        self.result = result
        self.particulars = particulars
    }

    /// An act from a line of the spool; `nil` when it is none.
    init?(line: some Sequence<UInt8>) {
        guard let value = try? JSONValue(parsing: Array(line)),
            let at = value["at"]?.text.flatMap({ Timestamp(rfc3339: $0) }),
            let user = value["user"]?.text,
            let name = value["act"]?.text.flatMap(Name.init(rawValue:)),
            let object = value["object"]?.text, let result = value["result"]?.text
        else { return nil }
        var more: [String: String] = [:]
        for member in value["more"]?.members ?? [] { more[member.key] = member.value.text }
        self.init(at: at, user: user, name, object, result: result, more)
    }

    /// The line of the spool; `nonce` tells it from another of the same act.
    func line(nonce: UInt64) -> [UInt8] {
        let more = bounded.map { JSONValue.Member($0.key, .string($0.value)) }
        let value: JSONValue = [
            "at": .string(at.rfc3339), "user": .string(AuditBounds.text(user)),
            "act": .string(name.rawValue), "object": .string(AuditBounds.text(object)),
            "result": .string(AuditBounds.text(result)), "more": .object(more),
            "nonce": .string(nonce.hex16),
        ]
        return value.bytes + [0x0A]
    }

    /// The line of the audit log, with what the line of the spool is known by; its time is the hub's, when it was taken.
    func record(spooled name: String, taken time: Timestamp) -> AuditRecord {
        // What the act says never stands for what the hub says.
        let more = bounded.map { JSONValue.Member("op_" + $0.key, .string($0.value)) }
        return AuditRecord(
            at: time,
            who: "operator/" + AuditBounds.text(user),
            .operated,
            self.name.rawValue,
            result: AuditBounds.text(result),
            [
                .init("of", .string(AuditBounds.text(object))),
                .init("done", .string(at.rfc3339)), .init("spool", .string(name)),
            ] + more
        )
    }

    private static let particularsMax = 6
    private static let keyMax = 24

    private var bounded: [(key: String, value: String)] {
        particulars.sorted { $0.key < $1.key }.prefix(OperatorAct.particularsMax)
            .map { (AuditBounds.text($0.key, OperatorAct.keyMax), AuditBounds.text($0.value)) }
    }
}

/// Where commands on the hub's own machine leave what was done, until the hub takes it into the chained audit
/// log (操作留痕).
///
/// A file of the data folder that its owner alone reads and writes. Whoever owns the account that owns the
/// folder can leave nothing there, or something else: it is the evidence of honest operators.
package enum OperatorSpool {
    /// The file within the data folder.
    package static let fileName = "operators.jsonl"
    /// The file that the hub is taking.
    package static let takenName = "operators.taken"
    /// A file of which the hub could take nothing.
    package static let refusedName = "operators.refused"
    /// The bytes that a hub may be behind; beyond, nothing more is left.
    package static let bytesMax = 1 << 20
    /// The end of the audit log in which a line is looked for.
    private static let tailBytes = 8 << 20
    /// How often somebody tries whom the hub took the file away from.
    private static let triesMax = 8

    /// Why an act left no line.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        /// What is wrong, in one sentence.
        package let description: String

        init(_ what: String, _ path: String) { description = "\(what) \(path)" }

        init(of operation: String, _ path: String, _ number: Int32) {
            description = "\(operation) \(path): \(PosixDisk.name(ofError: number))"
        }
    }

    /// Leaves an act; it lasts when this returns.
    ///
    /// Nothing is left where no hub has kept an audit log yet.
    ///
    /// - Parameters:
    ///   - act: What was done.
    ///   - folder: The hub's data folder.
    /// - Throws: When it cannot be left; the act itself is not to wait for that.
    package static func leave(_ act: OperatorAct, folder: String) throws(Failure) {
        guard access("\(folder)/\(AuditLog<PosixDisk>.folderName)", F_OK) == 0 else { return }
        let path = "\(folder)/\(fileName)"
        let line = act.line(nonce: .random(in: .min ... .max))
        for _ in 0..<triesMax {
            let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
            let descriptor = open(path, flags, 0o600)
            guard descriptor >= 0 else { throw Failure(of: "open", path, errno) }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_EX) == 0 else { throw Failure(of: "flock", path, errno) }
            var (own, named) = (stat(), stat())
            guard fstat(descriptor, &own) == 0 else { throw Failure(of: "fstat", path, errno) }
            // The hub took the file in between: what is written to it now, nobody reads.
            guard lstat(path, &named) == 0, own.st_ino == named.st_ino else { continue }
            guard Int(own.st_size) + line.count <= bytesMax else {
                throw Failure("no hub takes what is in", path)
            }
            var data = stat()
            // What root leaves must be the hub's to take.
            if geteuid() == 0, stat(folder, &data) == 0 {
                _ = fchown(descriptor, data.st_uid, data.st_gid)
            }
            guard Glibc.write(descriptor, line, line.count) == line.count,
                fdatasync(descriptor) == 0
            else {
                let number = errno
                _ = ftruncate(descriptor, own.st_size)
                throw Failure(of: "write", path, number)
            }
            if own.st_size == 0 { try? PosixDisk().syncFolder(folder) }
            return
        }
        throw Failure("somebody moves", path)
    }

    /// Takes what commands left into the audit log, a file at a time.
    ///
    /// The file is put under another name, its lines go to the log, and it is removed at a later look, when
    /// they stand there for good. What a crash leaves is looked for in the log first: nothing is lost, and
    /// nothing is noted twice that stands within the last bytes of it. One thread uses it.
    package struct Taker: Sendable {
        private let folder: String
        /// Lines that were noted and are not found in the log yet, with the looks since then.
        private var waiting: [String: Int] = [:]
        /// A line that is not found for so many looks was lost on its way, and is noted again.
        private static let looksMax = 10

        /// A taker of a hub's data folder.
        package init(folder: String) { self.folder = folder }

        /// Looks once.
        ///
        /// - Parameters:
        ///   - audit: Where the lines go.
        ///   - time: When.
        /// - Returns: Why nothing could be taken; `nil` when it could.
        package mutating func look(into audit: any AuditSink, at time: Timestamp) -> Failure? {
            do throws(Failure) {
                try OperatorSpool.putAside(folder)
            } catch {
                return error
            }
            do throws(DiskError) {
                return try take(into: audit, at: time)
            } catch {
                return error.kind == .missing ? nil : Failure(error.description, "")
            }
        }

        private mutating func take(
            into audit: any AuditSink,
            at time: Timestamp
        ) throws(DiskError) -> Failure? {
            let (disk, path) = (PosixDisk(), "\(folder)/\(OperatorSpool.takenName)")
            let size = try disk.open(path, .read).size()
            let most = 2 * OperatorSpool.bytesMax
            guard let bytes = try SmallFile.read(disk, path, bytesMax: most) else {
                try disk.rename(path, to: "\(folder)/\(OperatorSpool.refusedName)")
                return Failure("\(size) bytes are more than commands leave:", path)
            }
            let known = try OperatorSpool.noted(disk, folder)
            var isDone = true
            for line in bytes.split(separator: 0x0A) {
                let name = OperatorSpool.name(of: line)
                if known.contains(name) { continue }
                isDone = false
                let looks = waiting[name] ?? Self.looksMax
                waiting[name] = looks < Self.looksMax ? looks + 1 : 1
                guard looks >= Self.looksMax else { continue }
                audit.note(OperatorSpool.record(of: line, at: time))
            }
            guard isDone else { return nil }
            waiting = [:]
            try disk.remove(path)
            try disk.syncFolder(folder)
            return nil
        }
    }

    /// Puts the file under the name of what is being taken; not while somebody writes, nor before the last is
    /// taken.
    fileprivate static func putAside(_ folder: String) throws(Failure) {
        let (path, taken) = ("\(folder)/\(fileName)", "\(folder)/\(OperatorSpool.takenName)")
        guard access(taken, F_OK) != 0 else { return }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw Failure(of: "open", path, errno)
        }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return }
        guard rename(path, taken) == 0 else { throw Failure(of: "rename", path, errno) }
        try? PosixDisk().syncFolder(folder)
    }

    /// What a line of the spool is known by in the audit log.
    fileprivate static func name(of line: ArraySlice<UInt8>) -> String {
        String(Digest32.sha256(Array(line)).hex.prefix(32))
    }

    fileprivate static func record(of line: ArraySlice<UInt8>, at time: Timestamp) -> AuditRecord {
        let name = name(of: line)
        guard let act = OperatorAct(line: line) else {
            return AuditRecord(
                at: time,
                who: "hub",
                .operated,
                "unknown",
                result: "unreadable",
                [.init("spool", .string(name)), .init("bytes", .integer(Int64(line.count)))]
            )
        }
        return act.record(spooled: name, taken: time)
    }

    /// What stands near the end of the audit log, for good, of what was taken before.
    fileprivate static func noted(
        _ disk: PosixDisk,
        _ folder: String
    ) throws(DiskError) -> Set<String> {
        let logs = "\(folder)/\(AuditLog<PosixDisk>.folderName)"
        var found: Set<String> = []
        for name in try disk.list(logs).filter({ AuditLine.month(of: $0) != nil }).suffix(2) {
            let file = try disk.open("\(logs)/\(name)", .read)
            let size = try file.size()
            let begin = max(0, size - tailBytes)
            var bytes = [UInt8](repeating: 0, count: size - begin)
            var outcome: Result<Int, DiskError> = .success(0)
            bytes.withUnsafeMutableBytes { buffer in
                do throws(DiskError) {
                    outcome = .success(try file.read(into: buffer, at: begin))
                } catch {
                    outcome = .failure(error)
                }
            }
            try file.sync()
            for line in bytes.prefix(try outcome.get()).split(separator: 0x0A) {
                guard String(decoding: line, as: UTF8.self).contains(mark),
                    let record = AuditLine(line)?.record, record.act == .operated,
                    let name = record.particulars.first(where: { $0.key == "spool" })?.value.text
                else { continue }
                found.insert(name)
            }
        }
        return found
    }

    private static let mark = "\"act\":\"operated\""
}
