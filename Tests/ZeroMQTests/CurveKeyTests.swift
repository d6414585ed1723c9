import Testing
import ZeroMQ

/// Keys, their text, and their silence.
///
/// The vectors are those of libzmq's manual and of RFC 32.
@Suite struct CurveKeyTests {
    private let publicText = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
    private let secretText = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
    private let publicBytes: [UInt8] = [
        0xBB, 0x88, 0x47, 0x1D, 0x65, 0xE2, 0x65, 0x9B, 0x30, 0xC5, 0x5A, 0x53, 0x21, 0xCE, 0xBB,
        0x5A, 0xAB, 0x2B, 0x70, 0xA3, 0x98, 0x64, 0x5C, 0x26, 0xDC, 0xA2, 0xB2, 0xFC, 0xB4, 0x3F,
        0xC5, 0x18,
    ]

    @Test func textAndBytesAreTheSameKey() throws {
        let key = try CurvePublicKey(z85: publicText)
        #expect(key.bytes == publicBytes)
        #expect(CurvePublicKey(bytes: publicBytes)?.z85 == publicText)
        #expect("\(key)" == publicText)
    }

    @Test func publicKeyFollowsFromTheSecretOne() throws {
        let pair = try CurveKeyPair(secret: CurveSecretKey(z85: secretText))
        #expect(pair.publicKey.z85 == publicText)
    }

    @Test func secretIsLentAsText() throws {
        let secret = try CurveSecretKey(z85: secretText)
        let text = secret.withZ85 { bytes in bytes.withUnsafeBytes { Array($0) } }
        #expect(text == Array(secretText.utf8))
    }

    @Test func generatedKeysDiffer() throws {
        let pairs = try (0..<20).map { _ in try CurveKeyPair.generate() }
        #expect(Set(pairs.map(\.publicKey)).count == 20)
        for pair in pairs {
            #expect(try CurvePublicKey(z85: pair.publicKey.z85) == pair.publicKey)
            #expect(try CurveKeyPair(secret: pair.secret).publicKey == pair.publicKey)
        }
    }

    @Test func secretIsNeverPrinted() throws {
        let pair = try CurveKeyPair(secret: CurveSecretKey(z85: secretText))
        var printed = ["\(pair)", String(reflecting: pair), "\(pair.secret)"]
        printed.append("\(SocketOption.curveServer(pair, domain: "hub"))")
        var dumped = ""
        dump(pair, to: &dumped)
        printed.append(dumped)
        for text in printed {
            #expect(!text.contains(secretText))
            #expect(text.contains("not shown"))
        }
    }

    private static let faults: [(String, Z85.Fault)] = [
        ("", Z85.Fault.length(found: 0)),
        (String(repeating: "0", count: 39), .length(found: 39)),
        (String(repeating: "0", count: 41), .length(found: 41)),
        (String(repeating: "0", count: 39) + "\"", .character(position: 40)),
        ("0 " + String(repeating: "0", count: 38), .character(position: 2)),
        (String(repeating: "密", count: 13) + "0", .character(position: 1)),
        (String(repeating: "0", count: 35) + "#####", .range(position: 36)),
        ("%nSc1" + String(repeating: "0", count: 35), .range(position: 1)),
    ]

    @Test(arguments: faults)
    func textThatIsNoKeyIsRefusedWithItsPlace(_ text: String, _ fault: Z85.Fault) {
        #expect(throws: fault) { try CurvePublicKey(z85: text) }
        #expect(throws: fault) { try CurveSecretKey(z85: text) }
    }

    @Test func largestGroupIsAKey() throws {
        let key = try CurvePublicKey(z85: "%nSc0" + String(repeating: "0", count: 35))
        #expect(key.bytes.prefix(4) == [255, 255, 255, 255])
    }

    @Test func keyHasThirtyTwoBytes() {
        #expect(CurvePublicKey(bytes: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(CurvePublicKey(bytes: [UInt8](repeating: 0, count: 33)) == nil)
    }
}
