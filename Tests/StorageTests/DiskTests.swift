import Glibc
import Storage
import Testing

/// What every disk has to do, run on each of them.
struct DiskTests {
    @Test func realDiskKeepsTheRules() throws {
        let folder = try TemporaryFolder()
        try keepsTheRules(PosixDisk(), folder.path)
    }

    @Test func memoryDiskKeepsTheRules() throws {
        let disk = MemoryDisk()
        try disk.makeFolder("root")
        try keepsTheRules(disk, "root")
    }

    private func keepsTheRules(_ disk: some Disk, _ root: String) throws {
        let folder = "\(root)/log"
        try disk.makeFolder(folder)
        try disk.makeFolder(folder)
        #expect(throws: DiskError.self) { _ = try disk.open("\(folder)/a", .read) }
        let file = try disk.open("\(folder)/a", .create)
        #expect(throws: DiskError.self) { _ = try disk.open("\(folder)/a", .create) }
        try write([1, 2, 3], to: file, at: 4)
        try file.sync()
        #expect(try file.size() == 7)
        #expect(try read(file, 10, at: 0) == [0, 0, 0, 0, 1, 2, 3])
        #expect(try read(file, 2, at: 5) == [2, 3])
        #expect(try read(file, 2, at: 70).isEmpty)
        try write([9], to: file, at: 5)
        #expect(try read(try disk.open("\(folder)/a", .read), 3, at: 4) == [1, 9, 3])
        _ = try disk.open("\(folder)/b", .create)
        #expect(try disk.list(folder) == ["a", "b"])
        try disk.rename("\(folder)/a", to: "\(folder)/b")
        try disk.syncFolder(folder)
        #expect(try disk.list(folder) == ["b"])
        #expect(try disk.open("\(folder)/b", .write).size() == 7)
        try disk.remove("\(folder)/b")
        #expect(try disk.list(folder).isEmpty)
        #expect(try read(file, 1, at: 5) == [9], "an open file outlives its name")
        #expect(throws: DiskError.self) { try disk.remove("\(folder)/b") }
        #expect(throws: DiskError.self) { _ = try disk.list("\(root)/nowhere") }
    }

    @Test func lockIsExclusiveUntilItIsGone() throws {
        let folder = try TemporaryFolder()
        let memory = MemoryDisk()
        try memory.makeFolder(folder.path)
        try lockIsExclusive(PosixDisk(), folder.path)
        try lockIsExclusive(memory, folder.path)
    }

    private func lockIsExclusive(_ disk: some Disk, _ folder: String) throws {
        let path = "\(folder)/lock"
        var lock: (any Sendable)? = try disk.lock(path)
        let error = #expect(throws: DiskError.self) { _ = try disk.lock(path) }
        #expect(error?.kind == .locked)
        #expect(lock != nil)
        lock = nil
        _ = try disk.lock(path)
    }

    @Test func crashKeepsWhatWasSynced() throws {
        for seed in UInt64(0)..<50 {
            let disk = MemoryDisk()
            try disk.makeFolder("f")
            let file = try disk.open("f/a", .create)
            try write([UInt8](repeating: 1, count: 2000), to: file, at: 0)
            try file.sync()
            try disk.syncFolder("f")
            try write([UInt8](repeating: 2, count: 1000), to: file, at: 500)
            let bytes = try #require(disk.crashImage(seed: seed).files["f/a"])
            #expect(bytes.count == 2000)
            #expect(bytes[..<500].allSatisfy { $0 == 1 } && bytes[1500...].allSatisfy { $0 == 1 })
        }
    }

    @Test func crashLosesTearsOrKeepsTheRest() throws {
        let disk = MemoryDisk()
        try disk.makeFolder("f")
        let file = try disk.open("f/a", .create)
        try file.sync()
        try disk.syncFolder("f")
        try write([UInt8](repeating: 1, count: 4096), to: file, at: 0)
        _ = try disk.open("f/b", .create)
        let images = (UInt64(0)..<60).map { disk.crashImage(seed: $0) }
        let counts = images.map { image in (image.files["f/a"] ?? []).count { $0 == 1 } }
        #expect(counts.contains(0))
        #expect(counts.contains(4096))
        #expect(counts.contains { $0 > 0 && $0 < 4096 && $0.isMultiple(of: 512) })
        #expect(images.contains { $0.files["f/b"] == nil })
        #expect(images.contains { $0.files["f/b"] != nil })
    }

    @Test func bytesOfAFailedSyncReadBackAndAreLost() throws {
        let disk = MemoryDisk()
        try disk.makeFolder("f")
        let file = try disk.open("f/a", .create)
        try write([1], to: file, at: 0)
        try file.sync()
        try disk.syncFolder("f")
        try write([2], to: file, at: 0)
        disk.fail(at: disk.operationCount + 1, by: .error)
        #expect(throws: DiskError.self) { try file.sync() }
        try file.sync()
        #expect(try read(file, 1, at: 0) == [2])
        for seed in UInt64(0)..<20 {
            #expect(disk.crashImage(seed: seed).files["f/a"] == [1])
        }
    }
}

func write(_ bytes: [UInt8], to file: some DiskFile, at offset: Int) throws {
    try bytes.withUnsafeBytes { try file.write($0, at: offset) }
}

func read(_ file: some DiskFile, _ count: Int, at offset: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let done = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
    return Array(bytes[..<done])
}

/// A folder of the machine that is removed with all it holds when the test is over.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/liandong-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw DiskError(kind: .failed, operation: "mkdtemp", path: "/tmp", errorNumber: errno)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.removeAll(path)
    }

    private static func removeAll(_ folder: String) {
        let disk = PosixDisk()
        for name in (try? disk.list(folder)) ?? [] {
            let path = "\(folder)/\(name)"
            if (try? disk.remove(path)) == nil { removeAll(path) }
        }
        rmdir(folder)
    }
}
