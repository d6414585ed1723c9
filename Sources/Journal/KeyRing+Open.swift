internal import Storage

extension KeyRing {
    /// The key table as it was found, or made; nothing is healed yet.
    struct Opening {
        let table: KeyTable
        /// The copy that is to be written anew from the other, with what is wrong with it.
        let healed: JournalFinding?
        let copies: [Result<KeyTable, KeyFault>]

        var id: LogID { table.id }
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

    /// Reads both copies, and makes them when `isNew`.
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
            guard let table else { return try make(disk, folder, random) }
            let spoilt = names.indices.last { tables[$0] != table }
            return Opening(
                table: table,
                healed: spoilt.map { place in
                    finding("\(folder)/\(names[place])", copies[place], weight: .healable)
                },
                copies: copies
            )
        } catch {
            throw JournalError(error)
        }
    }

    /// Heals one copy from the other, and opens both for writing.
    ///
    /// Only once the table is known to be that of the inputs: a damaged copy that is newer than the other
    /// can still be mended by hand, one that was written over cannot.
    static func ring(
        _ disk: D,
        folder: String,
        _ opening: Opening
    ) throws(JournalError) -> KeyRing {
        do throws(DiskError) {
            var files: [D.File] = []
            for (index, name) in names.enumerated() {
                let copy = opening.copies[index]
                if copy != .success(opening.table) {
                    try heal(disk, folder, name, copy, opening.table)
                }
                files.append(try disk.open("\(folder)/\(name)", .write))
            }
            return KeyRing(files: files, table: opening.table)
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
        for name in names {
            // A first start that lost power may have left half a copy.
            if present.contains(name) { try disk.remove("\(folder)/\(name)") }
            let file = try disk.open("\(folder)/\(name)", .create)
            try write(table, to: file)
        }
        try disk.syncFolder(folder)
        return Opening(
            table: table,
            healed: nil,
            copies: names.map { _ in .success(table) }
        )
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
