import Foundation
import Testing

/// What each target may import: DESIGN §3, written once more so that a stray edge fails a test.
private let allowed: [String: Set<String>] = [
    "Domain": [],
    "Text": [],
    "Catalogue": ["Domain"],
    "Linkage": ["Domain", "Text", "HeapModule", "CPrefetch"],
    "Hashing": ["Crypto", "CHashing"],
    "Wire": ["Domain", "CSimdjson", "Hashing"],
    "Storage": ["Domain", "Hashing", "Glibc", "Synchronization"],
    "Journal": [
        "Domain", "Wire", "Storage", "Hashing", "Crypto", "CSodium", "Synchronization",
    ],
    "Hub": [
        "Domain", "Text", "Linkage", "Wire", "Storage", "Journal", "Hashing", "Logging",
        "OrderedCollections", "ServiceLifecycle", "Synchronization", "Dispatch", "Glibc",
    ],
    "Analysis": ["Domain", "Linkage", "Journal", "Wire", "Storage", "Hashing"],
    "Simulation": [
        "Domain", "Hashing", "Wire", "Storage", "Journal", "Hub", "Analysis", "LiandongClient",
        "Logging", "Synchronization",
    ],
    "ZeroMQ": ["CZeroMQ", "Glibc", "Synchronization"],
    "Transport": [
        "CAdmission", "Domain", "Hub", "Wire", "ZeroMQ", "Logging", "Synchronization", "Glibc",
    ],
    "Health": [
        "Domain", "Hub", "Wire", "Hummingbird", "Logging", "Metrics", "CoreMetrics",
        "Synchronization", "Storage",
    ],
    "Settings": ["CSodium", "Domain", "Hashing", "Wire", "Yams", "Foundation", "Glibc"],
    "LiandongClient": [
        "Domain", "Text", "Wire", "Storage", "Hashing", "Crypto", "Foundation", "Logging",
        "Glibc", "Synchronization", "Dispatch",
    ],
    "LiandongClientZeroMQ": ["LiandongClient", "Wire", "ZeroMQ"],
]

/// The targets whose results must depend on nothing but their arguments.
private let pure: Set<String> = ["Domain", "Text", "Linkage", "Wire", "Catalogue"]

/// Names that bring a clock, a die or a changing order into a pure target.
private let impure = [
    "Foundation", "hashValue", "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator",
    ".random(", "randomElement", ".shuffled()", "Date()", "clock_gettime",
]

@Suite struct Imports {
    @Test func everyImportIsOneThatTheLayerAllows() throws {
        for (target, path, line) in try sourceLines() {
            guard let name = importedModule(line), let permitted = allowed[target] else {
                continue
            }
            #expect(permitted.contains(name), "\(path) imports \(name), which \(target) may not")
        }
    }

    @Test func everyTargetHasARule() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: root + "/Sources")
        let exempt = [
            "CZeroMQ", "CSimdjson", "CHashing", "CJemalloc", "CSodium", "CCounters", "CPrefetch",
            "CAdmission", "liandong",
        ]
        for folder in folders where !exempt.contains(folder) {
            #expect(allowed[folder] != nil, "Sources/\(folder) is in no row of the table")
        }
    }

    @Test func pureTargetsHaveNoClockAndNoChance() throws {
        for (target, path, line) in try sourceLines() where pure.contains(target) {
            let code = line.split(separator: "//", omittingEmptySubsequences: false)[0]
            for name in impure {
                #expect(!code.contains(name), "\(path) uses \(name)")
            }
        }
    }
}

@Suite struct Tidiness {
    @Test func filesCanBeReadInASitting() throws {
        for path in try swiftFiles(under: "Sources") + swiftFiles(under: "Tests") {
            let count = try String(contentsOfFile: path, encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(count <= 500, "\(path) has \(count) lines; split it by topic")
        }
    }

    @Test func nothingIsMarkedUnfinished() throws {
        let words = ["TO" + "DO", "FIX" + "ME", "not " + "implemented", "@test" + "able"]
        for path in try swiftFiles(under: "Sources") + swiftFiles(under: "Tests") {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            for word in words {
                #expect(!text.contains(word), "\(path) holds \(word)")
            }
        }
    }

    @Test func testsDoNotSleep() throws {
        let calls = ["Task.sle" + "ep", "usle" + "ep(", "Thread.sle" + "ep", "nanosle" + "ep"]
        for path in try swiftFiles(under: "Tests/") {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            for call in calls {
                #expect(!text.contains(call), "\(path) calls \(call)")
            }
        }
    }
}

/// The folder of the repository.
private let root: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/")
}()

private func swiftFiles(under folder: String) throws -> [String] {
    let base = root + "/" + folder
    let enumerator = FileManager.default.enumerator(atPath: base)
    var files: [String] = []
    while let name = enumerator?.nextObject() as? String {
        if name.hasSuffix(".swift") { files.append(base + "/" + name) }
    }
    #expect(!files.isEmpty, "no Swift files under \(folder)")
    return files.sorted()
}

private func sourceLines() throws -> [(target: String, path: String, line: Substring)] {
    var lines: [(String, String, Substring)] = []
    for path in try swiftFiles(under: "Sources") {
        let inside = path.dropFirst((root + "/Sources/").count)
        let target = String(inside.prefix { $0 != "/" })
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for line in text.split(separator: "\n") { lines.append((target, path, line)) }
    }
    return lines
}

/// The top module of an import line, whatever its access level or attributes.
private func importedModule(_ line: Substring) -> String? {
    var words = line.split(separator: " ")
    while let first = words.first,
        first.hasPrefix("@") || ["public", "package", "internal", "private"].contains(first)
    {
        words.removeFirst()
    }
    guard words.first == "import", var name = words.dropFirst().first else { return nil }
    if ["struct", "class", "enum", "protocol", "func", "var", "typealias"].contains(name) {
        guard let next = words.dropFirst(2).first else { return nil }
        name = next
    }
    return name.split(separator: ".").first.map(String.init)
}
