/// Looks for a byte eight at a time.
enum ByteScan {
    /// The first place of a byte at or after a place; `nil` when there is none.
    static func first(
        _ byte: UInt8,
        in bytes: UnsafeRawBufferPointer,
        from start: Int
    ) -> Int? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let pattern = ones &* UInt64(byte)
        let count = bytes.count
        var place = start
        while place &+ 8 <= count {
            // A byte of `word` is zero where the byte stands; only the lowest found is certain.
            let loaded = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            let word = UInt64(littleEndian: loaded) ^ pattern
            let found = (word &- ones) & ~word & (ones &<< 7)
            if found != 0 { return place &+ found.trailingZeroBitCount &>> 3 }
            place &+= 8
        }
        while place < count {
            if bytes[place] == byte { return place }
            place &+= 1
        }
        return nil
    }
}
