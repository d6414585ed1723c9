/// An input of the engine, with the time at which the hub took it in (记录).
///
/// The journal of these is the truth; everything else is derived from it (DESIGN §1).
package struct Entry: Equatable, Sendable {
    /// When the hub took it in; never earlier than the entry before.
    package var at: Timestamp
    /// What it says.
    package var content: Content

    /// An entry from its parts.
    package init(at: Timestamp, content: Content) {
        self.at = at
        self.content = content
    }

    /// Everything that can change a decision.
    package enum Content: Equatable, Sendable {
        /// The first entry of an epoch.
        case founding(Founding)
        /// A configuration file with its canonical bytes.
        case configuration(ConfigurationFile)
        /// An item, and the digest of its content; on the heap, so that it costs little to hand on.
        indirect case item(Item, ContentDigest)
        /// A line that is no item: kept aside, counted, and released or dropped by a person (待校验).
        case quarantine(Quarantined)
        /// An accusation that came to the open hub: its number alone (限知).
        case sealedRefusal
        /// An officer's command.
        case command(Command)
        /// Time passed.
        case tick
        /// The wall clock was stepped, or a step was settled (时钟跳变).
        case clock(ClockChange)
        /// The hub noticed something about itself or a feed (自检).
        case observation(Observation)
    }
}

/// The founding entry of an epoch (创世记录).
package struct Founding: Equatable, Sendable {
    /// The version of the engine; a hub never extends an epoch of another version.
    package var engineVersion: UInt32
    /// The county that the hub serves.
    package var county: Division
    /// `at` is the highest item time so far, for demonstrations, imports and evaluation.
    package var hasScenarioClock: Bool
    /// The lane that the hub serves; a journal of one lane is never opened by the other.
    package var lane: Lane
    /// The number of the epoch, from 1.
    package var epoch: UInt32
    /// What it took over from the epoch before; `nil` for the first.
    package var carried: Carried?

    /// What an epoch takes over (承接).
    package struct Carried: Equatable, Sendable {
        /// SHA-256 of the founding state's bytes.
        package var state: ContentDigest
        /// The files in force, by their numbers.
        package var files: [FileVersion]

        /// What is taken over.
        package init(state: ContentDigest, files: [FileVersion]) {
            self.state = state
            self.files = files
        }
    }

    /// A file in force.
    package struct FileVersion: Equatable, Sendable {
        /// Which file.
        package var name: ConfigurationFile.Name
        /// The first 8 bytes of SHA-256 of its canonical bytes, big-endian.
        package var version: UInt64

        /// A file in force.
        package init(name: ConfigurationFile.Name, version: UInt64) {
            self.name = name
            self.version = version
        }
    }

    /// A founding entry from its parts.
    package init(
        engineVersion: UInt32,
        county: Division,
        hasScenarioClock: Bool,
        lane: Lane = .open,
        epoch: UInt32,
        carried: Carried? = nil
    ) {
        self.engineVersion = engineVersion
        self.county = county
        self.hasScenarioClock = hasScenarioClock
        self.lane = lane
        self.epoch = epoch
        self.carried = carried
    }
}

/// A configuration file in force, in canonical JSON (RFC 8785).
package struct ConfigurationFile: Equatable, Sendable {
    /// The files that can change a decision, or who sees it.
    package enum Name: UInt8, CaseIterable, Sendable {
        case rules = 1
        case linkage = 2
        case agencies = 3
        case categories = 4
        case divisions = 5
        case grants = 6

        /// The file's name without `.yaml`.
        package var token: String {
            switch self {
            case .rules: "rules"
            case .linkage: "linkage"
            case .agencies: "agencies"
            case .categories: "categories"
            case .divisions: "divisions"
            case .grants: "grants"
            }
        }
    }

    /// Which file.
    package var name: Name
    /// The first 8 bytes of SHA-256 of the canonical bytes, big-endian.
    package var version: UInt64
    /// The typed content.
    package var content: Content

    /// The typed content of each file.
    package enum Content: Equatable, Sendable {
        case rules(Rules)
        case linkage(LinkageSettings)
        case agencies(AgencyRegister)
        case categories(CategoryRegister)
        case divisions(DivisionRegister)
        case grants(GrantRegister)
    }

    /// A file from its parts.
    package init(name: Name, version: UInt64, content: Content) {
        self.name = name
        self.version = version
        self.content = content
    }
}

/// A line that is no item (待校验).
package struct Quarantined: Equatable, Sendable {
    /// The agency that sent it.
    package var agency: AgencyID
    /// The `id` where one could be read, else empty.
    package var id: String
    /// Why, an `LD-` code.
    package var code: ErrorCode
    /// What stands where the mistake is, for a person.
    package var reason: String

    /// A quarantined line from its parts.
    package init(agency: AgencyID, id: String, code: ErrorCode, reason: String) {
        self.agency = agency
        self.id = id
        self.code = code
        self.reason = reason
    }
}

/// An officer's command, with what its object stood for when the officer saw it.
package struct Command: Equatable, Sendable {
    /// The officer's name in `config/officers` or the key that signed for the session.
    package var officer: String
    /// Chosen by the officer's program; the same key again is the same command.
    package var idempotencyKey: String
    /// What to do.
    package var action: Action

    /// What officers can do.
    package enum Action: Equatable, Sendable {
        /// Sign for an alert (签收), at the report that the officer saw.
        case acknowledge(AlertID, report: Int, note: String)
        /// Confirm the wall clock after a step (确认时钟); an operator's.
        case confirmClock
        /// Say which items are one matter and which are not (并案、拆分、移出、移入).
        case edit(CaseEdit, note: String)
        /// Take an edit back (撤销), by its number.
        case undo(edit: UInt64, note: String)
        /// Close a case, or open it again (办结、重启).
        case setLife(SeenCase, isClosed: Bool, note: String)
        /// Take an item out of views, cases, counts and replays (撤回); why is said nowhere, so that
        /// one withdrawal is like any other.
        case withdraw(ItemRef)
        /// Give an item the purpose that its agency left open (分类).
        case classify(ItemRef, Purpose, note: String)
    }

    /// A command from its parts.
    package init(officer: String, idempotencyKey: String, action: Action) {
        self.officer = officer
        self.idempotencyKey = idempotencyKey
        self.action = action
    }
}
