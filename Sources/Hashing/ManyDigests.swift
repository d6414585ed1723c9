private import CHashing

extension Digest32 {
    /// How many SHA-256 this processor computes side by side; 0 where that gains nothing.
    private static let lanes = Int(ld_lanes())

    /// The SHA-256 of several parts of a buffer, appended in order.
    ///
    /// Side by side where the processor's vectors are wide: 0.6 µs a kilobyte instead of 3 with
    /// AVX-512VL. Two parts alone are as fast one after the other.
    package static func appendSHA256(
        of parts: [Range<Int>],
        in bytes: UnsafeRawBufferPointer,
        to digests: inout [Digest32]
    ) {
        guard lanes > 0, parts.count > 2, let base = bytes.baseAddress else {
            for part in parts {
                digests.append(.sha256(UnsafeRawBufferPointer(rebasing: bytes[part])))
            }
            return
        }
        withUnsafeTemporaryAllocation(of: ld_message.self, capacity: parts.count) { messages in
            for (place, part) in parts.enumerated() {
                precondition(part.upperBound <= bytes.count, "a part beyond the buffer")
                let start = (base + part.lowerBound).assumingMemoryBound(to: UInt8.self)
                messages.initializeElement(
                    at: place,
                    to: ld_message(bytes: start, length: part.count)
                )
            }
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: parts.count * byteCount) {
                all in
                ld_sha256_many(messages.baseAddress, parts.count, all.baseAddress)
                let found = UnsafeRawBufferPointer(all)
                for place in parts.indices {
                    digests.append(
                        Digest32(
                            bytes: UnsafeRawBufferPointer(
                                rebasing: found[place * byteCount..<(place + 1) * byteCount]
                            )
                        )
                    )
                }
            }
        }
    }

    /// SHA-512(label ‖ node) of each node of 32 bytes, as its two halves, in order.
    ///
    /// The label has at most 64 bytes.
    package static func sha512Halves(
        label: StaticString,
        nodes: [Digest32]
    ) -> [(left: Digest32, right: Digest32)] {
        guard !nodes.isEmpty else { return [] }
        precondition(label.utf8CodeUnitCount <= 64, "a label of at most 64 bytes")
        let halves = 2 * byteCount
        return withUnsafeTemporaryAllocation(
            of: UInt8.self,
            capacity: nodes.count * (byteCount + halves)
        ) { all in
            let (inputs, outputs) = (all[..<(nodes.count * byteCount)], nodes.count * byteCount)
            let lent = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: inputs))
            for (place, node) in nodes.enumerated() {
                node.withUnsafeBytes { bytes in
                    UnsafeMutableRawBufferPointer(
                        rebasing: lent[place * byteCount..<(place + 1) * byteCount]
                    ).copyMemory(from: bytes)
                }
            }
            let found = UnsafeMutableBufferPointer(rebasing: all[outputs...])
            ld_sha512_nodes(
                label.utf8Start,
                label.utf8CodeUnitCount,
                all.baseAddress,
                nodes.count,
                found.baseAddress
            )
            let bytes = UnsafeRawBufferPointer(found)
            return nodes.indices.map { place in
                let start = place * halves
                let middle = start + byteCount
                return (
                    Digest32(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<middle])),
                    Digest32(
                        bytes: UnsafeRawBufferPointer(rebasing: bytes[middle..<(start + halves)])
                    )
                )
            }
        }
    }
}

/// CRC-32C by the processor's own instruction (SSE 4.2).
enum CheckInstruction {
    static let isThere = ld_has_crc32c() != 0

    static func go(on state: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = bytes.baseAddress else { return state }
        return ld_crc32c(state, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
}
