package import Hub
import Hummingbird
package import Logging

/// `GET /healthz` and `GET /metrics` on 127.0.0.1 (健康检查).
///
/// It answers this machine alone, asks nobody who he is, and shows nothing that an item says.
package struct HealthServer: Sendable {
    private let gauges: Gauges
    private let port: Int
    private let log: Logger
    private let metrics = HubMetrics()

    /// A server of a hub's gauges at a port.
    package init(gauges: Gauges, port: Int, log: Logger) {
        self.gauges = gauges
        self.port = port
        self.log = log
    }

    /// Serves until the task is cancelled or the service group shuts down.
    package func run() async throws {
        let router = Router()
        router.get("healthz") { [gauges] _, _ in
            let page = HealthPage(gauges.now)
            return EditedResponse(
                status: HTTPResponse.Status(code: page.isServing ? 200 : 503),
                response: page
            )
        }
        router.get("metrics") { [gauges, metrics] _, _ in metrics.text(gauges.now) }
        var quiet = log
        quiet.logLevel = .warning
        let server = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            logger: quiet
        )
        try await server.run()
    }
}

/// The body of `/healthz`: one word, and why.
struct HealthPage: ResponseEncodable {
    let status: String
    let reasons: [Reason]
    let entries: UInt64
    let lagMilliseconds: Int64

    enum CodingKeys: String, CodingKey {
        case status, reasons, entries
        case lagMilliseconds = "lag_ms"
    }

    struct Reason: Encodable {
        let code: String
        let what: String
    }

    init(_ reading: Gauges.Reading) {
        status = reading.state.rawValue
        reasons = reading.troubles.map { Reason(code: $0.code, what: $0.what) }
        entries = reading.lastEntry
        lagMilliseconds = reading.lagMilliseconds
    }

    /// Degraded is served: a person must look, but a restart would not help.
    var isServing: Bool { status == "ready" || status == "degraded" }
}
