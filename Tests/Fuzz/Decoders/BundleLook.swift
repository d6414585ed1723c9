import Domain
import Hashing
import LiandongClient
import Wire

/// Courier bundles: as files, and with the signature and the seal thought away.
///
/// A signature and a seal that fit cannot be met by chance, so what lies behind them is looked at
/// openly: an input that is no bundle is a kind, a header up to a zero byte, and pieces behind 16 bits of
/// length each, from which a bundle is put together.
enum BundleLook {
    private static let magic = Array("LDBUNDLE".utf8)
    private static let agency = keys(1)
    private static let hub = keys(3)

    private static func keys(_ byte: UInt8) -> CourierKeys {
        let signing = Base64URL.encode([UInt8](repeating: byte, count: 32))
        let sealing = Base64URL.encode([UInt8](repeating: byte + 1, count: 32))
        guard let keys = CourierKeys(signing: signing, sealing: sealing) else {
            fatalError("courier keys")
        }
        return keys
    }

    static func look(_ bytes: [UInt8]) -> Bool {
        guard bytes.starts(with: magic) else { return lookAtParts(assembled(bytes)) }
        let isOpen = open(bytes) != nil
        return lookAtParts(bytes) || isOpen
    }

    private static func open(_ bytes: [UInt8]) -> CourierBundle? {
        do throws(CourierError) {
            return try CourierBundle(opening: bytes, with: hub) { _ in agency.publicKeys }
        } catch {
            hold(!error.description.isEmpty, "a refusal says why")
            return nil
        }
    }

    /// The form and the messages, as if each piece had been opened.
    private static func lookAtParts(_ bytes: [UInt8]) -> Bool {
        do throws(CourierError) {
            let parts = try CourierBundle.parts(of: bytes)
            hold(!parts.header.madeAt.rfc3339.isEmpty, "a time has words")
            var end = parts.infoEnd
            for range in parts.chunks {
                hold(
                    range.lowerBound >= end && range.upperBound <= bytes.count,
                    "pieces lie in order"
                )
                end = range.upperBound
            }
            let content = try CourierBundle.content(
                of: parts.chunks.map { Array(bytes[$0]) },
                header: parts.header
            )
            check(
                CourierBundle(
                    stream: parts.header.stream,
                    first: parts.header.first,
                    madeAt: parts.header.madeAt,
                    content: content
                )
            )
            return true
        } catch {
            hold(!error.description.isEmpty, "a refusal says why")
            return false
        }
    }

    /// Sealed and opened, it is what it was.
    private static func check(_ bundle: CourierBundle) {
        if case .lines(let lines) = bundle.content {
            // An event of an array may hold a line end, and an empty last line has no end of its own.
            guard lines.allSatisfy({ !$0.contains(10) }), lines.allSatisfy({ !$0.isEmpty }) else {
                return
            }
        }
        guard let sealed = try? bundle.sealed(by: agency, to: hub.publicKeys) else {
            fatalError("what was opened cannot be sealed")
        }
        hold(open(sealed) == bundle, "a bundle comes back equal")
    }

    /// A bundle of an input's parts, with marks, lengths and message headers that fit.
    private static func assembled(_ bytes: [UInt8]) -> [UInt8] {
        let kind = UInt16(bytes.first ?? 0)
        let rest = bytes.dropFirst()
        let header = rest.prefix { $0 != 0 }
        var left = rest.dropFirst(header.count + 1)
        var pieces: [[UInt8]] = []
        while left.count >= 2 {
            let count = Int(left[left.startIndex]) << 8 | Int(left[left.startIndex + 1])
            let piece = Array(left.dropFirst(2).prefix(count))
            left = left.dropFirst(2 + piece.count)
            pieces.append(FrameLook.mended(piece) ?? piece)
        }
        var bundle = magic
        bundle.append(bigEndian: UInt16(1))
        bundle.append(bigEndian: kind)
        bundle.append(bigEndian: UInt32(header.count))
        bundle += header
        bundle += [UInt8](repeating: 0, count: 32)
        for (index, piece) in pieces.enumerated() {
            let last: UInt32 = index == pieces.count - 1 ? 1 << 31 : 0
            bundle.append(bigEndian: UInt32(piece.count) | last)
            bundle += piece
        }
        return bundle + [UInt8](repeating: 0, count: 64)
    }

    static func seeds(_ root: String) throws -> [Seed] {
        let stream = StreamID(agency: JSONLook.sender, name: "main", epoch: 7)
        let lines = (0..<3).map { Array("{\"id\":\"N\($0)\",\"text\":\"路灯\"}".utf8) }
        let receipts = [
            Receipt(number: 5, id: "N0", digest: ContentDigest(1, 2, 3, 4), status: .registered),
            Receipt(number: 6, id: "", digest: .none, status: .quarantined(code: 1042)),
        ]
        var seeds: [Seed] = []
        for (name, content) in [
            ("lines", CourierBundle.Content.lines(lines)), ("receipts", .receipts(receipts)),
        ] {
            let bundle = CourierBundle(
                stream: stream,
                first: 5,
                madeAt: Timestamp(milliseconds: 1_741_000_000_000),
                content: content
            )
            let sealed = try bundle.sealed(by: agency, to: hub.publicKeys)
            seeds.append(Seed(name + "-sealed", sealed))
            seeds.append(Seed(name, try opened(bundle, sealed)))
        }
        return seeds
    }

    /// The parts of a bundle as `assembled` takes them.
    private static func opened(_ bundle: CourierBundle, _ sealed: [UInt8]) throws -> [UInt8] {
        let parts = try CourierBundle.parts(of: sealed)
        var bytes = [UInt8(parts.header.kind.rawValue)] + sealed[16..<parts.infoEnd] + [0]
        for message in bundle.messages {
            bytes.append(bigEndian: UInt16(message.count))
            bytes += message
        }
        return bytes
    }
}
