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
