import Foundation
import Synchronization

/// What the person's terminal can do.
enum Terminal {
    /// Standard output is a terminal and nobody asked for plain text.
    static var hasColour: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
            && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Standard error is a terminal, so that progress may overwrite itself.
    static var hasLiveProgress: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns of standard output, 80 where it is none.
    static var columns: Int { columns(of: STDOUT_FILENO) }

    /// Columns of a terminal, 80 where the descriptor is none.
    static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0,
            size.ws_col >= 40
        else { return 80 }
        return Int(size.ws_col)
    }

    static func print(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    static func print(lines: [String]) {
        guard !lines.isEmpty else { return }
        print(lines.joined(separator: "\n"))
    }

    /// Writes a line to standard error, over a progress bar that may stand there.
    static func complain(_ text: String) {
        let clear = Progress.isDrawn.exchange(false, ordering: .relaxed) ? Progress.clear : ""
        FileHandle.standardError.write(Data((clear + text + "\n").utf8))
    }
}

/// Colours that mean something: the four levels, and what is dim or strong.
enum Ink {
    case red
    case orange
    case yellow
    case blue
    case green
    case dim
    case strong

    private var code: String {
        switch self {
        case .red: "1;97;41"
        case .orange: "30;48;5;208"
        case .yellow: "30;43"
        case .blue: "97;44"
        case .green: "32"
        case .dim: "2"
        case .strong: "1"
        }
    }

    /// The text in this ink on a terminal, plain elsewhere.
    func write(_ text: String) -> String {
        Terminal.hasColour ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
