internal import CSimdjson

/// Looks at bytes many at a time.
enum ByteScan {
    /// The first place of a byte at or after a place; `nil` when there is none.
    static func first(
        _ byte: UInt8,
        in bytes: UnsafeRawBufferPointer,
        from start: Int
    ) -> Int? {
        let place = scan(bytes, from: start) { ld_json_find(byte, $0, $1) }
        return place < bytes.count ? place : nil
    }

    /// The first byte at or after a place that JSON demands to be escaped; the end when none.
    static func plainEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        scan(bytes, from: start) { ld_json_plain($0, $1) }
    }

    /// The first control character at or after a place; the end when there is none.
    static func control(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        scan(bytes, from: start) { ld_json_control($0, $1) }
    }

    /// Whether two rows of bytes are the same; eight at a time, the last eight perhaps twice.
    static func areEqual(_ bytes: UnsafeBufferPointer<UInt8>, _ other: [UInt8]) -> Bool {
        let count = bytes.count
        guard count == other.count else { return false }
        guard count >= 8 else { return bytes.elementsEqual(other) }
        let raw = UnsafeRawBufferPointer(bytes)
        return other.withUnsafeBytes { other in
            for place in stride(from: 0, to: count, by: 8) {
                let at = min(place, count - 8)
                let mine = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                if mine != other.loadUnaligned(fromByteOffset: at, as: UInt64.self) {
                    return false
                }
            }
            return true
        }
    }

    private static func scan(
        _ bytes: UnsafeRawBufferPointer,
        from start: Int,
        _ look: (UnsafePointer<UInt8>, Int) -> Int
    ) -> Int {
        guard let base = bytes.baseAddress, start < bytes.count else { return bytes.count }
        let count = bytes.count - start
        return start + look((base + start).assumingMemoryBound(to: UInt8.self), count)
    }
}
