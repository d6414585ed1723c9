import Domain

/// What officers' programs may ask (查询); every answer is a bounded page.
enum Question: Equatable, Sendable {
    /// Lag, sync time, sessions.
    case status
    /// Alerts, the newest first.
    case alerts(after: AlertID?, limit: Int, activeOnly: Bool)
    /// One alert.
    case alert(AlertID)
    /// Cases with at least so many items, in the order of their founding.
    case cases(after: CaseID?, limit: Int, itemsMin: Int)
    /// One case with its members.
    case matter(CaseID, after: UInt64, limit: Int)
    /// Visits with their heads.
    case visits(after: UInt64, limit: Int)
    /// Lines kept aside.
    case quarantine(after: UInt64, limit: Int)
    /// The totals.
    case counts
}
