import Catalogue
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
        let folder = AgencyCourier.folder(of: settings)
        self.own = try CourierFiles.secret(
            own ?? folder + "/agency.courier.key",
            opener: settings.keySecret
        )
        self.hub = try CourierFiles.publicKeys(hub ?? folder + "/hub.courier")
    }

    /// The same for the sealed hub, whose keys are its own.
    init(_ settings: AgencySettings, own: String?, sealedHub: String?) throws {
        let hub = sealedHub ?? AgencyCourier.folder(of: settings) + "/sealed.courier"
        try self.init(settings, own: own, hub: hub)
    }

    /// The folder of the agency's file.
    static func folder(of settings: AgencySettings) -> String {
        let parts = settings.file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return parts.isEmpty ? "." : parts.joined(separator: "/")
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

/// Writes accusations of those who keep the lanes for their superior's key alone (上级).
///
/// The text rests on no disk of this side but inside the seal.
struct SuperiorBundles {
    private let settings: AgencySettings
    private let own: CourierKeys
    private let superior: CourierPublicKeys

    init(_ settings: AgencySettings, courier: String, own: String?) throws {
        let folder = AgencyCourier.folder(of: settings)
        self.settings = settings
        self.own = try CourierFiles.secret(
            own ?? folder + "/agency.courier.key",
            opener: settings.keySecret
        )
        superior = try CourierFiles.publicKeys(courier)
    }

    /// Writes one item and gives the file to hand in.
    func write(_ item: OutgoingItem) throws(CommandFailure) -> String {
        let epoch = UInt64.random(in: 1...UInt64.max)
        let bundle = CourierBundle(
            stream: StreamID(agency: settings.agency, name: "superior", epoch: epoch),
            first: 1,
            madeAt: SystemClock().now(),
            content: .lines([item.event])
        )
        let sealed = try opening { () throws(CourierError) in
            try bundle.sealed(by: own, to: superior)
        }
        let path = AgencyCourier.folder(of: settings) + "/superior-\(epoch.hex16).bundle"
        try CourierFiles.write(sealed, to: path)
        return path
    }
}

/// Puts rows into the outboxes and writes what has no receipt into bundles, each lane's for its hub (信使包).
struct LaneBundles {
    let lanes: LaneOutboxes
    let input: PushInput
    let open: AgencyCourier
    let sealed: AgencyCourier?
    let superior: SuperiorBundles?
    let path: String

    func run(isJSON: Bool) throws {
        var outcome = PushOutcome()
        try fill(&outcome)
        let plain = try BundlePush(outbox: lanes.open, keys: open, path: path).write()
        var secret = BundlePush.Written()
        if let outbox = lanes.sealed, let sealed {
            secret = try BundlePush(outbox: outbox, keys: sealed, path: path + ".sealed").write()
        }
        for mistake in outcome.mistakes { Terminal.complain(mistake.description) }
        let document: JSONValue = [
            "items": .integer(Int64(outcome.items)),
            "sealed_items": .integer(Int64(outcome.sealed.items)),
            "bundled": .integer(Int64(plain.items)),
            "bundles": .array(plain.files),
            "sealed_bundled": .integer(Int64(secret.items)),
            "sealed_bundles": .array(secret.files),
            "superior": .integer(Int64(outcome.superior)),
            "set_aside": .integer(Int64(outcome.setAside)),
            "waiting_for_sealed": .integer(Int64(lanes.open.counts.waitingForSealed)),
        ]
        output(document, isJSON: isJSON) {
            let files = plain.files + secret.files
            return files.isEmpty
                ? ["没有待回执的件,不写信使包。"]
                : files.map {
                    "信使包 \($0.string("file")):第 \($0.integer("first")) 至 \($0.integer("last")) 号"
                }
        }
        if outcome.fellShort {
            throw CommandFailure(.fellShort, "not every row is in a bundle")
        }
    }

    /// Reads the rows to their end; each is in its outbox before it is in a bundle.
    private func fill(_ outcome: inout PushOutcome) throws(CommandFailure) {
        while let rows = input.take() {
            if rows.isEmpty { usleep(2000) }
            var items: [OutgoingItem] = []
            for row in rows {
                items += try outcome.take(row, superior, lanes)
            }
            guard !items.isEmpty else { continue }
            do throws(OutboxError) {
                let done = try lanes.put(items, at: SystemClock().now())
                outcome.note(done)
            } catch {
                throw CommandFailure(.fellShort, error.description)
            }
        }
    }
}

/// Writes everything of one outbox that has no receipt into bundles.
struct BundlePush {
    /// What was written.
    struct Written {
        var items = 0
        var files: [JSONValue] = []
    }

    let outbox: Outbox
    let keys: AgencyCourier
    let path: String

    func write() throws -> Written {
        var written = Written()
        var next = outbox.receiptedThrough + 1
        while next <= outbox.lastNumber {
            let count = written.files.count
            let name = count == 0 ? path : "\(path).\(count + 1)"
            let bundle = try lines(from: next)
            let sealed = try opening { () throws(CourierError) in
                try bundle.sealed(by: keys.own, to: keys.hub)
            }
            try CourierFiles.write(sealed, to: name)
            written.files.append([
                "file": .string(name), "first": .integer(Int64(bundle.first)),
                "last": .integer(Int64(bundle.last)),
            ])
            written.items += Int(bundle.last - bundle.first) + 1
            next = bundle.last + 1
        }
        return written
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
