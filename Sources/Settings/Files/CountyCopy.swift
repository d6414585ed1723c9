import Domain
import Foundation
import Glibc

/// The county's own files beside a backup of its journal (县级目录副本): configuration and the hub's keys.
///
/// The secret keys of agencies and officers are not among them: they belong on their own machines.
package enum CountyCopy {
    /// The name of the copy's folder in a backup.
    package static let name = "county"

    /// Copies `hub.yaml`, the files beside it and the keys folder, in place of an earlier copy.
    ///
    /// - Parameters:
    ///   - hub: The hub's settings.
    ///   - backup: The backup's folder, which exists.
    ///   - hasHubKey: Whether the hub's secret key goes with it.
    /// - Throws: What cannot be read or written.
    package static func make(
        of hub: HubSettings,
        to backup: String,
        hasHubKey: Bool
    ) throws(SettingsError) {
        let target = FileText.join(backup, name)
        let fresh = target + ".copy"
        let old = target + ".old"
        for path in [fresh, old] { try remove(path) }
        try FileText.createFolder(fresh)
        try FileText.createFolder(FileText.join(fresh, "keys"))
        try FileText.create(
            FileText.join(fresh, "hub.yaml"),
            try FileText.read(hub.file),
            mode: 0o600
        )
        for file in ConfigurationFile.Name.allCases.map({ $0.token + ".yaml" }) {
            try copy(FileText.join(hub.folder, file), FileText.join(fresh, file))
        }
        let retention = FileText.join(hub.folder, RetentionSettings.fileName)
        if FileText.exists(retention) {
            try copy(retention, FileText.join(fresh, RetentionSettings.fileName))
        }
        for file in try keyFiles(hub.keysFolder) where hasHubKey || !isSecret(file) {
            try copy(FileText.join(hub.keysFolder, file), FileText.join(fresh, "keys/" + file))
        }
        if FileText.exists(target) { try rename(target, old) }
        try rename(fresh, target)
        try remove(old)
    }

    /// Writes those files of a backup that a folder lacks; nothing is overwritten.
    ///
    /// - Parameters:
    ///   - backup: The backup's folder.
    ///   - folder: The county's folder, made where it is missing.
    /// - Returns: The settings that the folder has now, and the files that were written.
    /// - Throws: What cannot be read or written.
    package static func restore(
        from backup: String,
        to folder: String
    ) throws(SettingsError) -> (settings: HubSettings, written: [String]) {
        let source = FileText.join(backup, name)
        var written: [String] = []
        func add(_ from: String, _ path: String) throws(SettingsError) {
            guard !FileText.exists(path), FileText.exists(from) else { return }
            try copy(from, path)
            written.append(path)
        }
        try FileText.createFolder(folder, mode: 0o755)
        let names = ["hub", "retention"] + ConfigurationFile.Name.allCases.map(\.token)
        for file in names.map({ $0 + ".yaml" }) {
            try add(FileText.join(source, file), FileText.join(folder, file))
        }
        let settings = try HubSettings(file: FileText.join(folder, "hub.yaml"))
        try FileText.createFolder(settings.keysFolder)
        for file in try keyFiles(FileText.join(source, "keys")) {
            try add(
                FileText.join(source, "keys/" + file),
                FileText.join(settings.keysFolder, file)
            )
        }
        return (settings, written)
    }

    private static func keyFiles(_ folder: String) throws(SettingsError) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw SettingsError(
                SettingsMistake(
                    file: folder,
                    problem: "is no folder that can be read",
                    remedy: "name the folder of the keys in hub.yaml"
                )
            )
        }
        let suffixes = [".pub", ".key", ".courier", KeyBook.name]
        return names.sorted().filter { name in suffixes.contains { name.hasSuffix($0) } }
    }

    private static func isSecret(_ file: String) -> Bool { file.hasSuffix(".key") }

    private static func copy(_ from: String, _ path: String) throws(SettingsError) {
        let isSecret = isSecret(path) || path.hasSuffix(KeyBook.name)
        let text = try FileText.read(from, isSecret: isSecret)
        try FileText.create(path, text, mode: isSecret ? 0o600 : 0o644)
    }

    private static func rename(_ path: String, _ other: String) throws(SettingsError) {
        guard Glibc.rename(path, other) == 0 else {
            throw SettingsError(
                SettingsMistake(
                    file: other,
                    problem: "cannot be written (\(String(cString: strerror(errno))))",
                    remedy: "check the folder's rights and room"
                )
            )
        }
    }

    private static func remove(_ path: String) throws(SettingsError) {
        guard FileText.exists(path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "cannot be removed",
                    remedy: "check the folder's rights"
                )
            )
        }
    }
}
