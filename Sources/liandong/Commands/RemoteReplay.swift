import Catalogue
import Domain
import Hashing
import Journal
import LiandongClient
import LiandongClientZeroMQ
import Wire

/// A replay asked of a running hub instead of read from its folder (远程回放).
struct RemoteReplay {
    var officer: String
    var request: ReplayRequest
    var isJSON: Bool

    /// Shows the replay and returns its end with the last token.
    func run() throws -> (end: ReplayEnd, token: String?) {
        var options = OfficerOptions()
        options.config = officer
        return try options.withLine { line throws(Line.Failure) in
            try line.replay(request)
            var token: String?
            while true {
                // The hub's heartbeat keeps the session; a slow pace may show nothing for long.
                guard let event = try line.next(within: 60_000) else { continue }
                switch event {
                case .replayed(let chunk, _):
                    token = chunk.token
                    show(chunk)
                case .replayEnded(let end): return (end, token)
                case .delivered, .snapshotComplete, .settled: break
                }
            }
        }
    }

    private func show(_ chunk: ReplayChunk) {
        var lines: [String] = []
        for record in chunk.records {
            guard chunk.form == .json,
                let value = try? JSONValue(parsing: Array(record), limits: .standard)
            else { continue }
            if isJSON {
                lines.append(value.line)
            } else {
                lines += Self.lines(of: value)
            }
        }
        Terminal.print(lines: lines)
    }

    private static func lines(of value: JSONValue) -> [String] {
        let decision = value["decision"] ?? .null
        let head = "\(decision.string("at"))  \(decision.string("decision"))"
        guard let alert = decision["alert"].flatMap({ AlertNotice($0) }) else {
            return ["\(head)  \(value.string("subject"))"]
        }
        return [head] + alert.lines().map { "    " + $0 }
    }
}
