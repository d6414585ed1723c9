import ArgumentParser
import Domain
import LiandongClient
import Wire

/// The hub's clock: show it, confirm it after a step.
struct ClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock",
        abstract: "The hub's clock: confirm it after a step (时钟).",
        subcommands: [Confirm.self]
    )

    struct Confirm: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that the hub's wall clock is right; deadlines go on (确认时钟).",
            discussion: """
                Needs an operator's key. A step of the wall clock of more than a minute holds all
                deadlines until it is confirmed, here or by five steady minutes.
                Example: liandong clock confirm --config DIR/operator.yaml
                """
        )

        @OptionGroup var officer: OfficerOptions
        @OptionGroup var format: FormatOptions
        @Option(help: "The idempotency key; the same key again is the same command.")
        var key: String?

        func run() throws {
            let outcome = try officer.withLine { line throws(Line.Failure) in
                try line.command(
                    CommandRequest(
                        key: key ?? UInt64.random(in: 0...UInt64.max).hex16,
                        action: .confirmClock
                    )
                )
            }
            let document: JSONValue = [
                "key": .string(outcome.key),
                "result": .string(outcome.result.rawValue),
                "reason": outcome.reason.map { .string($0) } ?? .null,
            ]
            output(document, isJSON: format.isJSON) {
                outcome.result == .void ? ["时钟没有待确认的跳变"] : ["时钟已确认,期限继续"]
            }
            if outcome.result == .void {
                throw CommandFailure(.fellShort, "no step of the clock waits to be confirmed")
            }
        }
    }
}
