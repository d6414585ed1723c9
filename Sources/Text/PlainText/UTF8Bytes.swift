/// Scalars out of UTF-8 that a `String` vouches for: a pass over every text that the gate looks at.
enum UTF8Bytes {
    /// The ideograph from U+4E00 to U+9FFF that begins at `index`, three bytes long; 0 for anything else.
    @inline(__always)
    static func ideograph(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt16 {
        let first = bytes[index]
        guard first >= 0xe4, first <= 0xe9 else { return 0 }
        let (second, third) = (bytes[index + 1] & 0x3f, bytes[index + 2] & 0x3f)
        let unit = UInt16(first & 0x0f) << 12 | UInt16(second) << 6 | UInt16(third)
        return unit >= 0x4e00 ? unit : 0
    }

    /// The scalar at `index`, and how many bytes it takes.
    @inline(__always)
    static func scalar(
        _ bytes: UnsafeBufferPointer<UInt8>,
        at index: Int
    ) -> (scalar: UInt32, width: Int) {
        let first = UInt32(bytes[index])
        if first < 0x80 { return (first, 1) }
        let second = UInt32(bytes[index + 1]) & 0x3f
        if first < 0xe0 { return ((first & 0x1f) << 6 | second, 2) }
        let third = UInt32(bytes[index + 2]) & 0x3f
        if first < 0xf0 { return ((first & 0x0f) << 12 | second << 6 | third, 3) }
        let fourth = UInt32(bytes[index + 3]) & 0x3f
        return ((first & 0x07) << 18 | second << 12 | third << 6 | fourth, 4)
    }
}
