/// Small files that are replaced as a whole: after a crash there is the old one or the new one.
package enum SmallFile {
    /// Ends the name of a file that is being written; one that a crash left is of no use.
    package static let unfinished = ".new"

    /// The bytes of a file; `nil` when there is none or it is longer than `bytesMax`.
    package static func read(
        _ disk: some Disk,
        _ path: String,
        bytesMax: Int
    ) throws(DiskError) -> [UInt8]? {
        do throws(DiskError) {
            let file = try disk.open(path, .read)
            let size = try file.size()
            guard size <= bytesMax else { return nil }
            var bytes = [UInt8](repeating: 0, count: size)
            var failure: DiskError?
            var read = 0
            bytes.withUnsafeMutableBytes { buffer in
                do throws(DiskError) {
                    read = try file.read(into: buffer, at: 0)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            return Array(bytes.prefix(read))
        } catch {
            if error.kind == .missing { return nil }
            throw error
        }
    }

    /// Writes a file under another name, syncs it, gives it its name and syncs the folder.
    ///
    /// After an error the old file is there, or the new one; writing once more begins from nothing.
    package static func replace(
        _ disk: some Disk,
        folder: String,
        name: String,
        with bytes: [UInt8]
    ) throws(DiskError) {
        let path = "\(folder)/\(name)"
        let other = path + unfinished
        do throws(DiskError) {
            try disk.remove(other)
        } catch {
            if error.kind != .missing { throw error }
        }
        let file = try disk.open(other, .create)
        var failure: DiskError?
        bytes.withUnsafeBytes { buffer in
            do throws(DiskError) {
                try file.write(buffer, at: 0)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        try file.sync()
        try disk.rename(other, to: path)
        try disk.syncFolder(folder)
    }
}
