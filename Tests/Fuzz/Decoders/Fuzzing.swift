import CFuzzer
import Glibc

/// One decoder under fuzzing: it takes any bytes, and traps where a property of it does not hold.
struct Decoder {
    /// The name that `LIANDONG_FUZZ_DECODER` chooses it by.
    let name: String
    /// Decodes, and says whether anything was accepted.
    let look: ([UInt8]) -> Bool
    /// The first inputs, from the product's own encoders.
    let seeds: (_ root: String) throws -> [Seed]

    /// All decoders.
    static var all: [Decoder] {
        [
            Decoder(name: "frame", look: FrameLook.look, seeds: FrameLook.seeds),
            Decoder(name: "json", look: JSONLook.look, seeds: JSONLook.seeds),
            Decoder(
                name: "configuration",
                look: ConfigurationLook.look,
                seeds: ConfigurationLook.seeds
            ),
            Decoder(name: "mapping", look: MappingLook.look, seeds: MappingLook.seeds),
            Decoder(name: "bundle", look: BundleLook.look, seeds: BundleLook.seeds),
            Decoder(name: "segment", look: SegmentLook.look, seeds: SegmentLook.seeds),
        ]
    }
}

/// A first input and the name of its file.
struct Seed {
    let name: String
    let bytes: [UInt8]

    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// Traps where a property of a decoder does not hold; libFuzzer keeps the input.
func hold(_ property: Bool, _ words: @autoclosure () -> String) {
    if !property { fatalError("does not hold: \(words())") }
}

/// The program: `Fuzzing seeds FOLDER ROOT`, or libFuzzer over the decoder that the environment names.
///
/// The environment, because libFuzzer starts itself again with its own arguments when it merges a corpus
/// or makes a crash smaller.
@main
enum Fuzzing {
    /// The decoder of this process, set before the first look.
    nonisolated(unsafe) private static var decoder: Decoder?
    /// A defect is planted: some accepted inputs trap.
    nonisolated(unsafe) private static var isPlanted = false

    static func main() throws {
        let words = CommandLine.arguments
        if words.count == 4, words[1] == "seeds" {
            return try writeSeeds(into: words[2], root: words[3])
        }
        let name = getenv("LIANDONG_FUZZ_DECODER").map { String(cString: $0) }
        guard let chosen = Decoder.all.first(where: { $0.name == name }) else {
            print("LIANDONG_FUZZ_DECODER is one of", Decoder.all.map(\.name).joined(separator: " "))
            exit(2)
        }
        decoder = chosen
        isPlanted = getenv("LIANDONG_FUZZ_PLANT") != nil
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
            CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments) { Fuzzing.look($0, $1) })
    }

    private static func look(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
        let bytes = Array(UnsafeBufferPointer(start: start, count: count))
        guard let decoder, decoder.look(bytes), isPlanted else { return 0 }
        plantedDefect(bytes)
        return 0
    }

    /// What no seed of text reaches: an input that is still accepted after a mutation put this byte into it.
    private static func plantedDefect(_ bytes: [UInt8]) {
        if bytes.contains(UInt8(ascii: "J")) { fatalError("the planted defect") }
    }

    private static func writeSeeds(into folder: String, root: String) throws {
        for decoder in Decoder.all {
            mkdir(folder + "/" + decoder.name, 0o755)
            for seed in try decoder.seeds(root) {
                let path = "\(folder)/\(decoder.name)/seed-\(seed.name)"
                guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
                fwrite(seed.bytes, 1, seed.bytes.count, file)
                fclose(file)
            }
        }
    }
}

/// The bytes of a file of the repository.
func content(of path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { fatalError("cannot read \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
        bytes += buffer[..<count]
    }
    return bytes
}

extension [UInt8] {
    /// Puts a number at a place, its least significant byte first.
    mutating func put<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        Swift.withUnsafeBytes(of: number.littleEndian) {
            for (index, byte) in $0.enumerated() { self[offset + index] = byte }
        }
    }

    /// Appends a number, its most significant byte first.
    mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}
