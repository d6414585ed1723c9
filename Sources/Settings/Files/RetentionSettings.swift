package import Domain
package import Wire

/// What `retention.yaml` says (保存期限): how long each class of what the hub holds is kept.
///
/// A file of the hub like `hub.yaml`, and no entry of the journal: it decides nothing about items.
package struct RetentionSettings: Equatable, Sendable {
    /// The text of an item, an event or a line kept aside, from the last entry about it.
    package var text = TimeSpan.days(1095)
    /// An item that names the address of a published article.
    package var mediaReference = TimeSpan.days(365)
    /// An item that bears pseudonyms of persons.
    package var pseudonyms = TimeSpan.days(1095)
    /// Who was told what and when: months of the audit log that are older may be removed.
    package var deliveryLedger = TimeSpan.days(1096)
    /// The security log.
    package var securityLog = TimeSpan.days(184)
    /// Reports, which the hub does not write so far.
    ///
    /// `nil` when they go to the archive and are never erased.
    package var reports: TimeSpan?

    /// The name of the file beside `hub.yaml`.
    package static let fileName = "retention.yaml"

    private static let keys = [
        "text", "media_reference", "pseudonyms", "delivery_ledger", "security_log", "reports",
    ]
    private static let ages = TimeSpan.days(100 * 366)
    /// 网络数据安全管理条例 §12.
    private static let ledgerMin = TimeSpan.days(1096)
    /// 网络安全法 §21(3): six months, at the longest.
    private static let logMin = TimeSpan.days(184)
    private static let textMin = TimeSpan.days(30)
    private static let reportsMin = TimeSpan.days(3653)

    /// The shipped spans.
    package init() {}

    /// Reads the file beside `hub.yaml`; the shipped spans where there is none.
    ///
    /// - Throws: All mistakes with file, line and key.
    package init(folder: String) throws(SettingsError) {
        let path = FileText.join(folder, Self.fileName)
        guard FileText.exists(path) else { return }
        self = try YAMLFile(path: path).read { RetentionSettings($0) }
    }

    /// Settings from the file's value; `nil` where a mistake was noted.
    package init?(_ node: ConfigurationNode) {
        guard let table = node.table(keys: Self.keys) else { return nil }
        let texts = Self.textMin...Self.ages
        let text = table.required("text").flatMap { $0.span(in: texts) }
        let media = table.required("media_reference").flatMap { $0.span(in: texts) }
        let pseudonyms = table.required("pseudonyms").flatMap { $0.span(in: texts) }
        let ledger = table.required("delivery_ledger").flatMap {
            $0.span(in: Self.ledgerMin...Self.ages)
        }
        let log = table.required("security_log").flatMap { $0.span(in: Self.logMin...Self.ages) }
        let reports = table.required("reports").flatMap(Self.reports)
        guard let text, let media, let pseudonyms, let ledger, let log, let reports else {
            return nil
        }
        if text > ledger {
            table.optional("delivery_ledger")?.fault(
                "is shorter than text",
                "what was delivered is told for longer than the text is kept; raise it"
            )
        }
        self.text = text
        mediaReference = media
        self.pseudonyms = pseudonyms
        deliveryLedger = ledger
        securityLog = log
        if case .erased(let span) = reports { self.reports = span }
    }

    private enum Reports {
        case archived
        case erased(TimeSpan)
    }

    private static func reports(_ node: ConfigurationNode) -> Reports? {
        node.parsed(
            "is neither “archived” nor a length of time of at least ten years",
            "write archived, or 3653d and more"
        ) { text in
            if text == "archived" { return .archived }
            guard let span = DurationText.parse(text), (reportsMin...ages).contains(span) else {
                return nil
            }
            return .erased(span)
        }
    }
}
