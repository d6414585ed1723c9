package import Domain
import Text
import Wire

/// Looks at each line that an agency sends: form, source and lane (门岗).
///
/// It decides nothing about content (DESIGN §4) but whether it is an accusation, by its own word, by the
/// default of the agency or by its wording, and never touches the disk; numbers are the session's. One
/// thread uses it.
package struct Gate {
    private let agencies: AgencyRegister
    private let lane: Lane
    private let screensWording: Bool
    private let checksMasking: Bool
    private let keepers: LaneKeepers
    private let decoder: EventDecoder

    /// A gate for the registered agencies.
    ///
    /// - Parameters:
    ///   - agencies: Who may send.
    ///   - lane: What its hub serves.
    ///   - screensWording: Look for accusations by their wording as well.
    ///   - checksMasking: Look once more for personal data in the clear.
    ///   - keepers: All names of the units that keep the lanes, by the register in force.
    package init(
        agencies: AgencyRegister,
        lane: Lane = .open,
        screensWording: Bool = true,
        checksMasking: Bool = true,
        keepers: [String] = []
    ) {
        self.checksMasking = checksMasking
        self.keepers = LaneKeepers(units: keepers)
        self.agencies = agencies
        self.lane = lane
        self.screensWording = screensWording
        decoder = EventDecoder(lane: lane)
    }

    /// The agency is registered.
    package func knows(_ agency: AgencyID) -> Bool { agencies[agency] != nil }

    /// The lane of an item: by its own word or the default of the agency's grant (条例 §30), and where
    /// these say open, by its wording, which can only move it towards sealed.
    package func lane(of item: Item) -> Lane {
        let purpose = item.purpose ?? agencies[item.ref.agency]?.defaultPurpose
        if Lane(purpose: purpose, competence: item.competence) == .sealed { return .sealed }
        guard screensWording,
            AccusationScreen.standard.finding(title: item.title, text: item.text) != nil
        else { return .open }
        return .sealed
    }

    /// Whether this lane must refuse the item: the open one an accusation, the sealed one everything else, and
    /// what accuses those who keep the lanes, of which the superior alone may learn.
    ///
    /// A step in another item's life (`life.*`) goes where its sender has sent that item.
    package func mustRefuse(_ item: Item) -> Bool {
        guard lane == .sealed else { return lane(of: item) == .sealed }
        if item.kind.isLife { return false }
        return lane(of: item) == .open
            || keepers.areAccused(respondent: item.respondent, title: item.title)
    }

    private func isSealedByDefault(_ agency: AgencyID) -> Bool {
        agencies[agency]?.defaultPurpose == .accusation
    }

    /// What one line is, where no grants are in force: an evaluation, a county's past in a file.
    package func inspect(_ bytes: UnsafeRawBufferPointer, from agency: AgencyID) -> IntakeLine {
        let outcome = decoder.decode(line: bytes, sender: agency)
        return line(0..<bytes.count, in: bytes, outcome, from: agency, nil)
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
            found.append(line(lines[place], in: bytes, outcome, from: agency, (access, time)))
        }
        return found
    }

    private func line(
        _ bytes: Range<Int>,
        in batch: UnsafeRawBufferPointer,
        _ outcome: consuming EventDecoder.Outcome,
        from agency: AgencyID,
        _ grants: (access: Access, time: Timestamp)?
    ) -> IntakeLine {
        switch consume outcome {
        case .item(let item, let digest):
            let purpose = item.purpose ?? agencies[agency]?.defaultPurpose
            let isGranted =
                grants.map { $0.access.permitsPush(of: item, purpose: purpose, at: $0.time) }
                ?? true
            let (id, time) = (item.ref.id, item.time)
            guard !mustRefuse(item) else { return refused(bytes, id) }
            if let marked = marked(bytes, in: batch, id, digest, from: agency) { return marked }
            if checksMasking, grants != nil, let (code, kind) = Gate.unmasked(item) {
                let reason = "it holds a \(kind.rawValue) in the clear"
                return aside(bytes, code, reason, id, digest, from: agency)
            }
            guard isGranted else {
                // Nothing is lost: a person looks at it, and mends the grant or the item.
                let reason = "no grant lets \(agency.name) push items of \(item.division.code)"
                return aside(bytes, .notGranted, reason, id, digest, from: agency)
            }
            return IntakeLine(
                bytes: bytes,
                content: .item(item, digest),
                digest: digest,
                id: id,
                itemTime: time
            )
        case .malformed(let code, let reason, let id, let digest):
            // Nobody can read from a broken line that it is not what its sender sends by default.
            guard lane == .sealed || !isSealedByDefault(agency) else { return refused(bytes, id) }
            if let marked = marked(bytes, in: batch, id, digest, from: agency) { return marked }
            if checksMasking, grants != nil, let (code, kind) = Gate.unmasked(bytes, in: batch) {
                let reason = "it holds a \(kind.rawValue) in the clear"
                return aside(bytes, code, reason, id, digest, from: agency)
            }
            return aside(bytes, code, reason, id, digest, from: agency)
        case .sealed: return refused(bytes, "")
        }
    }

    /// A line with a secrecy marking (密级标志), whole or broken: of it nothing but its number and a digest is kept.
    ///
    /// Asked before anything that keeps a line aside, because what is kept aside lies on disk with its text.
    private func marked(
        _ bytes: Range<Int>,
        in batch: UnsafeRawBufferPointer,
        _ id: String,
        _ digest: ContentDigest,
        from agency: AgencyID
    ) -> IntakeLine? {
        let line = UnsafeRawBufferPointer(rebasing: batch[bytes])
        guard SecrecyMarking.first(inLine: line) != nil else { return nil }
        let named = SecrecyMarking.first(in: id, isTitle: true) == nil ? id : ""
        let reason =
            "it has a secrecy marking; such a text must not enter this system, take it out of the feed"
        return aside(bytes, .secrecyMarking, reason, named, digest, from: agency)
    }

    /// The first field that holds personal data in the clear, and what it holds (脱敏复核).
    ///
    /// The client masks before anything leaves the agency; this is for clients that do not.
    private static func unmasked(_ item: Item) -> (ErrorCode, MaskKind)? {
        let fields: [(String, ErrorCode)] = [
            (item.title, .unmaskedTitle), (item.text, .unmaskedText),
            (item.place, .unmaskedPlace), (item.respondent, .unmaskedRespondent),
        ]
        for (text, code) in fields where !text.isEmpty {
            if let kind = PersonalData.kind(in: text) { return (code, kind) }
        }
        return nil
    }

    /// What a line that is no item holds in the clear: what is kept aside lies on disk as it came.
    private static func unmasked(
        _ bytes: Range<Int>,
        in batch: UnsafeRawBufferPointer
    ) -> (ErrorCode, MaskKind)? {
        let line = UnsafeRawBufferPointer(rebasing: batch[bytes])
        guard let (kind, member) = PersonalData.first(inLine: line) else { return nil }
        return switch member {
        case "title": (.unmaskedTitle, kind)
        case "place": (.unmaskedPlace, kind)
        case "respondent": (.unmaskedRespondent, kind)
        default: (.unmaskedText, kind)
        }
    }

    /// A line that a person must look at, or that its sender must mend (待校验); the code says how much of it is kept.
    private func aside(
        _ bytes: Range<Int>,
        _ code: ErrorCode,
        _ reason: String,
        _ id: String,
        _ digest: ContentDigest,
        from agency: AgencyID
    ) -> IntakeLine {
        IntakeLine(
            bytes: bytes,
            content: .quarantine(Quarantined(agency: agency, id: id, code: code, reason: reason)),
            digest: digest,
            id: id,
            itemTime: nil
        )
    }

    /// A line of the other lane: its id goes back to the sender with the receipt, so that this one is as
    /// long as any other, and stands in no journal.
    private func refused(_ bytes: Range<Int>, _ id: String) -> IntakeLine {
        IntakeLine(bytes: bytes, content: .sealedRefusal, digest: .none, id: id, itemTime: nil)
    }
}
