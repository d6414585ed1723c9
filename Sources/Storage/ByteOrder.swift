/// Numbers in byte buffers, least significant byte first, at any alignment.
///
/// All the formats on disk of this house use this order.
extension UnsafeRawBufferPointer {
    /// The number at `offset`; the caller has checked the bounds.
    package func number<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int,
        as type: Number.Type = Number.self
    ) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// The bytes from `offset`, `count` of them.
    package func part(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset..<(offset + count)])
    }

    /// All bytes are zero or not.
    package var isBlank: Bool { lastNonzero == nil }

    /// The offset of the last byte that is not zero.
    package var lastNonzero: Int? {
        var end = count
        while end >= 8, loadUnaligned(fromByteOffset: end &- 8, as: UInt64.self) == 0 { end &-= 8 }
        while end > 0, self[end &- 1] == 0 { end &-= 1 }
        return end > 0 ? end - 1 : nil
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Puts a number at `offset`; the caller has checked the bounds.
    package func put<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at offset: Int)
    {
        storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }

    /// Puts bytes at `offset`; the caller has checked the bounds.
    package func put(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        UnsafeMutableRawBufferPointer(rebasing: self[offset..<(offset + bytes.count)])
            .copyMemory(from: bytes)
    }

    /// The bytes from `offset`, `count` of them.
    package func part(_ offset: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self[offset..<(offset + count)])
    }

    /// Makes all bytes zero.
    package func clear() {
        initializeMemory(as: UInt8.self, repeating: 0)
    }
}

/// `withUnsafeBytes` that keeps the type of the error.
extension [UInt8] {
    /// Lends the bytes.
    package func lend<Result, Failure: Error>(
        _ visit: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { (bytes) throws(Failure) in
            try visit(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Lends the bytes to be changed.
    package mutating func lendMutable<Result, Failure: Error>(
        _ visit: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeMutableBufferPointer { (bytes) throws(Failure) in
            try visit(UnsafeMutableRawBufferPointer(bytes))
        }
    }
}
