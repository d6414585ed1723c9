// swift-tools-version: 6.2
import PackageDescription

/// The house: pure targets first, then the shell around them, then the edges.
///
/// What each may import is said once more, and checked, in `Tests/HouseTests/Imports.swift`.
let package = Package(
    name: "liandong",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "liandong", targets: ["liandong"]),
        .library(name: "LiandongClient", targets: ["LiandongClient", "LiandongClientZeroMQ"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            exact: "2.28.1",
            traits: []
        ),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // Pure: values and rules; no clock, randomness or input and output.
        .target(name: "Domain"),
        .target(name: "Text"),
        .target(name: "Catalogue", dependencies: ["Domain"]),
        .target(
            name: "Linkage",
            dependencies: [
                "CPrefetch", "Domain", "Text",
                .product(name: "HeapModule", package: "swift-collections"),
            ]
        ),
        .target(
            name: "Hashing",
            dependencies: ["CHashing", .product(name: "Crypto", package: "swift-crypto")]
        ),
        .target(name: "Wire", dependencies: ["Domain", "CSimdjson", "Hashing"]),

        // Shell: the running service, over ports.
        .target(name: "Storage", dependencies: ["Domain", "Hashing"]),
        .target(
            name: "Journal",
            dependencies: [
                "Domain", "Wire", "Storage", "Hashing", "CSodium",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "Hub",
            dependencies: [
                "Domain", "Text", "Linkage", "Wire", "Storage", "Journal", "Hashing",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "OrderedCollections", package: "swift-collections"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),

        // Use: questions over a journal, and the simulated county.
        .target(
            name: "Analysis",
            dependencies: ["Domain", "Linkage", "Journal", "Wire", "Storage", "Hashing"]
        ),
        .target(
            name: "Simulation",
            dependencies: [
                "Analysis", "Domain", "Hashing", "Hub", "Journal", "LiandongClient", "Storage",
                "Wire",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),

        // C: module map and shim.
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CJemalloc", providers: [.apt(["libjemalloc-dev"])]),
        .systemLibrary(name: "CCounters"),
        .systemLibrary(name: "CPrefetch"),
        .target(name: "CHashing"),
        .target(name: "CAdmission"),
        .target(
            name: "CSimdjson",
            linkerSettings: [.linkedLibrary("simdjson")]
        ),

        // Edge: the outer world.
        .target(name: "ZeroMQ", dependencies: ["CZeroMQ"]),
        .target(
            name: "Transport",
            dependencies: ["CAdmission", "Domain", "Hub", "Wire", "ZeroMQ"]
        ),
        .target(
            name: "Health",
            dependencies: [
                "Domain", "Hub", "Wire",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ]
        ),
        .target(
            name: "Settings",
            dependencies: [
                "CSodium", "Domain", "Hashing", "Wire", .product(name: "Yams", package: "Yams"),
            ]
        ),

        // What an agency's daemon links.
        .target(
            name: "LiandongClient",
            dependencies: [
                "Domain", "Text", "Wire", "Storage", "Hashing",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "LiandongClientZeroMQ", dependencies: ["LiandongClient", "Wire", "ZeroMQ"]),

        // The command: composition only.
        .executableTarget(
            name: "liandong",
            dependencies: [
                "Analysis", "Catalogue", "CCounters", "CJemalloc", "Domain", "Hashing", "Health",
                "Hub", "Journal",
                "LiandongClient",
                "LiandongClientZeroMQ", "Linkage", "Settings", "Simulation", "Storage", "Text",
                "Transport", "Wire", "ZeroMQ",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),

        .testTarget(name: "CatalogueTests", dependencies: ["Catalogue", "Domain"]),
        .testTarget(name: "DomainTests", dependencies: ["Domain", "Storage"]),
        .testTarget(name: "TextTests", dependencies: ["Storage", "Text"]),
        .testTarget(
            name: "LinkageTests",
            dependencies: ["Domain", "Hashing", "Journal", "Linkage", "Wire"],
            exclude: [
                "Golden/journal.jsonl", "Golden/decisions.jsonl", "Golden/watch.jsonl",
                "Golden/warnings.jsonl",
                "Golden/watch-decisions.jsonl", "Golden/warnings-decisions.jsonl",
            ]
        ),
        .testTarget(name: "WireTests", dependencies: ["Domain", "Hashing", "Storage", "Wire"]),
        .testTarget(name: "StorageTests", dependencies: ["Storage", "Hashing"]),
        .testTarget(
            name: "JournalTests",
            dependencies: ["Domain", "Hashing", "Journal", "Storage", "Wire"]
        ),
        .testTarget(
            name: "HubTests",
            dependencies: [
                "CAdmission", "Domain", "Hashing", "Health", "Hub", "Journal", "LiandongClient",
                "LiandongClientZeroMQ",
                "Linkage", "Settings", "Storage", "Transport", "Wire", "ZeroMQ",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(name: "ZeroMQTests", dependencies: ["ZeroMQ"]),
        .testTarget(
            name: "ClientTests",
            dependencies: ["Domain", "Hashing", "LiandongClient", "Storage", "Text", "Wire"]
        ),
        .testTarget(name: "SettingsTests", dependencies: ["Domain", "Settings", "Wire"]),
        .testTarget(
            name: "AnalysisTests",
            dependencies: [
                "Analysis", "Domain", "Hashing", "Linkage", "Settings", "Simulation", "Storage",
                "Wire",
            ]
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Domain", "Hashing", "Hub", "Settings", "Simulation"]
        ),
        .testTarget(name: "HouseTests"),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

/// Fuzzing of the decoders (docs/fuzzing.md): targets and instrumentation that only `make accept-fuzz`
/// asks for, with the path of libFuzzer's runtime.
let fuzzer = Context.environment["LIANDONG_FUZZ_RUNTIME"]
if let fuzzer {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "Fuzzing",
            dependencies: [
                "CFuzzer", "Domain", "Hashing", "Journal", "LiandongClient", "Settings", "Storage",
                "Wire",
            ],
            path: "Tests/Fuzz/Decoders",
            linkerSettings: [
                .unsafeFlags(["-sanitize=address", "-Xlinker", fuzzer]),
                .linkedLibrary("stdc++"),
            ]
        ),
    ]
}

/// One list for every Swift target; each line says which proposal it comes from.
for target in package.targets where target.type != .system && target.type != .plugin {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),  // SE-0335: an existential is visible
            .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409: C types cannot leak
            .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444: import what you use
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461: fewer hops
            .enableUpcomingFeature("InferIsolatedConformances"),  // SE-0470
            .enableUpcomingFeature("ImmutableWeakCaptures"),  // SE-0481
        ]
}

/// SE-0458: in the modules that touch raw memory, every unsafe use is marked.
for target in package.targets where ["ZeroMQ", "Journal"].contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + [.strictMemorySafety()]
}

/// Only what is ours is watched: cipher and YAML parser are others' and fuzzed by them.
if fuzzer != nil {
    let swiftFlags: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer,address"])]
    for target in package.targets where target.type == .regular || target.type == .executable {
        target.swiftSettings = (target.swiftSettings ?? []) + swiftFlags
        let flags = ["-fsanitize=fuzzer-no-link,address"]
        target.cSettings = (target.cSettings ?? []) + [.unsafeFlags(flags)]
        target.cxxSettings = (target.cxxSettings ?? []) + [.unsafeFlags(flags)]
    }
}
