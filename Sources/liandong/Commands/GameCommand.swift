import ArgumentParser
import Domain
import Simulation
import Wire

/// Two worlds that differ in one sealed item, and an attacker who guesses which is which.
struct GameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "game",
        abstract: "Whether an ordinary agency can tell that a sealed item is there (区分博弈).",
        discussion: """
            In virtual time a county with both lanes, in which an agency has, or has not, one accusation
            beside its ordinary items. The accused agency's daemon and officer ask, subscribe and replay
            whatever they may; a learner that knows nothing of hubs looks at every byte and time of some
            trials with their answers, and guesses in fresh ones. Half right is blind.
            --leak plants a leak between the hub and the attacker, which he must then find.
            Exit code 1 when he is right more often than --most, or less often than --least, in percent.
            Example: liandong simulate game --trials 10000 --most 52
            """
    )

    @Option(help: "Where everything comes from.")
    var seed: UInt64 = 20_250_303
    @Option(help: "Fresh trials to guess in.")
    var trials = 1000
    @Option(help: "Trials to learn from.")
    var training = 1000
    @Option(
        help: "sealed: the gate sends it to the sealed hub; refused: an old program to the open."
    )
    var way = GameWorld.Way.sealed
    @Option(help: "What is planted: \(Leak.allCases.map(\.rawValue).joined(separator: ", ")).")
    var leak: Leak?
    @Option(help: "Falls short when more percent are right.")
    var most: Double?
    @Option(help: "Falls short when fewer percent are right.")
    var least: Double?
    @Option(help: "Instead of a game: what differs in so many pairs of worlds.")
    var differences: Int?
    @Option(help: "A hub's file whose county and rules are used instead of the shipped ones.")
    var config: String?
    @OptionGroup var format: FormatOptions

    func run() throws {
        guard (1...1_000_000).contains(trials), (20...100_000).contains(training) else {
            throw CommandFailure(
                .wrongUse,
                "give 1 to 1,000,000 trials, and 20 to 100,000 to learn"
            )
        }
        let county = try CountySource(hub: config)
        let ground = try GameWorld.Ground(
            county: county.division,
            configuration: county.files,
            way: way
        )
        let game = DistinguishingGame(on: ground, leak: leak, seed: seed)
        if let differences {
            for (name, pairs) in try game.differences(pairs: differences) {
                Terminal.print("\(pairs) \(name)")
            }
            return
        }
        var progress = Progress("game", total: training + trials)
        let report = try game.play(training: training, trials: trials) { progress.advance(to: $0) }
        progress.finish()
        if format.isJSON {
            Terminal.print(String(decoding: report.json.bytes, as: UTF8.self))
        } else {
            Terminal.print(lines: report.text)
        }
        guard report.mistakes.isEmpty else {
            throw CommandFailure(.fellShort, "a trial was none: \(report.mistakes[0])")
        }
        let percent = report.share * 100
        if let most, percent > most {
            throw CommandFailure(.fellShort, "right in \(percent) %, more than \(most)")
        }
        if let least, percent < least {
            throw CommandFailure(.fellShort, "right in \(percent) %, less than \(least)")
        }
    }
}

extension GameWorld.Way: ExpressibleByArgument {}
extension Leak: ExpressibleByArgument {}

extension DistinguishingGame.Report {
    /// The report as one JSON object.
    fileprivate var json: JSONValue {
        [
            "way": .string(way.rawValue), "leak": leak.map { .string($0.rawValue) } ?? .null,
            "seed": .integer(Int64(bitPattern: seed)), "training": .integer(Int64(training)),
            "trials": .integer(Int64(trials)), "right": .integer(Int64(right)),
            "percent": .number((share * 10_000).rounded() / 100),
            "traits": .array(
                traits.map { ["name": .string($0.name), "share": .number($0.share)] }
            ),
            "mistakes": .array(mistakes.map { .string($0) }),
        ]
    }

    /// The same for a person.
    fileprivate var text: [String] {
        let planted = leak.map { "leak \($0.rawValue)" } ?? "no leak"
        return ["\(way.rawValue), \(planted): \(right) of \(trials) right"]
            + traits.map { "  by \($0.name): \(($0.share * 1000).rounded() / 10) % alone" }
            + mistakes.map { "MISTAKE: " + $0 }
    }
}
