package import Domain
internal import Hashing
internal import Wire

/// What a courier carries between networks that do not touch (信使包): the very messages of the protocol,
/// signed by who made it and sealed to who may read it.
///
/// `docs/bundle.md` has the bytes. Numbers, epoch and order are those of the line, so that line and bundle
/// may be mixed and either repeated.
package struct CourierBundle: Equatable, Sendable {
    /// The most bytes of a bundle.
    package static let bytesMax = 80 << 20
    /// The most bytes of messages in one.
    package static let contentBytesMax = 64 << 20
    /// The most lines or receipts in one.
    package static let numbersMax = 65_536

    /// What it carries.
    package enum Content: Equatable, Sendable {
        /// Lines for the hub, the first with the bundle's number.
        case lines([[UInt8]])
        /// Receipts for the agency.
        case receipts([Receipt])
    }

    /// The stream that it speaks of.
    package var stream: StreamID
    /// The number of the first line or receipt.
    package var first: UInt64
    /// When it was made.
    package var madeAt: Timestamp
    /// What it carries.
    package var content: Content

    /// A bundle of at least one line or receipt.
    package init(stream: StreamID, first: UInt64, madeAt: Timestamp, content: Content) {
        self.stream = stream
        self.first = first
        self.madeAt = madeAt
        self.content = content
    }

    /// How many lines or receipts it carries.
    package var count: Int {
        switch content {
        case .lines(let lines): lines.count
        case .receipts(let receipts): receipts.count
        }
    }

    /// The number of the last line or receipt.
    package var last: UInt64 { first + UInt64(count) - 1 }

    /// The messages as they would go over the line.
    package var messages: [[UInt8]] {
        switch content {
        case .lines(let lines): CourierBundle.puts(lines, first: first)
        case .receipts(let receipts):
            stride(from: 0, to: receipts.count, by: ProtocolLimits.batchMax).map { start in
                let end = min(start + ProtocolLimits.batchMax, receipts.count)
                return Receipts(
                    epoch: stream.epoch,
                    stream: stream.name,
                    credit: 0,
                    receipts: Array(receipts[start..<end])
                ).frame.bytes
            }
        }
    }

    private static func puts(_ lines: [[UInt8]], first: UInt64) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var start = 0
        while start < lines.count {
            var end = start
            var bytes = Put.prefixBytes
            while end < lines.count, end - start < ProtocolLimits.batchMax,
                end == start || bytes + lines[end].count < ProtocolLimits.bodyBytesMax
            {
                bytes += lines[end].count + 1
                end += 1
            }
            messages.append(
                Put.frame(first: first + UInt64(start), lines: lines[start..<end]).bytes
            )
            start = end
        }
        return messages
    }

    /// The content of messages, in order and without gaps.
    package static func content(
        of messages: [[UInt8]],
        header: CourierHeader
    ) throws(CourierError) -> Content {
        var lines: [[UInt8]] = []
        var receipts: [Receipt] = []
        for bytes in messages {
            let message: Message
            let next = header.first + UInt64(lines.count + receipts.count)
            do throws(ProtocolError) {
                message = try Message(decoding: bytes)
                guard message.number == next else {
                    throw ProtocolError(.numberGap, "number \(message.number) follows \(next - 1)")
                }
                switch (header.kind, message.content) {
                case (.lines, .put(let put)):
                    for range in try put.ranges() { lines.append(Array(put.events[range])) }
                case (.receipts, .receipts(let found))
                where found.epoch == header.stream.epoch && found.stream == header.stream.name:
                    receipts += found.receipts
                default:
                    throw ProtocolError(.unexpectedMessage, "\(message.name) has no place here")
                }
            } catch {
                throw .damaged("a message of it cannot be read: \(error.reason)")
            }
        }
        guard lines.count + receipts.count == header.count else {
            throw .damaged("it holds another number of lines than it says")
        }
        return header.kind == .lines ? .lines(lines) : .receipts(receipts)
    }
}

/// What stands open at the beginning of a bundle, under its signature.
package struct CourierHeader: Equatable, Sendable {
    /// What a bundle carries.
    package enum Kind: UInt16, Sendable {
        case lines = 1
        case receipts = 2
    }

    /// What the bundle carries.
    package var kind: Kind
    /// The stream that it speaks of.
    package var stream: StreamID
    /// The number of the first line or receipt.
    package var first: UInt64
    /// How many there are.
    package var count: Int
    /// When it was made.
    package var madeAt: Timestamp
    /// Whose signature it bears, base64url.
    package var signer: String
    /// For whom it is sealed, base64url.
    package var recipient: String

    static let bytesMax = 4096
    /// The end of the year 9999, the last that has a name in RFC 3339.
    private static let madeAtMax: Int64 = 253_402_300_799_999

    var json: JSONValue {
        [
            "agency": .string(stream.agency.name),
            "stream": .string(stream.name),
            "epoch": .string(stream.epoch.hex16),
            "first": .integer(Int64(first)),
            "count": .integer(Int64(count)),
            "made_at": .integer(madeAt.milliseconds),
            "signer": .string(signer),
            "recipient": .string(recipient),
        ]
    }

    init(_ bundle: CourierBundle, signer: CourierPublicKeys, recipient: CourierPublicKeys) {
        switch bundle.content {
        case .lines: kind = .lines
        case .receipts: kind = .receipts
        }
        stream = bundle.stream
        first = bundle.first
        count = bundle.count
        madeAt = bundle.madeAt
        self.signer = signer.texts.signing
        self.recipient = recipient.texts.sealing
    }

    init?(kind: UInt16, json bytes: [UInt8]) {
        guard let kind = Kind(rawValue: kind), let value = try? JSONValue(parsing: bytes),
            let agency = value["agency"]?.text.flatMap({ AgencyID(name: $0) }),
            let name = value["stream"]?.text, AgencyID(name: name) != nil,
            let epoch = value["epoch"]?.text.flatMap({ UInt64(hex16: $0) }), epoch != 0,
            let first = value["first"]?.int.flatMap({ UInt64(exactly: $0) }), first >= 1,
            let count = value["count"]?.int.flatMap({ Int(exactly: $0) }),
            (1...CourierBundle.numbersMax).contains(count),
            first <= ProtocolLimits.numberMax - UInt64(count),
            let madeAt = value["made_at"]?.int, (0...Self.madeAtMax).contains(madeAt),
            let signer = value["signer"]?.text,
            let recipient = value["recipient"]?.text
        else { return nil }
        self.kind = kind
        stream = StreamID(agency: agency, name: name, epoch: epoch)
        self.first = first
        self.count = count
        self.madeAt = Timestamp(milliseconds: madeAt)
        self.signer = signer
        self.recipient = recipient
    }
}

/// Why a bundle was not made or opened (信使包错误).
package enum CourierError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is torn or altered.
    case damaged(String)
    /// It is for somebody else, or by somebody unknown.
    case foreign(String)
    /// It is beyond its bounds.
    case tooLarge(String)
    /// The cipher refused.
    case cipher(String)

    /// The stable code.
    package var code: ErrorCode {
        switch self {
        case .damaged: .bundleDamaged
        case .foreign: .bundleForeign
        case .tooLarge: .bundleTooLarge
        case .cipher: .badCourierKey
        }
    }

    /// What, and what to do.
    package var description: String {
        switch self {
        case .damaged(let why):
            "\(code.text) the bundle is torn or altered: \(why); carry it again or make it anew"
        case .foreign(let why): "\(code.text) \(why)"
        case .tooLarge(let why): "\(code.text) \(why)"
        case .cipher(let why): "\(code.text) \(why)"
        }
    }
}
