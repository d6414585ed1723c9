import ArgumentParser
import Domain
import Foundation
import Journal
import Storage
import Wire

/// What can still be read of a stopped journal, for runs that look for what must not be.
struct RehearseTextsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "texts",
        abstract: "Print each entry of a journal with its payload as far as its key exists.",
        discussion: """
            One line of JSON an entry: number, kind, and the payload in base64 or null. It needs the data
            folder's key table, like the hub itself.
            Example: liandong rehearse texts DIR/data
            """
    )

    @Argument(help: "The data folder.")
    var folder: String

    func run() throws {
        var lines: [String] = []
        do throws(JournalError) {
            _ = try InputPass.run(PosixDisk(), folder: folder) { stored in
                let line: JSONValue = [
                    "entry": .integer(Int64(clamping: stored.number)),
                    "kind": .integer(Int64(stored.kind.rawValue)),
                    "payload": stored.bytes.map { .string(Data($0).base64EncodedString()) }
                        ?? .null,
                ]
                lines.append(line.line)
                if lines.count == 256 {
                    Terminal.print(lines: lines)
                    lines.removeAll(keepingCapacity: true)
                }
                return true
            }
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        Terminal.print(lines: lines)
    }
}
