import Foundation

/// The folder of labelled complaints beside the repository, or where `LIANDONG_SHARED` says.
enum Shared {
    /// Its `data`; `nil` where it is missing.
    static var data: URL? {
        let named = ProcessInfo.processInfo.environment["LIANDONG_SHARED"]
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let shared =
            named.map { URL(filePath: $0) }
            ?? root.deletingLastPathComponent().appending(path: "shared")
        let data = shared.appending(path: "data")
        let scorer = data.appending(path: "score.py").path
        return FileManager.default.fileExists(atPath: scorer) ? data : nil
    }

    static func lines(_ file: String) throws -> [[String: Any]] {
        guard let url = data?.appending(path: file) else { return [] }
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    /// What the reference prints for some lines.
    static func reference(
        _ rows: [[String: String]],
        data: URL,
        _ option: String? = nil
    ) throws -> [String: Any] {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "liandong-score-\(UUID().uuidString).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        var text = Data()
        for row in rows {
            text += try JSONSerialization.data(withJSONObject: row)
            text.append(10)
        }
        try text.write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", data.appending(path: "score.py").path] + [option].compactMap { $0 }
            + [file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONSerialization.jsonObject(with: printed) as? [String: Any] ?? [:]
    }
}
