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
        guard let purpose = item.purpose else { return isSealedByDefault(item.ref.agency) }
        return purpose == .accusation
    }

    private func isSealedByDefault(_ agency: AgencyID) -> Bool {
        agencies[agency]?.defaultPurpose == .accusation
    }

    /// What one line is.
    package func inspect(
        _ bytes: UnsafeRawBufferPointer,
        from agency: AgencyID
    ) -> (finding: IntakeLine.Finding, digest: ContentDigest) {
        switch decoder.decode(line: bytes, sender: agency) {
        case .item(let item, let digest):
            mustRefuse(item) ? (.sealed, .none) : (.item(item, digest), digest)
        case .malformed(let code, let reason, let id, let digest):
            // Nobody can read from a broken line that it is not what its sender sends by default.
            isSealedByDefault(agency)
                ? (.sealed, .none)
                : (
                    .quarantine(
                        Quarantined(agency: agency, id: id, code: code, reason: reason),
                        digest
                    ), digest
                )
        case .sealed: (.sealed, .none)
        }
    }
}
