import CZeroMQ
import Glibc

/// The public half of a CURVE key: 32 bytes, by which the ZAP handler knows a peer.
package struct CurvePublicKey: Sendable, Hashable {
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// A key from its bytes; nil when they are not 32.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Z85.byteCount else { return nil }
        self.bytes = bytes
    }

    /// A key from its text of 40 characters.
    package init(z85 text: String) throws(Z85.Fault) {
        var bytes = [UInt8](repeating: 0, count: Z85.byteCount)
        try unsafe Z85.decode(Array(text.utf8).span.bytes) { index, byte in bytes[index] = byte }
        self.bytes = bytes
    }

    /// The text of 40 characters.
    package var z85: String {
        var text = [UInt8](repeating: 0, count: Z85.characterCount)
        unsafe Z85.encode(bytes.span.bytes) { index, character in text[index] = character }
        return String(decoding: text, as: UTF8.self)
    }
}

extension CurvePublicKey: CustomStringConvertible {
    /// The key's text.
    package var description: String { z85 }
}

/// The secret half of a CURVE key: never printed, zeroed when the last holder lets go.
@safe package final class CurveSecretKey: Sendable {
    nonisolated(unsafe) private let bytes: UnsafeMutableRawBufferPointer

    /// A key from its text of 40 characters, as bytes, so that the caller can zero them.
    package init(z85 text: RawSpan) throws(Z85.Fault) {
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Z85.byteCount,
            alignment: 8
        )
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe self.bytes = bytes
        try Z85.decode(text) { index, byte in unsafe bytes[index] = byte }
    }

    /// A key from its text of 40 characters.
    package convenience init(z85 text: String) throws(Z85.Fault) {
        try unsafe self.init(z85: Array(text.utf8).span.bytes)
    }

    deinit {
        unsafe bytes.erase()
        unsafe bytes.deallocate()
    }

    /// Lends the text of 40 characters, as for a key file, in a buffer that is zeroed afterwards.
    package func withZ85<R, E>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        let text = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Z85.characterCount,
            alignment: 1
        )
        defer {
            unsafe text.erase()
            unsafe text.deallocate()
        }
        withBytes { key in Z85.encode(key) { index, character in unsafe text[index] = character } }
        return try body(unsafe UnsafeRawBufferPointer(text).bytes)
    }

    /// Lends the 32 bytes.
    func withBytes<R, E>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try body(unsafe UnsafeRawBufferPointer(bytes).bytes)
    }
}

extension CurveSecretKey: CustomStringConvertible, CustomReflectable {
    /// Says that it is a secret, and nothing of it.
    package var description: String { "a secret key (not shown)" }

    /// Shows nothing either to `dump` and debuggers.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A CURVE key pair (密钥对).
package struct CurveKeyPair: Sendable {
    /// What others may know.
    package let publicKey: CurvePublicKey
    /// What nobody else may know.
    package let secret: CurveSecretKey

    /// The pair of a secret key that exists.
    ///
    /// - Throws: `ENOTSUP` when libzmq was built without CURVE.
    package init(secret: CurveSecretKey) throws(ZeroMQError) {
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: 82)
        unsafe text.initialize(repeating: 0, count: 82)
        defer {
            unsafe explicit_bzero(text, 82)
            unsafe text.deallocate()
        }
        secret.withZ85 { characters in
            unsafe characters.withUnsafeBytes { buffer in
                unsafe UnsafeMutableRawPointer(text).copyMemory(
                    from: buffer.baseAddress.unsafelyUnwrapped,
                    byteCount: buffer.count
                )
            }
        }
        guard unsafe zmq_curve_public(text + 41, text) == 0 else {
            throw .last("derive a public key")
        }
        publicKey = unsafe CurvePublicKey(generated: text + 41)
        self.secret = secret
    }

    /// A new pair from the system's random source.
    ///
    /// - Throws: `ENOTSUP` when libzmq was built without CURVE.
    package static func generate() throws(ZeroMQError) -> CurveKeyPair {
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: 82)
        unsafe text.initialize(repeating: 0, count: 82)
        defer {
            unsafe explicit_bzero(text, 82)
            unsafe text.deallocate()
        }
        guard unsafe zmq_curve_keypair(text + 41, text) == 0 else { throw .last("generate keys") }
        let characters = unsafe UnsafeRawBufferPointer(start: text, count: Z85.characterCount)
        do {
            return try CurveKeyPair(secret: CurveSecretKey(z85: unsafe characters.bytes))
        } catch let error as ZeroMQError {
            throw error
        } catch {
            fatalError("libzmq generated a key that is no Z85 text: \(error)")
        }
    }
}

extension CurvePublicKey {
    /// The key whose text libzmq wrote.
    fileprivate init(generated text: UnsafePointer<CChar>) {
        do {
            self = try unsafe CurvePublicKey(z85: String(cString: text))
        } catch {
            fatalError("libzmq wrote a key that is no Z85 text: \(error)")
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Overwrites what must not stay in memory, in a way that the optimiser keeps.
    fileprivate func erase() {
        guard let start = baseAddress else { return }
        unsafe explicit_bzero(start, count)
    }
}
