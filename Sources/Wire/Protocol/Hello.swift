package import Domain
internal import Hashing

/// What a client says first (HELLO).
package struct Hello: Equatable, Sendable {
    /// The kind of session.
    package enum Role: Equatable, Sendable {
        /// An agency pushes items into one of its streams.
        case intake(StreamStart)
        /// An officer's program subscribes, asks and commands.
        case desk
    }

    /// The protocol versions that the client speaks, 1 to 16 of them.
    package var versions: [Int]
    /// Program and version, for the log; at most 128 bytes.
    package var agent: String
    /// The kind of session.
    package var role: Role

    /// A greeting from its parts.
    package init(versions: [Int] = ProtocolLimits.versions, agent: String, role: Role) {
        self.versions = versions
        self.agent = agent
        self.role = role
    }

    /// The highest version that both sides speak.
    package var commonVersion: Int? {
        ProtocolLimits.versions.first { versions.contains($0) }
    }

    /// The message on the wire; `attempt` comes back in WELCOME.
    package func frame(attempt: UInt64) -> Frame {
        var members: [JSONValue.Member] = [
            .init("versions", .array(versions.map { .integer(Int64($0)) })),
            .init("role", "desk"),
            .init("agent", .string(agent)),
        ]
        if case .intake(let start) = role {
            members[1].value = "intake"
            members += [
                .init("stream", .string(start.stream)),
                .init("epoch", .string(start.epoch.hex16)),
                .init("receipted", start.receipted?.json ?? .null),
            ]
        }
        return Frame(.hello, number: attempt, json: .object(members))
    }

    init(body: ArraySlice<UInt8>) throws(ProtocolError) {
        let fields = try BodyFields(.hello, body)
        var versions: [Int] = []
        for element in try fields.array("versions", count: 1...16) {
            guard case .integer(let version) = element, (1...65_535).contains(version) else {
                throw fields.wrong("versions", "whole numbers from 1 to 65535")
            }
            versions.append(Int(version))
        }
        self.versions = versions
        agent = try fields.text("agent", bytes: 0...ProtocolLimits.agentBytesMax)
        switch try fields.text("role", bytes: 1...32) {
        case "intake": role = .intake(try StreamStart(fields))
        case "desk": role = .desk
        default: throw fields.wrong("role", "intake or desk")
        }
    }
}

/// Where a client's stream stands.
package struct StreamStart: Equatable, Sendable {
    /// The last line that has a receipt.
    package struct Receipted: Equatable, Sendable {
        /// Its number.
        package var number: UInt64
        /// Its digest.
        package var digest: ContentDigest

        /// A line from its parts.
        package init(number: UInt64, digest: ContentDigest) {
            self.number = number
            self.digest = digest
        }
    }

    /// The stream's name, of the form of an agency's name.
    package var stream: String
    /// Chosen at random when the outbox was made, never 0.
    package var epoch: UInt64
    /// The last line that has a receipt.
    package var receipted: Receipted?

    /// A position from its parts.
    package init(stream: String, epoch: UInt64, receipted: Receipted? = nil) {
        self.stream = stream
        self.epoch = epoch
        self.receipted = receipted
    }

    init(_ fields: BodyFields) throws(ProtocolError) {
        stream = try fields.text("stream", bytes: 1...32)
        guard AgencyID(name: stream) != nil else {
            throw fields.wrong("stream", "1 to 32 characters of a-z, 0-9 and -, a letter first")
        }
        epoch = try fields.hex16("epoch")
        guard epoch > 0 else { throw fields.wrong("epoch", "a random number, not 0") }
        guard let inner = try fields.object("receipted") else { return }
        let digest = try inner.text("digest", bytes: 43...43)
        guard let digest = ContentDigest(base64URL: digest) else {
            throw inner.wrong("digest", "SHA-256 as 43 characters of base64url")
        }
        receipted = Receipted(
            number: try inner.number("number", in: 1...ProtocolLimits.numberMax),
            digest: digest
        )
    }
}

extension StreamStart.Receipted {
    var json: JSONValue {
        .object([
            .init("number", .integer(Int64(number))), .init("digest", .string(digest.base64URL)),
        ])
    }
}

extension ContentDigest {
    /// The 32 bytes.
    package var bytes: [UInt8] {
        var writer = FrameWriter(reserving: 32)
        for word in [words.0, words.1, words.2, words.3] { writer.append(word) }
        return writer.bytes
    }

    /// The digest as 43 characters of base64url.
    package var base64URL: String { Base64URL.encode(bytes) }

    /// A digest from 43 characters of base64url.
    package init?(base64URL text: String) {
        guard let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
        self.init(
            UInt64(bigEndian: bytes, at: 0),
            UInt64(bigEndian: bytes, at: 8),
            UInt64(bigEndian: bytes, at: 16),
            UInt64(bigEndian: bytes, at: 24)
        )
    }
}
