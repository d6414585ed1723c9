import Domain
import Hashing
import Journal
import Storage
import Testing
import Wire

/// The list of erased items and the order of an erasure, as files.
@Suite struct ErasedListTests {
    private static func ref(_ number: Int) throws -> ItemRef {
        ItemRef(agency: try #require(AgencyID(name: "xinfang")), id: "XF-\(number)")
    }

    private static func list(_ numbers: Range<Int>) throws -> ErasedItems {
        var list = ErasedItems()
        for number in numbers { list.insert(try ref(number)) }
        return list
    }

    private static func order() throws -> ErasureOrder {
        let list = try list(0..<5)
        return ErasureOrder(
            epoch: 3,
            state: .sha256("state"),
            entries: [4, 9, 4711],
            erased: list,
            record: Erasure(
                cause: .order,
                by: "李主任",
                reason: "当事人申请",
                items: 2,
                entries: 3,
                list: list.digest.word0 == 0 ? .none : ContentDigest(1, 2, 3, 4)
            )
        )
    }

    @Test func whatIsWrittenIsRead() throws {
        let disk = MemoryDisk()
        try disk.makeFolder("hub")
        #expect(try ErasedItems.read(disk, folder: "hub").isEmpty)
        let list = try Self.list(0..<300)
        try list.write(disk, folder: "hub")
        let read = try ErasedItems.read(disk, folder: "hub")
        #expect(read == list && read.count == 300 && read.digest == list.digest)
        #expect(try read.contains(Self.ref(299)) && !read.contains(Self.ref(300)))
        #expect(try Self.list(3..<9).isSubset(of: list) && !list.isSubset(of: Self.list(3..<9)))
        let order = try Self.order()
        try order.write(disk, folder: "hub")
        #expect(try ErasureOrder.read(disk, folder: "hub") == order)
        try ErasureOrder.remove(disk, folder: "hub")
        #expect(try ErasureOrder.read(disk, folder: "hub") == nil)
    }

    @Test func theListNamesNobodyAndTellsAgencyFromNumber() throws {
        let bytes = try Self.list(0..<1).encoded
        #expect(bytes.firstRange(of: Array("XF-0".utf8)) == nil && bytes.count == 24 + 16 + 32)
        let one = try #require(AgencyID(name: "a"))
        let other = try #require(AgencyID(name: "ab"))
        var list = ErasedItems()
        list.insert(ItemRef(agency: one, id: "bc"))
        #expect(!list.contains(ItemRef(agency: other, id: "c")))
    }

    @Test func aChangedByteIsNoList() throws {
        let list = try Self.list(0..<4).encoded
        let order = try Self.order().encoded
        for place in list.indices {
            var changed = list
            changed[place] ^= 1
            #expect(ErasedItems(decoding: changed) == nil, "byte \(place)")
            #expect(ErasedItems(decoding: Array(list[..<place])) == nil, "\(place) bytes")
        }
        for place in order.indices {
            var changed = order
            changed[place] ^= 1
            #expect(ErasureOrder(decoding: changed) == nil, "byte \(place)")
            #expect(ErasureOrder(decoding: Array(order[..<place])) == nil, "\(place) bytes")
        }
    }

    @Test func aListThatCannotBeReadIsNamed() throws {
        let disk = MemoryDisk()
        try disk.makeFolder("hub")
        try SmallFile.replace(disk, folder: "hub", name: ErasedItems.fileName, with: [1, 2, 3])
        do throws(JournalError) {
            _ = try ErasedItems.read(disk, folder: "hub")
            Issue.record("three bytes were taken for a list")
        } catch {
            #expect(error.description.contains("LD-1162"))
            #expect(error.description.contains("hub/erased.list"))
        }
    }

    @Test func leftoversAreOverwrittenBeforeTheyGo() throws {
        let disk = MemoryDisk()
        let folders = StateFolder(disk, journal: "hub")
        let secret = [UInt8](repeating: 0x5A, count: 3 << 20)
        for folder in ["hub", folders.snapshots, folders.epochs, "hub/inputs", "hub/inputs/aside"] {
            try disk.makeFolder(folder)
        }
        let old = StateFolder<MemoryDisk>.name(founding: 2)
        let present = StateFolder<MemoryDisk>.name(founding: 3)
        for (folder, name) in [
            (folders.snapshots, "0000000000000010.snapshot"), (folders.epochs, old),
            (folders.epochs, present), ("hub/inputs/aside", "1-4096.tail"),
        ] {
            try SmallFile.replace(disk, folder: folder, name: name, with: secret)
        }
        let handle = try disk.open("\(folders.epochs)/\(old)", .read)
        let removed = try Leftovers.remove(disk, folder: "hub", before: 3)
        #expect(removed.snapshots == 1 && removed.states == 1 && removed.tails == 1)
        #expect(try disk.list(folders.epochs) == [present])
        // Whoever still holds the file reads nothing but zeros.
        var bytes = [UInt8](repeating: 1, count: secret.count)
        _ = try bytes.lendMutable { (all) throws(DiskError) in try handle.read(into: all, at: 0) }
        #expect(bytes.allSatisfy { $0 == 0 })
    }
}
