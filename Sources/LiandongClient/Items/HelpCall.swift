internal import Crypto
internal import Domain
internal import Hashing
import Text

/// What of an accusation with danger to life passes to the open lane (危及生命): place and need for help.
///
/// Nothing else does: no text, no number, no person, no respondent, nothing that tells an accusation.
enum HelpCall {
    /// The call for an accusation; `nil` where nobody's life is in danger.
    ///
    /// - Parameters:
    ///   - ref: The accusation.
    ///   - event: The accusation's event.
    ///   - key: A secret of the agency's; the same accusation makes the same call again.
    /// - Returns: An item of the open lane.
    static func item(for ref: ItemRef, _ event: [UInt8], key: UInt64) -> OutgoingItem? {
        guard let tree = try? JSONReader.read(event[...]),
            case .bool(true)? = tree.value(at: ["data", "danger"]),
            let written = tree.value(at: ["time"])?.text, let time = Timestamp(rfc3339: written)
        else { return nil }
        let id = "JZ-" + name(ref, key: key)
        var members: [(String, String)] = [
            ("title", "现场有人身安全危险,需要救助"), ("text", "现场有人身安全危险,需要救助。"),
            ("purpose", "demand"),
        ]
        if let place = tree.value(at: ["data", "place"])?.text { members.append(("place", place)) }
        var call = JSONTree.object(.init())
        call.set(.string("1.0"), at: ["specversion"])
        call.set(.string(ItemKind.complaint.type), at: ["type"])
        call.set(.string(ref.agency.source), at: ["source"])
        call.set(.string(id), at: ["id"])
        call.set(.string(written), at: ["time"])
        call.set(.string(tree.value(at: ["subject"])?.text ?? "000000"), at: ["subject"])
        for (key, text) in members { call.set(.string(text), at: ["data", key]) }
        call.set(.bool(true), at: ["data", "danger"])
        return OutgoingItem(
            ref: ItemRef(agency: ref.agency, id: id),
            kind: .complaint,
            time: time,
            lane: .open,
            event: call.bytes,
            masked: MaskTally()
        )
    }

    private static func name(_ ref: ItemRef, key: UInt64) -> String {
        let secret = withUnsafeBytes(of: key.bigEndian) { SymmetricKey(data: Array($0)) }
        let code = HMAC<SHA256>.authenticationCode(for: Array(ref.id.utf8), using: secret)
        return Array(code.prefix(8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
