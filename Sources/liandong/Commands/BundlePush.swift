import Domain
import Foundation
import Hub
import LiandongClient
import Settings
import Wire

/// An agency's courier keys, and the hub's public ones.
struct AgencyCourier {
    let own: CourierKeys
    let hub: CourierPublicKeys

    init(_ settings: AgencySettings, own: String?, hub: String?) throws {
        let parts = settings.file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let folder = parts.isEmpty ? "." : parts.joined(separator: "/")
        self.own = try CourierFiles.secret(
            own ?? folder + "/agency.courier.key",
            opener: settings.keySecret
        )
        self.hub = try CourierFiles.publicKeys(hub ?? folder + "/hub.courier")
    }
}

/// Courier keys in files.
enum CourierFiles {
    static func secret(_ path: String, opener: String?) throws -> CourierKeys {
        let texts = try reading { () throws(SettingsError) in
            try CourierKeyFile.readSecret(path, secret: opener)
        }
        guard let keys = CourierKeys(signing: texts.signing, sealing: texts.sealing) else {
            throw bad(path)
        }
        return keys
    }

    static func publicKeys(_ path: String) throws -> CourierPublicKeys {
        let texts = try reading { () throws(SettingsError) in
            try CourierKeyFile.readPublic(path)
        }
        guard let keys = CourierPublicKeys(signing: texts.signing, sealing: texts.sealing) else {
            throw bad(path)
        }
        return keys
    }

    private static func bad(_ path: String) -> CommandFailure {
        CommandFailure(.wrongUse, "\(ErrorCode.badCourierKey.text) \(path) holds no courier keys")
    }

    /// The bytes of a bundle.
    static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int
        guard let size, size <= CourierBundle.bytesMax,
            let data = FileManager.default.contents(atPath: path)
        else {
            throw CommandFailure(
                .wrongUse,
                size == nil
                    ? "\(path) cannot be read"
                    : "\(ErrorCode.bundleTooLarge.text) \(path) is larger than any bundle"
            )
        }
        return [UInt8](data)
    }

    /// Writes a bundle under a name that is not taken, in one step.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        try requireFree(path)
        let fresh = path + ".new"
        guard
            FileManager.default.createFile(
                atPath: fresh,
                contents: Data(bytes),
                attributes: [.posixPermissions: 0o600]
            ), rename(fresh, path) == 0
        else { throw CommandFailure(.fellShort, "\(path) cannot be written") }
    }

    /// Nothing is ever overwritten.
    static func requireFree(_ path: String) throws(CommandFailure) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(.wrongUse, "\(path) is there already; name another file")
        }
    }
}

/// Puts rows into the outbox and writes everything that has no receipt into bundles (信使包).
struct BundlePush {
    let outbox: Outbox
    let input: PushInput
    let keys: AgencyCourier
    let path: String

    func run(isJSON: Bool) throws {
        var outcome = PushOutcome()
        try fill(&outcome)
        var files: [JSONValue] = []
        var next = outbox.receiptedThrough + 1
        let first = next
        while next <= outbox.lastNumber {
            let name = files.isEmpty ? path : "\(path).\(files.count + 1)"
            let bundle = try lines(from: next)
            let sealed = try opening { () throws(CourierError) in
                try bundle.sealed(by: keys.own, to: keys.hub)
            }
            try CourierFiles.write(sealed, to: name)
            files.append([
                "file": .string(name), "first": .integer(Int64(bundle.first)),
                "last": .integer(Int64(bundle.last)),
            ])
            next = bundle.last + 1
        }
        for mistake in outcome.mistakes { Terminal.complain(mistake.description) }
        let document: JSONValue = [
            "items": .integer(Int64(outcome.items)),
            "bundled": .integer(Int64(next - first)),
            "bundles": .array(files),
            "set_aside": .integer(Int64(outcome.setAside)),
            "waiting_for_sealed": .integer(Int64(outbox.counts.waitingForSealed)),
        ]
        output(document, isJSON: isJSON) {
            files.isEmpty
                ? ["没有待回执的件,不写信使包。"]
                : files.map {
                    "信使包 \($0.string("file")):第 \($0.integer("first")) 至 \($0.integer("last")) 号"
                }
        }
        if outcome.fellShort {
            throw CommandFailure(.fellShort, "not every row is in a bundle")
        }
    }

    /// Reads the rows to their end; each is in the outbox before it is in a bundle.
    private func fill(_ outcome: inout PushOutcome) throws(CommandFailure) {
        while let rows = input.take() {
            if rows.isEmpty { usleep(2000) }
            var items: [OutgoingItem] = []
            for row in rows {
                switch row {
                case .item(let item, let remarks):
                    items.append(item)
                    outcome.mistakes += remarks.prefix(
                        max(0, PushOutcome.mistakesMax - outcome.mistakes.count)
                    )
                case .setAside(let mistakes):
                    outcome.setAside += 1
                    outcome.mistakes += mistakes.prefix(
                        max(0, PushOutcome.mistakesMax - outcome.mistakes.count)
                    )
                case .skipped: break
                }
            }
            guard !items.isEmpty else { continue }
            do throws(OutboxError) {
                let (numbers, waiting) = try outbox.put(items, at: SystemClock().now())
                outcome.items += numbers.count
                outcome.waiting += waiting
            } catch {
                throw CommandFailure(.fellShort, error.description)
            }
        }
    }

    /// As many lines from a number on as one bundle takes.
    private func lines(from number: UInt64) throws(CommandFailure) -> CourierBundle {
        var lines: [[UInt8]] = []
        var bytes = 0
        do throws(OutboxError) {
            while lines.count < CourierBundle.numbersMax {
                let page = try outbox.items(
                    from: number + UInt64(lines.count),
                    countMax: min(1024, CourierBundle.numbersMax - lines.count),
                    bytesMax: 1 << 20
                )
                bytes += page.reduce(0) { $0 + $1.event.count + 64 }
                guard !page.isEmpty, lines.isEmpty || bytes <= CourierBundle.contentBytesMax else {
                    break
                }
                for item in page {
                    guard item.number == number + UInt64(lines.count) else {
                        throw OutboxError.lost(
                            number: number + UInt64(lines.count),
                            path: outbox.path
                        )
                    }
                    lines.append(item.event)
                }
            }
        } catch {
            throw CommandFailure(.fellShort, error.description)
        }
        return CourierBundle(
            stream: outbox.stream,
            first: number,
            madeAt: SystemClock().now(),
            content: .lines(lines)
        )
    }
}
