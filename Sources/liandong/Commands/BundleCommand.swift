import ArgumentParser
import Domain
import Hub
import LiandongClient
import LiandongClientZeroMQ
import Settings
import Wire

/// Bundles between networks that do not touch.
struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Bring courier bundles in, and their receipts back (信使包).",
        discussion: "An agency makes bundles with liandong push --bundle OUT.",
        subcommands: [Import.self, TakeReceipts.self, Show.self, Read.self]
    )

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "At the hub: bring a bundle's lines in and write their receipts.",
            discussion: """
                The signature is checked against keys/agency-NAME.courier; the lines go in by a session of
                keys/courier-NAME.key, as if the agency had sent them. Bringing one twice changes nothing and
                gives the same receipts.
                Example: liandong bundle import usb/monday.bundle --config DIR/hub.yaml
                """
        )

        @Argument(help: "The bundle.")
        var file: String
        @Option(help: "The hub's file.")
        var config = "hub.yaml"
        @Option(help: "Where the receipts go; FILE.receipts when left out.")
        var receipts: String?
        @Option(help: "Seconds without a word from the hub.")
        var patience = 60
        @OptionGroup var format: FormatOptions

        func run() throws {
            let settings = try reading { () throws(SettingsError) in try HubSettings(file: config) }
            let folder = KeyFolder(of: settings)
            let own = try CourierFiles.secret(
                CourierKeyFile.secretPath(folder.hubCourier),
                opener: folder.keySecret
            )
            let target = receipts ?? file + ".receipts"
            try CourierFiles.requireFree(target)
            let bytes = try CourierFiles.read(file)
            let bundle = try opening { () throws(CourierError) in
                try CourierBundle(opening: bytes, with: own) { header in
                    try? CourierFiles.publicKeys(folder.courierPath(header.stream.agency.name))
                }
            }
            guard case .lines(let lines) = bundle.content else {
                throw CommandFailure(
                    .wrongUse,
                    "\(ErrorCode.bundleForeign.text) \(file) holds receipts; "
                        + "they belong to the agency: liandong bundle receipts"
                )
            }
            let agency = bundle.stream.agency.name
            let found = try carry(bundle, lines, agency, settings, folder)
            let answer = CourierBundle(
                stream: bundle.stream,
                first: bundle.first,
                madeAt: SystemClock().now(),
                content: .receipts(found)
            )
            let agencyKeys = try CourierFiles.publicKeys(folder.courierPath(agency))
            let sealed = try opening { () throws(CourierError) in
                try answer.sealed(by: own, to: agencyKeys)
            }
            try CourierFiles.write(sealed, to: target)
            let problems = found.count { $0.status != .registered }
            let document: JSONValue = [
                "agency": .string(agency), "stream": .string(bundle.stream.name),
                "first": .integer(Int64(bundle.first)), "last": .integer(Int64(bundle.last)),
                "receipted": .integer(Int64(found.count)),
                "not_registered": .integer(Int64(problems)),
                "receipts": .string(target),
            ]
            output(document, isJSON: format.isJSON) {
                [
                    "\(agency)/\(bundle.stream.name) 第 \(bundle.first) 至 \(bundle.last) 号:"
                        + "回执 \(found.count) 件,其中未登记 \(problems) 件",
                    "回执包 \(target)",
                ]
            }
        }

        private func carry(
            _ bundle: CourierBundle,
            _ lines: [[UInt8]],
            _ agency: String,
            _ settings: HubSettings,
            _ folder: KeyFolder
        ) throws -> [Receipt] {
            guard let state = HubProcess.state(of: settings.dataFolder) else {
                throw CommandFailure(.unreachable, "no hub runs on \(settings.dataFolder)")
            }
            let endpoint = state.string("endpoint")
                .replacing("tcp://0.0.0.0:", with: "tcp://127.0.0.1:")
            let (hub, pair) = try reading { () throws(SettingsError) in
                (
                    try folder.hubPair(),
                    try KeyFile.readPair(
                        folder.courierPairPath(agency),
                        secret: folder.keySecret
                    )
                )
            }
            do throws(LineCarrier.Failure) {
                return try LineCarrier.carry(
                    LineCarrier.Lines(
                        stream: bundle.stream.name,
                        epoch: bundle.stream.epoch,
                        first: bundle.first,
                        events: lines
                    ),
                    agent: Version.agent,
                    patience: .seconds(Int64(max(1, patience)))
                ) { () throws(ConnectionError) in
                    try ZeroMQConnection(
                        endpoint: endpoint,
                        hubKey: hub.publicKey,
                        secretKey: pair.secretKey
                    )
                }
            } catch {
                switch error {
                case .outOfOrder:
                    throw CommandFailure(
                        .fellShort,
                        "\(ErrorCode.bundleOutOfOrder.text) \(file): \(error.description)"
                    )
                case .wrongDigest: throw CommandFailure(.fellShort, error.description)
                case .refused, .silent, .network:
                    throw CommandFailure(.unreachable, error.description)
                }
            }
        }
    }

    struct TakeReceipts: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "receipts",
            abstract:
                "At the agency: take the receipts that a courier brought back into the outbox.",
            discussion: """
                Example: liandong bundle receipts monday.bundle.receipts --config agency.yaml
                """
        )

        @Argument(help: "The bundle of receipts.")
        var file: String
        @Option(help: "The agency's file.")
        var config = "agency.yaml"
        @Option(help: "The own courier keys; agency.courier.key beside agency.yaml when left out.")
        var courierKey: String?
        @Option(help: "The hub's public courier keys; hub.courier when left out.")
        var hubCourier: String?
        @Option(help: "The sealed hub's public courier keys; sealed.courier when left out.")
        var sealedCourier: String?
        @OptionGroup var format: FormatOptions

        func run() throws {
            let settings = try reading { () throws(SettingsError) in
                try AgencySettings(file: config)
            }
            let lanes = try AgencyOutbox.open(settings)
            let bytes = try CourierFiles.read(file)
            let header = try opening { () throws(CourierError) in
                try CourierBundle.header(of: bytes)
            }
            // The header is proved below; here it only says which hub's key to prove it with.
            let isSealed = header.stream == lanes.sealed?.stream
            let outbox = isSealed ? lanes.sealed ?? lanes.open : lanes.open
            let keys =
                isSealed
                ? try AgencyCourier(settings, own: courierKey, sealedHub: sealedCourier)
                : try AgencyCourier(settings, own: courierKey, hub: hubCourier)
            let bundle = try opening { () throws(CourierError) in
                try CourierBundle(opening: bytes, with: keys.own) { _ in keys.hub }
            }
            guard case .receipts(let receipts) = bundle.content, bundle.stream == outbox.stream
            else {
                throw CommandFailure(
                    .wrongUse,
                    "\(ErrorCode.bundleForeign.text) \(file) holds no receipts of "
                        + "\(outbox.stream.agency.name)/\(outbox.stream.name), "
                        + "epoch \(outbox.stream.epoch.hex16)"
                )
            }
            do throws(OutboxError) {
                let refused = receipts.filter { $0.status == Receipt.Status.ofOtherLane }
                if !isSealed, !refused.isEmpty {
                    _ = try lanes.move(refused.map(\.number), at: SystemClock().now())
                }
                try outbox.record(receipts, at: SystemClock().now())
            } catch {
                throw CommandFailure(.fellShort, error.description)
            }
            let counts = outbox.counts
            let document: JSONValue = [
                "lane": .string(outbox.lane.rawValue),
                "receipts": .integer(Int64(receipts.count)),
                "receipted_through": .integer(Int64(outbox.receiptedThrough)),
                "unreceipted": .integer(Int64(counts.unreceipted)),
                "quarantined": .integer(Int64(counts.quarantined)),
                "refused": .integer(Int64(counts.refused)),
            ]
            output(document, isJSON: format.isJSON) {
                [
                    "回执 \(receipts.count) 件已入发件箱,回执至第 \(outbox.receiptedThrough) 号,"
                        + "待回执 \(counts.unreceipted) 件"
                ]
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a bundle says of itself, unproved.",
            discussion: "Example: liandong bundle show monday.bundle"
        )

        @Argument(help: "The bundle.")
        var file: String
        @OptionGroup var format: FormatOptions

        func run() throws {
            let bytes = try CourierFiles.read(file)
            let header = try opening { () throws(CourierError) in
                try CourierBundle.header(of: bytes)
            }
            let document: JSONValue = [
                "kind": .string("\(header.kind)"),
                "agency": .string(header.stream.agency.name),
                "stream": .string(header.stream.name),
                "epoch": .string(header.stream.epoch.hex16),
                "first": .integer(Int64(header.first)),
                "count": .integer(Int64(header.count)),
                "made_at": .string(header.madeAt.rfc3339),
                "bytes": .integer(Int64(bytes.count)),
            ]
            output(document, isJSON: format.isJSON) {
                [
                    "\(header.stream.agency.name)/\(header.stream.name) \(header.kind) "
                        + "\(header.first)+\(header.count) \(header.madeAt.rfc3339)"
                ]
            }
        }
    }
}

