/// Goes along the lines of a file, a part of it at a time: it may be larger than the machine's memory.
package enum LineWalk {
    /// The most bytes that are read at once, and the most of a line.
    private static let chunkBytes = 1 << 20
    private static let newline: UInt8 = 0x0A

    /// Visits every line.
    ///
    /// - Parameters:
    ///   - file: The file; it may grow meanwhile.
    ///   - visit: Gets each line with its number, from 1, without its end. What never ends is told as lines
    ///     of a chunk each; what stands behind the last end of a line is not told.
    /// - Returns: Whether the file ends with the end of a line, or is empty.
    /// - Throws: What the disk refused.
    package static func run(
        _ file: some DiskFile,
        _ visit: (Int, ArraySlice<UInt8>) -> Void
    ) throws(DiskError) -> Bool {
        let size = try file.size()
        var (offset, number) = (0, 0)
        var rest: [UInt8] = []
        while offset < size {
            let piece = try file.bytes(at: offset, limit: min(chunkBytes, size - offset))
            // It was cut while it was read.
            guard !piece.isEmpty else { break }
            offset += piece.count
            rest += piece
            var begin = 0
            while let end = rest[begin...].firstIndex(of: newline) {
                number += 1
                visit(number, rest[begin..<end])
                begin = end + 1
            }
            rest.removeFirst(begin)
            if rest.count > chunkBytes {
                number += 1
                visit(number, rest[...])
                rest = []
            }
        }
        return rest.isEmpty
    }
}

/// Bytes in arrays, for files that are small or read in pieces.
extension DiskFile {
    /// The bytes from an offset on, at most so many; fewer where the file ends.
    package func bytes(at offset: Int, limit: Int) throws(DiskError) -> [UInt8] {
        guard limit > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = try bytes.lendMutable { (buffer) throws(DiskError) in
            try read(into: buffer, at: offset)
        }
        bytes.removeLast(limit - count)
        return bytes
    }

    /// Writes all the bytes at an offset.
    package func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) {
        try bytes.lend { (buffer) throws(DiskError) in try write(buffer, at: offset) }
    }
}
