internal import Crypto
internal import Domain
internal import Foundation
internal import Hashing
internal import Wire

extension CourierBundle {
    private static var magic: [UInt8] { Array("LDBUNDLE".utf8) }
    private static var format: UInt16 { 1 }
    private static var prefixBytes: Int { 16 }
    private static var keyBytes: Int { 32 }
    private static var signatureBytes: Int { 64 }
    private static var lastFlag: UInt32 { 1 << 31 }
    private static var suite: HPKE.Ciphersuite { .Curve25519_SHA256_ChachaPoly }

    /// The bundle as a file.
    ///
    /// - Parameters:
    ///   - keys: The own keys.
    ///   - recipient: Who may open it.
    /// - Returns: The bytes.
    /// - Throws: `tooLarge` beyond the bounds; `cipher` for a key that is none.
    package func sealed(
        by keys: CourierKeys,
        to recipient: CourierPublicKeys
    ) throws(CourierError) -> [UInt8] {
        precondition(count > 0, "a bundle carries something")
        let messages = messages
        guard count <= Self.numbersMax,
            messages.reduce(0, { $0 + $1.count }) <= Self.contentBytesMax
        else { throw .tooLarge("a bundle holds \(Self.numbersMax) lines and 64 MiB at most") }
        let header = CourierHeader(self, signer: keys.publicKeys, recipient: recipient)
        let text = header.json.canonicalBytes
        var bytes = Self.magic
        bytes.append(bigEndian: Self.format)
        bytes.append(bigEndian: header.kind.rawValue)
        bytes.append(bigEndian: UInt32(text.count))
        bytes += text
        do {
            let key = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: recipient.sealing)
            var sender = try HPKE.Sender(
                recipientKey: key,
                ciphersuite: Self.suite,
                info: Data(bytes)
            )
            bytes += [UInt8](sender.encapsulatedKey)
            for (index, message) in messages.enumerated() {
                let isLast = index == messages.count - 1
                let sealed = try sender.seal(
                    message,
                    authenticating: Self.place(index, isLast: isLast)
                )
                bytes.append(bigEndian: UInt32(sealed.count) | (isLast ? Self.lastFlag : 0))
                bytes += [UInt8](sealed)
            }
            bytes += [UInt8](try keys.signing.signature(for: Self.digest(bytes[...])))
        } catch {
            throw .cipher("the recipient's courier key cannot be used (\(error))")
        }
        return bytes
    }

    /// What a bundle says of itself; nothing of it is proved.
    package static func header(of bytes: [UInt8]) throws(CourierError) -> CourierHeader {
        try parts(of: bytes).header
    }

    /// Opens a bundle: form, signature, seal, content, in this order.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - keys: The own keys.
    ///   - signer: The keys of who is to have made it, by what it says of itself; `nil` is unknown.
    /// - Throws: `damaged`, `foreign`, `tooLarge`.
    package init(
        opening bytes: [UInt8],
        with keys: CourierKeys,
        signer: (CourierHeader) -> CourierPublicKeys?
    ) throws(CourierError) {
        let parts = try Self.parts(of: bytes)
        let header = parts.header
        guard let known = signer(header) else {
            throw .foreign("nobody's courier key is known here for \(header.stream.agency.name)")
        }
        guard known.texts.signing == header.signer else {
            throw .foreign("the bundle is signed by a key that is not the one known here")
        }
        let publicKey = try? Curve25519.Signing.PublicKey(rawRepresentation: known.signing)
        let signature = bytes[(bytes.count - Self.signatureBytes)...]
        guard let publicKey,
            publicKey.isValidSignature(
                Array(signature),
                for: Self.digest(bytes[..<(bytes.count - Self.signatureBytes)])
            )
        else { throw .damaged("the signature does not fit") }
        guard header.recipient == keys.publicKeys.texts.sealing else {
            throw .foreign("the bundle is sealed to another courier key than the own")
        }
        var messages: [[UInt8]] = []
        do {
            var recipient = try HPKE.Recipient(
                privateKey: keys.sealing,
                ciphersuite: Self.suite,
                info: Data(bytes[..<parts.infoEnd]),
                encapsulatedKey: Data(bytes[parts.infoEnd..<parts.infoEnd + Self.keyBytes])
            )
            for (index, range) in parts.chunks.enumerated() {
                let opened = try recipient.open(
                    bytes[range],
                    authenticating: Self.place(index, isLast: index == parts.chunks.count - 1)
                )
                messages.append([UInt8](opened))
            }
        } catch {
            throw .damaged("a piece of it does not open")
        }
        self.init(
            stream: header.stream,
            first: header.first,
            madeAt: header.madeAt,
            content: try Self.content(of: messages, header: header)
        )
    }

    /// Where the parts of a file lie; the form alone is checked.
    package static func parts(
        of bytes: [UInt8]
    ) throws(CourierError) -> (header: CourierHeader, infoEnd: Int, chunks: [Range<Int>]) {
        guard bytes.count <= bytesMax else {
            throw .tooLarge("a bundle has at most \(bytesMax) bytes")
        }
        guard bytes.count > prefixBytes, bytes.starts(with: magic) else {
            throw .damaged("it does not begin like a bundle")
        }
        let format = bytes.bigEndian(UInt16.self, at: 8)
        guard format == Self.format else {
            throw .foreign("the bundle has format \(format), this version knows \(Self.format)")
        }
        let textBytes = Int(bytes.bigEndian(UInt32.self, at: 12))
        guard textBytes <= CourierHeader.bytesMax, bytes.count >= prefixBytes + textBytes else {
            throw .damaged("it ends within its header")
        }
        let infoEnd = prefixBytes + textBytes
        let kind = bytes.bigEndian(UInt16.self, at: 10)
        guard
            let header = CourierHeader(kind: kind, json: Array(bytes[prefixBytes..<infoEnd]))
        else { throw .damaged("its header cannot be read") }
        var chunks: [Range<Int>] = []
        var offset = infoEnd + keyBytes
        let end = bytes.count - signatureBytes
        var hasEnded = false
        while !hasEnded {
            guard offset + 4 <= end else { throw .damaged("it ends after \(chunks.count) pieces") }
            let word = bytes.bigEndian(UInt32.self, at: offset)
            hasEnded = word & lastFlag != 0
            let count = Int(word & ~lastFlag)
            guard count <= ProtocolLimits.messageBytesMax + 16, count <= end - offset - 4 else {
                throw .damaged("piece \(chunks.count + 1) is cut off")
            }
            chunks.append(offset + 4..<offset + 4 + count)
            offset += 4 + count
        }
        guard offset == end else { throw .damaged("something follows its last piece") }
        return (header, infoEnd, chunks)
    }

    /// What binds a piece to its place.
    private static func place(_ index: Int, isLast: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt64(index))
        bytes.append(isLast ? 1 : 0)
        return bytes
    }

    private static func digest(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(data: Array("LDBUNDLE1".utf8))
        hasher.update(data: bytes)
        return Array(hasher.finalize())
    }
}

extension [UInt8] {
    fileprivate mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate func bigEndian<Number: FixedWidthInteger>(
        _: Number.Type,
        at offset: Int
    ) -> Number {
        self[offset..<offset + Number.bitWidth / 8].reduce(0) { $0 << 8 | Number($1) }
    }
}
