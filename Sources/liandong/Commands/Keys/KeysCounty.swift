import ArgumentParser
import Domain
import Foundation
import Hub
import LiandongClient
import Settings

extension CountyKeys {
    /// The county's keys that an agency uses at a moment; `nil` where its file names none.
    init?(of settings: AgencySettings, at now: Timestamp) throws {
        guard let text = try settings.countyKeyText() else { return nil }
        let name = settings.countyKeyFile ?? ""
        self = try CountyKeys(text: text, name: name).inForce(at: now)
    }
}

extension KeysCommand {
    struct County: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Make the county's key for pseudonyms, or the next one with an overlap (县级假名密钥).",
            discussion: """
                The hub never holds this file: make it where the agencies are looked after, and hand it to
                each of them. From the day on both keys are used, for the overlap; behind it the new one
                alone. Every agency needs the new file before that day.
                Example: liandong keys county county.key --from 2026-12-01
                """
        )

        @Argument(help: "The county key file; made where it is missing.")
        var file: String
        @Option(help: "The new key's first day, 2026-12-01; a week from today when left out.")
        var from: String?
        @Option(help: "Days on which both keys are used, 1 to 366.")
        var overlapDays = 90

        func run() throws {
            let now = SystemClock().now()
            let start = from.map { CountyDay(text: $0) } ?? now.countyDay.adding(days: 7)
            guard let start, start > now.countyDay || from == nil else {
                throw CommandFailure(
                    .wrongUse,
                    "--from \(from ?? ""): write a day to come, 2026-12-01"
                )
            }
            guard (1...366).contains(overlapDays) else {
                throw CommandFailure(.wrongUse, "--overlap-days \(overlapDays): write 1 to 366")
            }
            let text = try reading { () throws(SettingsError) in try SecretFile.plainText(file) }
            let next: String
            do throws(CountyKeys.Failure) {
                next = try CountyKeys.next(
                    text ?? "",
                    name: file,
                    now: now,
                    from: start,
                    overlapDays: overlapDays
                )
            } catch {
                throw CommandFailure(.wrongUse, error.description)
            }
            try reading { () throws(SettingsError) in try SecretFile.replace(file, with: next) }
            Terminal.print(
                text == nil
                    ? "\(file): k1, mode 0600"
                    : "\(file): the new key is used from \(start.description), the one before it until "
                        + start.adding(days: overlapDays).description
            )
        }
    }
}
