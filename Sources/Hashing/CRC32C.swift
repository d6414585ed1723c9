/// The cyclic redundancy check CRC-32C (Castagnoli; RFC 3720 appendix B.4).
///
/// Finds what a disk or a cable did by accident; against intent there is the chain. The processor's
/// own instruction where it has one; else eight bytes a step from eight tables of 256 entries, which
/// are computed once a process.
package struct CRC32C: Sendable {
    private var register: UInt32 = 0xffff_ffff

    /// The check of nothing.
    package init() {}

    /// The check of all that was added so far.
    package var value: UInt32 { ~register }

    /// The check of bytes.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var check = CRC32C()
        check.update(bytes)
        return check.value
    }

    /// The check of bytes.
    package static func of(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { of($0) }
    }

    /// The check of bytes.
    package static func of(_ bytes: RawSpan) -> UInt32 {
        bytes.withUnsafeBytes { of($0) }
    }

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if CheckInstruction.isThere {
            register = CheckInstruction.go(on: register, bytes)
        } else {
            updateByTables(bytes)
        }
    }

    /// Adds bytes on a processor without an instruction for it.
    private mutating func updateByTables(_ bytes: UnsafeRawBufferPointer) {
        guard var at = bytes.baseAddress else { return }
        let table = CheckTables.shared.base
        var state = register
        var left = bytes.count
        while left >= 8 {
            let word = UInt64(littleEndian: at.loadUnaligned(as: UInt64.self)) ^ UInt64(state)
            let low =
                table[Int(truncatingIfNeeded: word & 0xff) &+ 1792]
                ^ table[Int(truncatingIfNeeded: word &>> 8 & 0xff) &+ 1536]
                ^ table[Int(truncatingIfNeeded: word &>> 16 & 0xff) &+ 1280]
                ^ table[Int(truncatingIfNeeded: word &>> 24 & 0xff) &+ 1024]
            let high =
                table[Int(truncatingIfNeeded: word &>> 32 & 0xff) &+ 768]
                ^ table[Int(truncatingIfNeeded: word &>> 40 & 0xff) &+ 512]
                ^ table[Int(truncatingIfNeeded: word &>> 48 & 0xff) &+ 256]
                ^ table[Int(truncatingIfNeeded: word &>> 56)]
            state = low ^ high
            at += 8
            left &-= 8
        }
        while left > 0 {
            let byte = at.load(as: UInt8.self)
            state = state &>> 8 ^ table[Int(truncatingIfNeeded: (state ^ UInt32(byte)) & 0xff)]
            at += 1
            left &-= 1
        }
        register = state
    }

    /// Adds bytes.
    package mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { update($0) }
    }
}

/// The eight tables in one block that lives as long as the process.
private struct CheckTables {
    let base: UnsafePointer<UInt32>

    // The block is written before it is shared and never after.
    nonisolated(unsafe) static let shared = CheckTables()

    private init() {
        let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 8 * 256)
        for index in 0..<256 {
            var state = UInt32(index)
            for _ in 0..<8 {
                state = state & 1 == 1 ? state >> 1 ^ 0x82f6_3b78 : state >> 1
            }
            table[index] = state
        }
        for index in 256..<8 * 256 {
            let before = table[index - 256]
            table[index] = before >> 8 ^ table[Int(before & 0xff)]
        }
        base = UnsafePointer(table)
    }
}