/// What the superior does with an accusation of those who keep the lanes.
extension BundleCommand {
    struct Read: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "read",
            abstract: "At the superior: read an accusation of those who keep the lanes (上级).",
            discussion: """
                Prints each item of a superior-….bundle as one line of JSON, on standard output alone: no hub
                takes it, and nothing is written. The signature is checked against the agency's public keys.
                Example: liandong bundle read superior-9f….bundle --own superior.courier.key \
                  --from xinfang.courier
                """
        )

        @Argument(help: "The bundle.")
        var file: String
        @Option(help: "The superior's own courier keys.")
        var own: String
        @Option(help: "The public courier keys of the agency that made it.")
        var from: String

        func run() throws {
            let keys = try CourierFiles.secret(own, opener: nil)
            let signer = try CourierFiles.publicKeys(from)
            let bytes = try CourierFiles.read(file)
            let bundle = try opening { () throws(CourierError) in
                try CourierBundle(opening: bytes, with: keys) { _ in signer }
            }
            guard case .lines(let lines) = bundle.content else {
                throw CommandFailure(
                    .wrongUse,
                    "\(ErrorCode.bundleForeign.text) \(file) holds receipts and no items"
                )
            }
            for line in lines { Terminal.print(String(decoding: line, as: UTF8.self)) }
        }
    }
}

/// Opens or seals a bundle; what is wrong with it is told with its code.
func opening<Value>(
    _ open: () throws(CourierError) -> Value
) throws(CommandFailure) -> Value {
    do throws(CourierError) {
        return try open()
    } catch {
        throw CommandFailure(.fellShort, error.description)
    }
}
