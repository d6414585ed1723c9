internal import Storage

extension KeyRing {
    /// What opening the key table did.
    struct Opening {
        let ring: KeyRing
        let id: LogID
        /// The copy that was written anew from the other, with what was wrong with it.
        let healed: JournalFinding?
    }

    static var names: [String] { ["keys.a", "keys.b"] }

    /// Both copies as they are, without changing anything.
    static func copies(
        _ disk: D,
        _ folder: String
    ) throws(DiskError) -> [Result<KeyTable, KeyFault>] {
        var copies: [Result<KeyTable, KeyFault>] = []
        let present = try disk.list(folder)
        for name in names {
            guard present.contains(name) else {
                copies.append(.failure(KeyFault(offset: 0, what: .missing)))
                continue
            }
            let bytes = try read(try disk.open("\(folder)/\(name)", .read))
            do throws(KeyFault) {
                copies.append(.success(try KeyTable(decoding: bytes)))
            } catch {
                copies.append(.failure(error))
            }
        }
        return copies
    }

    /// Opens both copies, makes them when `isNew`, and heals one from the other.
    static func open(
        _ disk: D,
        folder: String,
        isNew: Bool,
        random: () -> UInt64
    ) throws(JournalError) -> Opening {
        let copies: [Result<KeyTable, KeyFault>]
        do throws(DiskError) {
            copies = try self.copies(disk, folder)
        } catch {
            throw JournalError(error)
        }
        let tables = copies.map { try? $0.get() }
        let table = newest(tables)
        guard table != nil || isNew && tables.allSatisfy({ $0 == nil }) else {
            throw .keysDamaged(
                zip(names, copies).map { finding("\(folder)/\($0)", $1, weight: .damage) }
            )
        }
        do throws(DiskError) {
            if let table {
                var healed: JournalFinding?
                var files: [D.File] = []
                for (index, name) in names.enumerated() {
                    let path = "\(folder)/\(name)"
                    if tables[index] != table {
                        healed = finding(path, copies[index], weight: .healable)
                        try heal(disk, folder, name, copies[index], table)
                    }
                    files.append(try disk.open(path, .write))
                }
                return Opening(
                    ring: KeyRing(files: files, table: table),
                    id: table.id,
                    healed: healed
                )
            }
            return try make(disk, folder, random)
        } catch {
            throw JournalError(error)
        }
    }

    private static func make(
        _ disk: D,
        _ folder: String,
        _ random: () -> UInt64
    ) throws(DiskError) -> Opening {
        let table = KeyTable(id: LogID(first: random(), last: random()))
        let present = try disk.list(folder)
        var files: [D.File] = []
        for name in names {
            // A first start that lost power may have left half a copy.
            if present.contains(name) { try disk.remove("\(folder)/\(name)") }
            let file = try disk.open("\(folder)/\(name)", .create)
            try write(table, to: file)
            files.append(file)
        }
        try disk.syncFolder(folder)
        return Opening(ring: KeyRing(files: files, table: table), id: table.id, healed: nil)
    }

    /// The whole copy of the highest generation; nil when there is none or when two disagree.
    static func newest(_ tables: [KeyTable?]) -> KeyTable? {
        let whole = tables.compactMap(\.self)
        guard let newest = whole.max(by: { $0.generation < $1.generation }) else { return nil }
        let agree = whole.allSatisfy {
            $0.id == newest.id && ($0.generation < newest.generation || $0 == newest)
        }
        return agree ? newest : nil
    }

    private static func heal(
        _ disk: D,
        _ folder: String,
        _ name: String,
        _ copy: Result<KeyTable, KeyFault>,
        _ table: KeyTable
    ) throws(DiskError) {
        let path = "\(folder)/\(name)"
        if copy == .failure(KeyFault(offset: 0, what: .missing)) {
            try write(table, to: try disk.open(path, .create))
            try disk.syncFolder(folder)
        } else {
            try write(table, to: try disk.open(path, .write))
        }
    }

    static func finding(
        _ path: String,
        _ copy: Result<KeyTable, KeyFault>,
        weight: JournalFinding.Weight
    ) -> JournalFinding {
        let words: String
        var offset = 0
        switch copy {
        case .success: words = "the copy is older than, or differs from, the other one"
        case .failure(let fault):
            words = fault.words
            offset = fault.offset
        }
        return JournalFinding(
            path: path,
            offset: offset,
            number: nil,
            what: words,
            remedy: weight == .healable
                ? "the next start writes it anew from the other copy"
                : "restore both copies from the newest backup; without a key table no text is readable",
            weight: weight
        )
    }

    private static func read(_ file: D.File) throws(DiskError) -> [UInt8] {
        let size = try file.size()
        var bytes = [UInt8](repeating: 0, count: size)
        var failure: DiskError?
        var count = 0
        unsafe bytes.withUnsafeMutableBytes { all in
            do throws(DiskError) {
                count = unsafe try file.read(into: all, at: 0)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return Array(bytes[..<count])
    }
}
