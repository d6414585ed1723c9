import Foundation

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
    static var columns: Int {
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0,
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

    static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
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

/// A progress bar on standard error: live on a terminal, a line each tenth elsewhere.
struct Progress {
    private let title: String
    private var total: Int
    private let started = ContinuousClock.now
    private var lastDrawn = ContinuousClock.now
    private var lastTenth = 0

    init(_ title: String, total: Int) {
        self.title = title
        self.total = max(total, 1)
    }

    mutating func advance(to done: Int) {
        if Terminal.hasLiveProgress {
            let now = ContinuousClock.now
            guard done >= total || now - lastDrawn > .milliseconds(100) else { return }
            lastDrawn = now
            draw(done)
        } else {
            let tenth = done * 10 / total
            guard tenth > lastTenth else { return }
            lastTenth = tenth
            Terminal.complain("\(title) \(tenth * 10)% (\(done)/\(total))")
        }
    }

    /// The same where the total grows.
    mutating func advance(to done: Int, of total: Int) {
        self.total = max(total, 1)
        advance(to: done)
    }

    /// Clears the bar.
    func finish() {
        guard Terminal.hasLiveProgress else { return }
        FileHandle.standardError.write(Data("\r\u{1b}[K".utf8))
    }

    private func draw(_ done: Int) {
        let filled = min(24, done * 24 / total)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
        let seconds = Double((ContinuousClock.now - started).components.seconds)
        let rate = seconds > 0 ? Int(Double(done) / seconds) : done
        let left = rate > 0 ? (total - done) / rate : 0
        let text = "\r\u{1b}[K\(title) \(bar) \(done)/\(total)  \(rate)/s  \(left)s"
        FileHandle.standardError.write(Data(text.utf8))
    }
}
