import Domain
import Foundation
import Glibc

/// Small files read whole and written once.
enum FileText {
    /// The most bytes of a settings file.
    static let bytesMax = 4 << 20

    /// The text of a file; with `isSecret` it must be its owner's alone.
    static func read(_ path: String, isSecret: Bool = false) throws(SettingsError) -> String {
        var bytes = try readBytes(path, modeMax: isSecret ? 0o600 : nil)
        defer { if isSecret { erase(&bytes) } }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "is not UTF-8",
                    remedy: "save it as UTF-8, for example with iconv -f GB18030 -t UTF-8"
                )
            )
        }
        return text
    }

    /// The bytes of a file; with `modeMax` it must be its owner's, with no rights beyond these, and the caller
    /// zeroes what it got.
    static func readBytes(_ path: String, modeMax: mode_t?) throws(SettingsError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "cannot be opened (\(reason(errno)))",
                    remedy: errno == ENOENT ? "create it or correct the path" : "check its rights"
                )
            )
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SettingsError(
                SettingsMistake(file: path, problem: "is no file", remedy: "name a file here")
            )
        }
        if let modeMax, let mistake = looseness(of: status, path: path, modeMax: modeMax) {
            throw SettingsError(mistake)
        }
        guard status.st_size <= bytesMax else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "is larger than 4 MiB",
                    remedy: "check that it is the right file"
                )
            )
        }
        // Room for all of it at once, so that no piece of a secret stays behind where an array grew; one byte
        // more than it should be shows that it grew meanwhile.
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return Glibc.read(descriptor, start + filled, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                erase(&bytes)
                throw SettingsError(
                    SettingsMistake(
                        file: path,
                        problem: "cannot be read (\(reason(errno)))",
                        remedy: "check that it is the right file"
                    )
                )
            }
            if count == 0 { break }
            filled += count
        }
        guard filled < bytes.count else {
            erase(&bytes)
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "grew while it was read",
                    remedy: "write it whole, then try again"
                )
            )
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    private static func erase(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { buffer in
            if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
        }
    }

    /// Writes a new file and syncs it; one that is there is never touched.
    static func create(_ path: String, _ text: String, mode: mode_t) throws(SettingsError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else {
            let isThere = errno == EEXIST
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: isThere ? "is there already" : "cannot be made (\(reason(errno)))",
                    remedy: isThere
                        ? "move it away first; nothing is overwritten" : "check the folder's rights"
                )
            )
        }
        defer { close(descriptor) }
        // The mask of the process must not decide who can read the hub's settings.
        var rest = Array(text.utf8)[...]
        var failure: Int32 = fchmod(descriptor, mode) == 0 ? 0 : errno
        while failure == 0, !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno != EINTR { failure = errno }
            } else {
                rest = rest.dropFirst(count)
            }
        }
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        if failure != 0 {
            unlink(path)
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "cannot be written (\(reason(failure)))",
                    remedy: "make room and try again"
                )
            )
        }
    }

    /// Writes a file under another name, syncs it and gives it its name: after a crash there is the old one or
    /// the new one.
    static func replace(_ path: String, _ text: String, mode: mode_t) throws(SettingsError) {
        let fresh = path + ".new"
        unlink(fresh)
        try create(fresh, text, mode: mode)
        guard rename(fresh, path) == 0 else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "cannot be written (\(reason(errno)))",
                    remedy: "check the folder's rights and room"
                )
            )
        }
        let descriptor = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
    }

    /// Makes a folder that its owner alone may enter, with the folders above it.
    static func createFolder(_ path: String, mode: mode_t = 0o700) throws(SettingsError) {
        if isFolder(path) { return }
        let parent = parent(of: path)
        if !parent.isEmpty, parent != path { try createFolder(parent, mode: 0o755) }
        guard mkdir(path, mode) == 0 || errno == EEXIST, isFolder(path) else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: "cannot be made (\(reason(errno)))",
                    remedy: "check the rights of the folder above"
                )
            )
        }
    }

    /// What is wrong with who may use a secret; `nil` when its owner alone may.
    static func looseness(of path: String, modeMax: mode_t) -> SettingsMistake? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return looseness(of: status, path: path, modeMax: modeMax)
    }

    private static func looseness(
        of status: stat,
        path: String,
        modeMax: mode_t
    ) -> SettingsMistake? {
        let mode = status.st_mode & 0o777
        let wanted = String(modeMax, radix: 8)
        if mode & ~modeMax != 0 {
            return SettingsMistake(
                file: path,
                problem: "others may use it (mode 0\(String(mode, radix: 8)))",
                remedy: "run: chmod \(wanted) \(path)",
                code: .loosePermissions
            )
        }
        if status.st_uid != geteuid(), status.st_uid != 0 {
            return SettingsMistake(
                file: path,
                problem: "belongs to another user (uid \(status.st_uid))",
                remedy: "run: chown \(geteuid()) \(path)",
                code: .loosePermissions
            )
        }
        return nil
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// A path as a file names it: relative ones begin at the folder of that file.
    static func resolve(_ path: String, besides file: String) -> String {
        if path.hasPrefix("/") { return path }
        let folder = folder(of: file)
        return folder == "." ? path : join(folder, path)
    }

    /// The folder of a file; `.` where the name says none.
    static func folder(of file: String) -> String {
        let folder = parent(of: file)
        return folder.isEmpty ? "." : folder
    }

    /// The folder above a file or folder, empty where the path is a bare name.
    ///
    /// Foundation's `deletingLastPathComponent` traps on a name of one character.
    static func parent(of path: String) -> String {
        let name = path.drop { $0 == "/" }
        guard !name.isEmpty else { return path.isEmpty ? "" : "/" }
        var end = path.endIndex
        func skip(while isSkipped: (Character) -> Bool) {
            while end > path.startIndex, isSkipped(path[path.index(before: end)]) {
                end = path.index(before: end)
            }
        }
        skip { $0 == "/" }
        skip { $0 != "/" }
        guard end > path.startIndex else { return "" }
        skip { $0 == "/" }
        return end == path.startIndex ? "/" : String(path[..<end])
    }

    static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    private static func reason(_ code: Int32) -> String {
        String(cString: strerror(code))
    }
}
