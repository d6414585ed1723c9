import CSodium
import Domain
import Glibc

/// What opens wrapped key files (封装口令): the content of a passphrase file or key file, zeroed when let go.
package final class KeySecret: Sendable {
    /// Characters of the shortest passphrase.
    package static let passphraseMin = 12
    /// Bytes of the shortest key file.
    package static let keyFileMin = 32

    /// The file it came from, for messages.
    let path: String
    nonisolated(unsafe) private let bytes: UnsafeMutableRawBufferPointer

    /// Reads a passphrase file or key file, which must be its owner's alone.
    ///
    /// A credential of systemd (below `$CREDENTIALS_DIRECTORY`) may show a group's right to read, which is how
    /// systemd lends a file of root to the service's user.
    ///
    /// - Parameter path: The file, 1 byte to 64 KiB.
    /// - Throws: That it cannot be read, or that others may use it.
    package init(path: String) throws(SettingsError) {
        let isCredential = KeySecret.credentials.map { path.hasPrefix($0 + "/") } ?? false
        var content = try FileText.readBytes(path, modeMax: isCredential ? 0o440 : 0o600)
        defer { content.withUnsafeMutableBytes { KeySecret.erase($0) } }
        guard (1...65_536).contains(content.count) else {
            throw SettingsError(
                SettingsMistake(
                    file: path,
                    problem: content.isEmpty ? "is empty" : "is larger than 64 KiB",
                    remedy: "name the passphrase file or key file",
                    code: .weakKeySecret
                )
            )
        }
        self.path = path
        bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 1)
        bytes.copyBytes(from: content)
    }

    deinit {
        KeySecret.erase(bytes)
        bytes.deallocate()
    }

    /// A path as `key_secret` of a settings file has it: `credential:NAME` is systemd's.
    package static func path(_ text: String, besides file: String) -> String? {
        guard text.hasPrefix("credential:") else { return FileText.resolve(text, besides: file) }
        let name = text.dropFirst(11)
        guard let credentials, !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
            return nil
        }
        return FileText.join(credentials, String(name))
    }

    private static var credentials: String? {
        getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) }
    }

    /// Lends the bytes as a key file's: all of them.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(bytes))
    }

    /// Lends the bytes as a passphrase's: without the line end behind it.
    func withPassphrase<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var count = bytes.count
        while count > 0, bytes[count - 1] == 10 || bytes[count - 1] == 13 { count -= 1 }
        return body(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }

    static func erase(_ bytes: UnsafeMutableRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        sodium_memzero(start, bytes.count)
    }
}
