package import Domain

/// An input as the journal keeps it (原始记录): `docs/journal-entries.md` shows every byte.
///
/// It mirrors `Entry.Content` and adds what the gate needs after a restart: where each line stood
/// in its sender's stream, and the receipt that it got. Events are kept as they came, not as they
/// were read, so that a later version may read more in them.
package enum JournalRecord: Equatable, Sendable {
    /// The first entry of an epoch.
    case founding(Founding)
    /// A configuration file in canonical JSON.
    case configuration(ConfigurationFile.Name, canonical: [UInt8])
    /// An item: its number, its id, the digest of its content and the event as it came.
    case item(StreamPosition, id: String, ContentDigest, event: [UInt8])
    /// A line that is no item, with the beginning of its bytes (待校验).
    case quarantine(StreamPosition, Quarantine)
    /// The number of an accusation, and nothing else of it (限知).
    case sealedRefusal(StreamPosition)
    /// An officer's command.
    case command(Command)
    /// Time passed.
    case tick
    /// The wall clock was stepped, or a step was settled.
    case clock(ClockChange)
    /// The hub noticed something about itself or a feed.
    case observation(Observation)
    /// The number of a line about an item whose text was erased before; nothing of its content.
    case withheld(StreamPosition, Withheld)
    /// Texts were destroyed.
    case erasure(Erasure)

    /// A line that came for an item whose text was erased (已销毁重报): what its receipt says.
    package struct Withheld: Equatable, Sendable {
        /// The `id` of the line.
        package let id: String
        /// Why it is no item; `nil` for an item.
        package let code: ErrorCode?

        /// What is kept of a line.
        package init(id: String, code: ErrorCode?) {
            self.id = id
            self.code = code
        }
    }

    /// A line that is no item.
    package struct Quarantine: Equatable, Sendable {
        /// The most bytes of a line that are kept.
        package static let lineBytesMax = 4096

        /// Why.
        package let code: ErrorCode
        /// Why, in words.
        package let reason: String
        /// The `id` where one could be read, else empty.
        package let id: String
        /// The digest of the whole line.
        package let lineDigest: ContentDigest
        /// The beginning of the line; empty where the line bears a secrecy marking, because this
        /// system holds no state secrets (保密法实施条例 §41).
        package let line: [UInt8]

        /// Keeps the beginning of a line.
        package init(
            code: ErrorCode,
            reason: String,
            id: String,
            lineDigest: ContentDigest,
            line: some Collection<UInt8>
        ) {
            self.code = code
            self.reason = reason
            self.id = id
            self.lineDigest = lineDigest
            self.line =
                code == .secrecyMarking ? [] : Array(line.prefix(Quarantine.lineBytesMax))
        }
    }

    /// The kinds of records by their numbers in the journal; numbers are never reused.
    package enum Kind: UInt16, CaseIterable, Sendable {
        case founding = 1
        case configuration = 2
        case item = 3
        case quarantine = 4
        case sealedRefusal = 5
        case command = 6
        case tick = 7
        case clock = 8
        case observation = 9
        case withheld = 20
        case erasure = 21
    }

    /// The number of its kind in the journal.
    package var kind: Kind {
        switch self {
        case .founding: .founding
        case .configuration: .configuration
        case .item: .item
        case .quarantine: .quarantine
        case .sealedRefusal: .sealedRefusal
        case .command: .command
        case .tick: .tick
        case .clock: .clock
        case .observation: .observation
        case .withheld: .withheld
        case .erasure: .erasure
        }
    }

    /// Where the line stood in its sender's stream; `nil` for what no stream brought.
    package var position: StreamPosition? {
        switch self {
        case .item(let position, _, _, _), .quarantine(let position, _),
            .sealedRefusal(let position), .withheld(let position, _):
            position
        case .founding, .configuration, .command, .tick, .clock, .observation, .erasure: nil
        }
    }

    /// The receipt of the line, equal each time it is made; `nil` for what no stream brought.
    ///
    /// That of an accusation has no id and no digest, because nothing of it is kept; that of a line
    /// whose text was erased has no digest.
    package var receipt: Receipt? {
        switch self {
        case .item(let position, let id, let digest, _):
            Receipt(number: position.number, id: id, digest: digest, status: .registered)
        case .quarantine(let position, let quarantine):
            Receipt(
                number: position.number,
                id: quarantine.id,
                digest: quarantine.lineDigest,
                status: .quarantined(code: quarantine.code.rawValue)
            )
        case .sealedRefusal(let position):
            Receipt(
                number: position.number,
                id: "",
                digest: .none,
                status: .refused(code: ErrorCode.sealedLane.rawValue)
            )
        case .withheld(let position, let withheld):
            Receipt(
                number: position.number,
                id: withheld.id,
                digest: .none,
                status: withheld.code.map { .quarantined(code: $0.rawValue) } ?? .registered
            )
        case .founding, .configuration, .command, .tick, .clock, .observation, .erasure: nil
        }
    }

    /// The engine's entry; an event is decoded again.
    ///
    /// What is about erased texts tells the engine no more than that time passed.
    package func entryContent(_ decoder: EventDecoder) throws(RecordError) -> Entry.Content {
        switch self {
        case .founding(let founding): return .founding(founding)
        case .configuration(let name, let canonical):
            do throws(ConfigurationError) {
                return .configuration(try ConfigurationFile(name: name, canonical: canonical))
            } catch {
                throw .badConfiguration(error.mistakes)
            }
        case .item(let position, _, let digest, let event):
            switch decoder.decode(line: event, sender: position.stream.agency) {
            case .item(let item, let found):
                guard found == digest else { throw .otherDigest }
                return .item(item, digest)
            case .malformed(let code, let reason, _, _): throw .noItem(code, reason: reason)
            case .sealed: throw .noItem(.sealedLane, reason: "it is an accusation")
            }
        case .quarantine(let position, let quarantine):
            return .quarantine(
                Quarantined(
                    agency: position.stream.agency,
                    id: quarantine.id,
                    code: quarantine.code,
                    reason: quarantine.reason
                )
            )
        case .sealedRefusal: return .sealedRefusal
        case .command(let command): return .command(command)
        case .tick, .withheld, .erasure: return .tick
        case .clock(let change): return .clock(change)
        case .observation(let observation): return .observation(observation)
        }
    }
}
