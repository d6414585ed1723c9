import Domain
import Foundation
import Settings
import Testing

/// A folder of its own for one test, taken away with it.
final class Folder {
    let path: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "liandong-settings-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    @discardableResult
    func write(_ name: String, _ text: String, mode: Int = 0o644) throws -> String {
        let file = self(name)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try allow(name, mode)
        return file
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: self(name), encoding: .utf8)
    }

    func replace(_ name: String, _ old: String, with new: String) throws {
        let text = try text(name)
        try #require(text.contains(old))
        try write(name, text.replacingOccurrences(of: old, with: new))
    }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: self(name))
        return try #require(attributes[.posixPermissions] as? Int)
    }

    func allow(_ name: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self(name))
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: self(name))
    }

    /// A ready county in this folder.
    func makeCounty(_ template: CountyTemplate = CountyTemplate()) throws {
        var count = 0
        try template.write(folder: path) {
            count += 1
            return samplePair(count)
        }
    }
}

/// A pair of the right form; nobody could open anything with it.
func samplePair(_ number: Int) -> KeyPair {
    let digits = String(number)
    let head = String(repeating: "0", count: 5 - digits.count) + digits
    let rest = String(repeating: "rq:rM", count: 7)
    guard let pair = KeyPair(publicKey: head + rest, secretKey: rest + head) else {
        preconditionFailure("a sample pair is of the form")
    }
    return pair
}

/// The mistakes that a reading throws, one line each, without the folder.
func mistakes(in folder: Folder, _ body: () throws -> Void) -> [String] {
    do {
        try body()
        return []
    } catch let error as SettingsError {
        return error.mistakes.map {
            $0.description.replacingOccurrences(of: folder.path + "/", with: "")
        }
    } catch {
        return ["another error: \(error)"]
    }
}
