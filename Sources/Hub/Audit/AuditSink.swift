/// Where the hub keeps who did what (审计去处).
///
/// Nobody who notes something waits for it. Any thread uses it.
package protocol AuditSink: Sendable {
    /// Adds a record behind those that were noted before.
    func note(_ record: AuditRecord)
    /// Why nothing can be kept just now; `nil` when it can.
    var problem: String? { get }
    /// Keeps what waits and ends.
    func finish()
}

extension AuditTrail: AuditSink {}
