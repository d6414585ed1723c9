internal import Crypto
internal import Domain
internal import Hashing
import Text

/// What of an accusation passes to the open lane: where a life is in danger place and need for help (危及生命), and
/// that an item is taken back which the open lane has from before (撤回).
///
/// Nothing else does: no text, no person, no respondent, nothing that tells an accusation; of one that was never
/// open no number either.
enum OpenNote {
    /// The call for an accusation; `nil` where nobody's life is in danger.
    ///
    /// - Parameters:
    ///   - ref: The accusation.
    ///   - event: The accusation's event.
    ///   - key: A secret of the agency's; the same accusation makes the same call again.
    /// - Returns: An item of the open lane.
    static func helpCall(for ref: ItemRef, _ event: [UInt8], key: UInt64) -> OutgoingItem? {
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

    /// The withdrawal of an item that the open lane has, as its agency gives it for whatever reason.
    ///
    /// - Parameters:
    ///   - item: What the item has become.
    ///   - key: A secret of the agency's; the same item is withdrawn under the same number again.
    /// - Returns: A step of life of the open lane.
    static func withdrawal(of item: OutgoingItem, key: UInt64) -> OutgoingItem? {
        guard let tree = try? JSONReader.read(item.event[...]),
            let written = tree.value(at: ["time"])?.text
        else { return nil }
        let ref = item.ref
        let id = "CH-" + name(ref, "withdrawn/", key: key)
        let kind = ItemKind.life("withdrawn")
        var step = JSONTree.object(.init())
        step.set(.string("1.0"), at: ["specversion"])
        step.set(.string(kind.type), at: ["type"])
        step.set(.string(ref.agency.source), at: ["source"])
        step.set(.string(id), at: ["id"])
        step.set(.string(written), at: ["time"])
        step.set(.string(tree.value(at: ["subject"])?.text ?? "000000"), at: ["subject"])
        step.set(.string(ref.agency.source), at: ["data", "item", "source"])
        step.set(.string(ref.id), at: ["data", "item", "id"])
        return OutgoingItem(
            ref: ItemRef(agency: ref.agency, id: id),
            kind: kind,
            time: item.time,
            lane: .open,
            event: step.bytes,
            masked: MaskTally()
        )
    }

    private static func name(_ ref: ItemRef, _ prefix: String = "", key: UInt64) -> String {
        let secret = withUnsafeBytes(of: key.bigEndian) { SymmetricKey(data: Array($0)) }
        let code = HMAC<SHA256>.authenticationCode(
            for: Array((prefix + ref.id).utf8),
            using: secret
        )
        return Array(code.prefix(8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
