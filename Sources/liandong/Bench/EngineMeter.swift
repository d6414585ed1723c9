import CCounters
import CJemalloc
import Domain
import Glibc
import Wire

/// Processor time of the calling thread and its instructions, where the kernel counts them.
struct EngineMeter: ~Copyable {
    /// What something took.
    struct Cost {
        var seconds = 0.0
        /// Instructions outside of the kernel; 0 where none are counted.
        var instructions: UInt64 = 0

        static func - (later: Cost, earlier: Cost) -> Cost {
            Cost(
                seconds: later.seconds - earlier.seconds,
                instructions: later.instructions &- earlier.instructions
            )
        }

        static func += (sum: inout Cost, part: Cost) {
            sum.seconds += part.seconds
            sum.instructions &+= part.instructions
        }
    }

    private let descriptor = ld_instructions_open()

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The thread so far.
    var now: Cost {
        Cost(
            seconds: Usage.threadSeconds,
            instructions: descriptor < 0 ? 0 : ld_instructions_read(descriptor)
        )
    }

    /// Why no instructions are counted; `nil` where they are.
    var lack: String? {
        descriptor < 0 ? String(cString: strerror(-descriptor)) : nil
    }

    /// Microseconds and instructions an item.
    func json(_ cost: Cost, items: Int) -> JSONValue {
        let count = Double(max(1, items))
        let instructions = Int64(cost.instructions) / Int64(max(1, items))
        return [
            "us": .number((cost.seconds * 1_000_000 / count).places(2)),
            "instructions": descriptor < 0 ? .null : .integer(instructions),
        ]
    }
}

extension Usage {
    /// Bytes that the process holds in live allocations, as jemalloc counts them; `nil` where it does
    /// not.
    static var allocatedBytes: Int? {
        // The figures are of the last epoch; writing the epoch takes new ones.
        var epoch: UInt64 = 1
        let width = MemoryLayout.size(ofValue: epoch)
        guard mallctl("epoch", nil, nil, &epoch, width) == 0 else { return nil }
        var bytes = 0
        var length = MemoryLayout.size(ofValue: bytes)
        guard mallctl("stats.allocated", &bytes, &length, nil, 0) == 0 else { return nil }
        return bytes
    }

    /// Bytes of the process that are resident now.
    static var residentBytes: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 128)
        guard fgets(&text, Int32(text.count), file) != nil else { return 0 }
        let words = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
            .split(separator: " ")
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * Int(getpagesize())
    }
}
