import Hashing
import Testing

/// Known answers and properties of the digests that every format of the house rests on.
struct HashingTests {
    @Test func sha256GivesTheKnownAnswers() {
        #expect(
            Digest32.sha256("abc").hex
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            Digest32.sha256([UInt8]()).hex
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
    }

    @Test func piecesGiveTheDigestOfTheWhole() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for cut in [0, 1, 63, 64, 65, 999, 1000] {
            var hasher = SHA256Hasher()
            hasher.update(Array(bytes[..<cut]))
            let branch = hasher
            hasher.update(Array(bytes[cut...]))
            #expect(hasher.finalize() == Digest32.sha256(bytes))
            #expect(branch.finalize() == Digest32.sha256(Array(bytes[..<cut])))
        }
        #expect(Digest32.sha256(bytes.span) == Digest32.sha256(bytes))
    }

    @Test func digestSurvivesEveryForm() {
        let digest = Digest32.sha256("联动")
        #expect(Digest32(bytes: digest.bytes) == digest)
        #expect(Digest32(hex: digest.hex) == digest)
        #expect(Digest32(hex: digest.hex.uppercased()) == digest)
        #expect(Digest32(hex: String(digest.hex.dropLast())) == nil)
        #expect(Digest32(bytes: Array(digest.bytes.dropLast())) == nil)
        #expect(Digest32.zero < digest)
        let other = Digest32.sha256("other")
        #expect((digest < other) == digest.bytes.lexicographicallyPrecedes(other.bytes))
        #expect(digest.equalsInConstantTime(digest) && !digest.equalsInConstantTime(other))
    }

    /// RFC 4231, cases 2 and 6.
    @Test func hmacGivesTheKnownAnswers() {
        let short = Digest32.hmac(
            key: Array("Jefe".utf8),
            message: Array("what do ya want for nothing?".utf8)
        )
        #expect(
            short.hex == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        )
        let long = Digest32.hmac(
            key: [UInt8](repeating: 0xaa, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
        )
        #expect(long.hex == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    /// RFC 3720, appendix B.4.
    @Test func crc32cGivesTheKnownAnswers() {
        #expect(CRC32C.of(Array("123456789".utf8)) == 0xe306_9283)
        #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(CRC32C.of([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(CRC32C.of(Array(0..<32)) == 0x46dd_794e)
    }

    @Test func crc32cOfPiecesIsThatOfTheWhole() {
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
        for cut in 0...bytes.count {
            var check = CRC32C()
            Array(bytes[..<cut]).withUnsafeBytes { check.update($0) }
            Array(bytes[cut...]).withUnsafeBytes { check.update($0) }
            #expect(check.value == CRC32C.of(bytes))
        }
    }

    @Test func base64URLIsStrict() {
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 250) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text) == bytes)
            #expect(!text.contains("="))
        }
        #expect(Base64URL.encode([0xfb, 0xff]) == "-_8")
        for wrong in ["-_9", "A", "AA=", "A+", "A/", "Zm9vY", "中"] {
            #expect(Base64URL.decode(wrong) == nil, "\(wrong)")
        }
    }
}
