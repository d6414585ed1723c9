package import Domain
import Wire

/// Looks at each line that an agency sends: form, source and lane (门岗).
///
/// It decides nothing about content (DESIGN §4) and never touches the disk; numbers are the
/// session's. One thread uses it.
package struct Gate {
    private let agencies: AgencyRegister
    private let decoder = EventDecoder()

    /// A gate for the registered agencies.
    package init(agencies: AgencyRegister) {
        self.agencies = agencies
    }

    /// The agency is registered.
    package func knows(_ agency: AgencyID) -> Bool { agencies[agency] != nil }

    /// Whether the open lane must refuse the item: an accusation, by the item's own word or by the
    /// default of the agency's grant (条例 §30).
    package func mustRefuse(_ item: Item) -> Bool {
        let purpose = item.purpose ?? agencies[item.ref.agency]?.defaultPurpose
        return purpose == .accusation
    }

    /// What one line is.
    func inspect(
        _ bytes: UnsafeRawBufferPointer,
        from agency: AgencyID
    ) -> (finding: IntakeLine.Finding, digest: ContentDigest) {
        switch decoder.decode(line: bytes, sender: agency) {
        case .item(let item, let digest):
            (mustRefuse(item) ? .sealed : .item(item, digest), digest)
        case .malformed(let code, let reason, let id, let digest):
            (
                .quarantine(
                    Quarantined(agency: agency, id: id, code: code, reason: reason),
                    digest
                ), digest
            )
        case .sealed: (.sealed, .none)
        }
    }
}
