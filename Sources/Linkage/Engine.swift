package import Domain
import Text

/// The decision engine: an entry in, decisions out (联动引擎).
///
/// It has no clock, randomness or input and output: the same entries give the same decisions byte
/// for byte, on any machine and in any batches. Start reading at `apply`; each stage is a folder
/// beside this file, and `docs/linking.md` tells how they work together. One owner calls it, on one
/// thread. The journal vouches that the first entry is the founding one and names this `version`.
package struct Engine: ~Copyable {
    /// Raised with every change that can change a decision.
    package static let version: UInt32 = 11

    /// Which engine this is.
    package let edition: EngineEdition

    // Every stage's memory; internal so that the stages can stand in files of their own.
    var configuration = Configuration()
    var identities = Identities()
    var items = KeptItems()
    var persons = Persons()
    var copies = TextCopies()
    var index = RareIndex()
    var names = NameBook()
    var classes = ClassBook()
    var concepts = ConceptBook()
    var relations = Relations()
    var cases = Cases()
    var links = Links()
    var edits = Edits()
    var visits = Visits()
    var alerts = Alerts()
    var backlogs = Backlogs()
    var desk = Desk()
    var clock = ClockStanding()
    var tally = Tally()
    var withdrawals = Withdrawals()
    var unclassed = Unclassed()
    var lives = Lives()
    var reaches = Reaches()
    var trials = Trials()
    /// What was seen of each pair of texts, when somebody asked for it.
    package var pairLog: PairLog?
    /// A running hash over what every item was judged by; two engines are held against each other
    /// by it.
    package internal(set) var trail = Trail()

    /// An engine that has seen nothing.
    package init(edition: EngineEdition = .current) {
        self.edition = edition
        index.adopt(configuration.settings)
        concepts.adopt(configuration.settings)
    }

    /// An engine that goes on from the same state on its own.
    package borrowing func fork() -> Engine {
        var other = Engine(edition: edition)
        other.configuration = configuration
        other.identities = identities
        other.items = items
        other.persons = persons
        other.copies = copies
        other.index = index
        other.names = names
        other.classes = classes
        other.concepts = concepts
        other.relations = relations
        other.cases = cases
        other.links = links
        other.edits = edits
        other.visits = visits
        other.alerts = alerts
        other.backlogs = backlogs
        other.desk = desk
        other.clock = clock
        other.tally = tally
        other.withdrawals = withdrawals
        other.unclassed = unclassed
        other.lives = lives
        other.reaches = reaches
        other.trials = trials
        other.trail = trail
        return other
    }

    /// Applies one entry and appends what follows from it.
    ///
    /// Deadlines up to the entry's time come first, each stamped with its own time, so that a tick
    /// changes no decision; while a step of the clock waits to be settled they are held. Costs some
    /// 0.1 ms for an item, next to nothing for anything else.
    package mutating func apply(_ entry: Entry, into decisions: inout [Decision]) {
        // What is held fires with the entry that settles the step, before what follows from it.
        if case .clock(let change) = entry.content, change.event != .stepped {
            clock.take(change, at: entry.at)
        }
        fireDeadlines(at: entry.at, into: &decisions)
        var found: [Decision.Content] = []
        take(entry, into: &found)
        for content in found { decisions.append(Decision(at: entry.at, content: content)) }
    }

    private mutating func take(_ entry: Entry, into found: inout [Decision.Content]) {
        switch entry.content {
        case .founding(let founding):
            configuration.county = founding.county
            found.append(.configured(name: 0, version: UInt64(founding.epoch)))
        case .configuration(let file):
            configuration.adopt(file)
            if file.name == .linkage {
                links.outdate()
                index.adopt(configuration.settings)
                concepts.adopt(configuration.settings)
            }
            // Grants decide no matter: of them the log of decisions says nothing.
            if file.name == .grants { return }
            found.append(.configured(name: file.name.rawValue, version: file.version))
        case .item(let item, let digest):
            admit(item, digest, at: entry.at, into: &found)
        case .quarantine(let line):
            tally.quarantined += 1
            found.append(
                .quarantined(
                    number: UInt64(tally.quarantined),
                    agency: line.agency,
                    id: line.id,
                    code: line.code
                )
            )
        case .sealedRefusal:
            tally.sealedRefused += 1
            found.append(.refusedSealed)
        case .command(let command):
            obey(command, at: entry.at, into: &found)
        case .tick:
            break
        case .clock(let change):
            if change.event == .stepped { clock.take(change, at: entry.at) }
            settle(change, at: entry.at, into: &found)
        case .observation(let observation):
            observe(observation, at: entry.at, into: &found)
        }
    }
}
