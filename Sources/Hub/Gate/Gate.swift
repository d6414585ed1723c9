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

    /// What one line is, where no grants are in force: an evaluation, a county's past in a file.
    package func inspect(_ bytes: UnsafeRawBufferPointer, from agency: AgencyID) -> IntakeLine {
        line(0..<bytes.count, decoder.decode(line: bytes, sender: agency), from: agency, nil)
    }

    /// What each of the lines of a batch is.
    ///
    /// - Parameters:
    ///   - lines: Where they stand.
    ///   - bytes: The batch.
    ///   - agency: Who sends.
    ///   - access: What the sender may do.
    ///   - time: When.
    /// - Returns: One a line.
    package func inspect(
        _ lines: [Range<Int>],
        in bytes: UnsafeRawBufferPointer,
        from agency: AgencyID,
        _ access: Access,
        at time: Timestamp
    ) -> [IntakeLine] {
        var found: [IntakeLine] = []
        found.reserveCapacity(lines.count)
        decoder.decode(lines: lines, in: bytes, sender: agency) { place, outcome in
            found.append(line(lines[place], outcome, from: agency, (access, time)))
        }
        return found
    }

    private func line(
        _ bytes: Range<Int>,
        _ outcome: consuming EventDecoder.Outcome,
        from agency: AgencyID,
        _ grants: (access: Access, time: Timestamp)?
    ) -> IntakeLine {
        switch consume outcome {
        case .item(let item, let digest):
            guard !mustRefuse(item) else { return refused(bytes) }
            let purpose = item.purpose ?? agencies[agency]?.defaultPurpose
            if let (access, time) = grants,
                !access.permitsPush(of: item, purpose: purpose, at: time)
            {
                // Nothing is lost: a person looks at it, and mends the grant or the item.
                let line = Quarantined(
                    agency: agency,
                    id: item.ref.id,
                    code: .notGranted,
                    reason: "no grant lets \(agency.name) push items of \(item.division.code)"
                )
                return IntakeLine(
                    bytes: bytes,
                    content: .quarantine(line),
                    digest: digest,
                    id: item.ref.id,
                    itemTime: nil
                )
            }
            let (id, time) = (item.ref.id, item.time)
            return IntakeLine(
                bytes: bytes,
                content: .item(item, digest),
                digest: digest,
                id: id,
                itemTime: time
            )
        case .malformed(let code, let reason, let id, let digest):
            // Nobody can read from a broken line that it is not what its sender sends by default.
            guard !isSealedByDefault(agency) else { return refused(bytes) }
            return IntakeLine(
                bytes: bytes,
                content: .quarantine(
                    Quarantined(agency: agency, id: id, code: code, reason: reason)
                ),
                digest: digest,
                id: id,
                itemTime: nil
            )
        case .sealed: return refused(bytes)
        }
    }

    private func refused(_ bytes: Range<Int>) -> IntakeLine {
        IntakeLine(bytes: bytes, content: .sealedRefusal, digest: .none, id: "", itemTime: nil)
    }
}
