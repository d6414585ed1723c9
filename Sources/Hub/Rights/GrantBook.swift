import Domain
import Hashing
import Journal
import Storage
import Wire

/// Keeps the registers of grants beside the journal, one small file each (授权沿革簿).
///
/// It holds nothing that the journal does not: what is missing is read from there at the next start, so
/// that a start need not read a journal of years for the few entries that matter here.
struct GrantBook<D: Disk>: Sendable {
    private let disk: D
    private let folder: String

    private static var fileBytesMax: Int { 4 << 20 }

    /// The book of a data folder.
    init(_ disk: D, folder: String) {
        self.disk = disk
        self.folder = folder + "/grants"
    }

    /// The registers up to the journal's end, completed from it.
    ///
    /// - Parameters:
    ///   - reader: The journal.
    ///   - last: Its last entry.
    ///   - inForce: The version of the register in force there; `nil` where there is none.
    /// - Returns: The registers, ascending.
    /// - Throws: What the disk or the journal refused.
    func open(
        _ reader: InputReader<D>,
        last: UInt64,
        inForce: UInt64?
    ) throws(JournalError) -> [GrantHistory.Version] {
        guard let inForce else { return [] }
        var found: [GrantHistory.Version] = []
        do throws(DiskError) {
            try disk.makeFolder(folder)
            for name in try disk.list(folder).sorted() {
                let path = "\(folder)/\(name)"
                let bytes = try SmallFile.read(disk, path, bytesMax: Self.fileBytesMax)
                guard let version = bytes.flatMap(decode), version.entry <= last else {
                    try disk.remove(path)
                    continue
                }
                found.append(version)
            }
        } catch {
            throw JournalError(error)
        }
        guard found.last.map({ ConfigurationCodec.version(of: $0.canonical) }) != inForce else {
            return found
        }
        // One that a crash kept from the book, or all where the book is new.
        for version in try read(reader, from: (found.last?.entry ?? 0) + 1, through: last) {
            try? keep(version)
            found.append(version)
        }
        return found
    }

    /// Keeps a register.
    ///
    /// - Throws: What the disk refused; the next start reads it from the journal then.
    func keep(_ version: GrantHistory.Version) throws(DiskError) {
        let body: [UInt8] = Array("\(version.entry) \(version.from.milliseconds)\n".utf8)
        let bytes = body + version.canonical
        let name = String(repeating: "0", count: 20 - "\(version.entry)".count)
        try SmallFile.replace(
            disk,
            folder: folder,
            name: name + "\(version.entry)",
            with: Array(Digest32.sha256(bytes).hex.utf8) + [10] + bytes
        )
    }

    private func decode(_ bytes: [UInt8]) -> GrantHistory.Version? {
        guard bytes.count > 65, bytes[64] == 10 else { return nil }
        let body = bytes[65...]
        guard Array(Digest32.sha256(Array(body)).hex.utf8) == Array(bytes[..<64]),
            let end = body.firstIndex(of: 10)
        else { return nil }
        let head = String(decoding: body[..<end], as: UTF8.self).split(separator: " ")
        guard head.count == 2, let entry = UInt64(head[0]), let at = Int64(head[1]) else {
            return nil
        }
        return version(entry, Timestamp(milliseconds: at), Array(body[(end + 1)...]))
    }

    private func version(
        _ entry: UInt64,
        _ from: Timestamp,
        _ canonical: [UInt8]
    ) -> GrantHistory.Version? {
        guard let file = try? ConfigurationFile(name: .grants, canonical: canonical),
            case .grants(let register) = file.content
        else { return nil }
        return GrantHistory.Version(
            entry: entry,
            from: from,
            canonical: canonical,
            register: register
        )
    }

    private func read(
        _ reader: InputReader<D>,
        from first: UInt64,
        through last: UInt64
    ) throws(JournalError) -> [GrantHistory.Version] {
        var reader = reader
        var found: [GrantHistory.Version] = []
        var next = first
        while next <= last {
            let page = try reader.read(from: next, limit: 1024)
            guard !page.isEmpty else { break }
            for stored in page {
                next = stored.number + 1
                guard stored.kind.rawValue == JournalRecord.Kind.configuration.rawValue,
                    let payload = stored.bytes,
                    case .configuration(.grants, let canonical)? = try? EntryCodec.decode(
                        kind: stored.kind.rawValue,
                        payload: payload
                    ),
                    let version = version(stored.number, stored.at, canonical)
                else { continue }
                found.append(version)
            }
        }
        return found
    }
}
