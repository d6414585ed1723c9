import ArgumentParser
import Catalogue
import Domain
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Wire

/// An officer's line over ZeroMQ.
typealias Line = DeskLine<ZeroMQConnection>

/// `--config`, the same for every officer's command.
struct OfficerOptions: ParsableArguments {
    @Option(help: "The officer's file: endpoint, the hub's key, the officer's key.")
    var config = "officer.yaml"

    /// Opens a line, uses it and closes it.
    func withLine<Result>(_ use: (inout Line) throws(Line.Failure) -> Result) throws -> Result {
        let settings = try reading { () throws(SettingsError) in try OfficerSettings(file: config) }
        do {
            let connection = try ZeroMQConnection(
                endpoint: settings.endpoint,
                hubKey: settings.hubPublicKey,
                secretKey: settings.keys.secretKey
            )
            var line = try Line(connection, agent: Version.agent)
            let result = try use(&line)
            line.close()
            return result
        } catch let failure as Line.Failure {
            throw CommandFailure(failure, endpoint: settings.endpoint)
        } catch {
            throw CommandFailure(.unreachable, "\(error)")
        }
    }

    /// All rows of an answer, at most so many.
    func rows(_ query: Query, max: Int) throws -> [JSONValue] {
        try withLine { line throws(Line.Failure) in try line.askAll(query, rowsMax: max) }
    }
}

extension CommandFailure {
    /// What a failed line means for the command.
    init(_ failure: Line.Failure, endpoint: String) {
        switch failure {
        case .silent:
            self.init(
                .unreachable,
                "no answer from \(endpoint); is the hub running, and does it know this key?"
            )
        case .ended(let end):
            self.init(.unreachable, "\(end.code?.text ?? "") \(end.reason)")
        case .network(let error): self.init(.unreachable, "\(error)")
        case .refused(let notice):
            let isDenied = notice.code == .notPermitted
            let code: Code = isDenied ? .unreachable : .fellShort
            self.init(code, "\(notice.codeText) \(notice.reason)")
        }
    }
}

extension JSONValue {
    /// A member as text, empty where it is missing.
    func string(_ key: String) -> String { self[key]?.text ?? "" }

    /// The title of a row, or why there is none: its text was erased, or nobody has classed it yet.
    var title: String {
        if self["erased"] != nil { return Words.textErased }
        return self["unclassed"] == .bool(true) ? Words.unclassedTitle : string("title")
    }

    /// A member as a number, 0 where it is missing.
    func integer(_ key: String) -> Int { self[key]?.int.map { Int($0) } ?? 0 }

    /// A member's elements.
    func list(_ key: String) -> [JSONValue] { self[key]?.elements ?? [] }

    /// The document on one line.
    var line: String { String(decoding: bytes, as: UTF8.self) }
}

/// Prints one document, or the lines for people.
func output(_ document: JSONValue, isJSON: Bool, _ lines: () -> [String]) {
    if isJSON { Terminal.print(document.line) } else { Terminal.print(lines: lines()) }
}
