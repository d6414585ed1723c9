/// What goes wrong on a medium without a word (静默损坏).
extension MemoryDisk {
    /// Changes one bit of a file, on the medium and for readers.
    ///
    /// - Returns: `false` when there is no such byte, or when it waits to be synced.
    package func rot(_ path: String, at offset: Int, bit: Int) -> Bool {
        state.withLock { $0.rot(path, at: offset, bit: bit) }
    }

    /// Lets the next write to a segment of a log below a folder land before its place in the same file.
    package func misdirect(below folder: String, seed: UInt64) {
        state.withLock { $0.misdirection = (folder + "/", SplitMix64(seed: seed)) }
    }

    /// How many writes were misdirected so far.
    package var misdirectedCount: Int { state.withLock { $0.misdirectedCount } }

    /// Every write lands at its place again.
    package func stopMisdirecting() { state.withLock { $0.misdirection = nil } }

    /// A damaged file was replaced by one that was written from it, so that nothing can mend it.
    package var hasLostTruth: Bool { state.withLock { $0.hasLostTruth } }

    /// What lies in a file from an offset on counts as what was written.
    package func acceptDamage(_ path: String, from offset: Int) {
        state.withLock { state in
            guard let node = state.names[path] else { return }
            state.forgetTruth(node, offset..<Int.max)
        }
    }

    /// Files with bytes that are not what was written, by path.
    package var damaged: [String] { state.withLock { $0.damaged } }

    /// Puts everything as it was written, and syncs it, as whoever repairs a disk does.
    package func mend() {
        state.withLock {
            $0.misdirection = nil
            $0.mend()
        }
    }
}

extension MemoryDiskState {
    var damaged: [String] {
        names.filter { !nodes[$0.value].truth.isEmpty }.keys.sorted()
    }

    mutating func rot(_ path: String, at offset: Int, bit: Int) -> Bool {
        guard let node = names[path], nodes[node].unsynced.isEmpty,
            offset < nodes[node].live.count, offset < nodes[node].durable.count
        else { return false }
        if nodes[node].truth[offset] == nil { nodes[node].truth[offset] = nodes[node].live[offset] }
        nodes[node].live[offset] ^= 1 << UInt8(bit & 7)
        nodes[node].durable[offset] = nodes[node].live[offset]
        return true
    }

    /// Where a write lands: at its place, or at another multiple of a sector before it.
    mutating func landing(
        of bytes: UnsafeRawBufferPointer,
        at offset: Int,
        node: Int
    ) -> Int {
        guard let (folder, seed) = misdirection,
            // By the name that it has now, not by the one that it was opened with.
            let path = names.first(where: { $0.value == node })?.key,
            path.hasPrefix(folder), path.hasSuffix(".segment"), offset >= 8192,
            offset + bytes.count <= nodes[node].live.count
        else { return offset }
        var random = seed
        misdirection = nil
        misdirectedCount += 1
        // Not on the segment's header, and at least one sector before its place.
        let sectors = (offset - 4096) / MemoryDiskState.sectorBytes
        let landing = offset - (1 + random.below(sectors)) * MemoryDiskState.sectorBytes
        for place in landing..<landing + bytes.count where nodes[node].truth[place] == nil {
            nodes[node].truth[place] = nodes[node].live[place]
        }
        for (index, byte) in bytes.enumerated() { nodes[node].truth[offset + index] = byte }
        return landing
    }

    /// What is written now is the truth.
    mutating func forgetTruth(_ node: Int, _ range: Range<Int>) {
        guard !nodes[node].truth.isEmpty else { return }
        nodes[node].truth = nodes[node].truth.filter { !range.contains($0.key) }
    }

    mutating func mend() {
        for node in nodes.indices where !nodes[node].truth.isEmpty {
            for (offset, byte) in nodes[node].truth where offset < nodes[node].live.count {
                nodes[node].live[offset] = byte
            }
            nodes[node].truth = [:]
            nodes[node].durable = nodes[node].live
            nodes[node].unsynced = []
        }
    }
}
