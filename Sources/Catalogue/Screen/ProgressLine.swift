package import Domain

/// What a progress bar says (进度), as text of bounded width; whoever has a screen draws it.
package struct ProgressLine: Sendable {
    /// What is going on.
    package var title: String
    /// How much is done.
    package var done: Int
    /// How much there is; `nil` where nobody knows.
    package var total: Int?
    /// How long it has taken.
    package var elapsed: TimeSpan

    private static let barMax = 24
    private static let barMin = 6

    /// A line from its parts.
    package init(title: String, done: Int, total: Int?, elapsed: TimeSpan) {
        self.title = title
        self.done = max(0, done)
        self.total = total.map { max($0, max(1, done)) }
        self.elapsed = elapsed
    }

    /// For a terminal: at most so many columns, with a bar where there is room for one.
    package func text(columnsMax: Int) -> String {
        let name = Width.plain(title)
        guard let total else {
            return Width.fit("\(name)  \(Words.grouped(done))  \(rate)/s", columns: columnsMax)
        }
        let figures = "\(percent)%  \(Words.grouped(done))/\(Words.grouped(total))  \(rate)/s"
        let figuresAndRest = figures + (remaining.map { "  \($0)" } ?? "")
        let room = columnsMax - Width.of(name) - Width.of(figuresAndRest) - 4
        guard room >= ProgressLine.barMin else {
            return Width.fit("\(name)  \(figures)", columns: columnsMax)
        }
        let length = min(ProgressLine.barMax, room)
        let filled = length * done / total
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: length - filled)
        return "\(name)  \(bar)  \(figuresAndRest)"
    }

    /// For a log: one line without a bar.
    package var text: String {
        let name = Width.plain(title)
        guard let total else { return "\(name) \(Words.grouped(done))" }
        return "\(name) \(percent)% (\(Words.grouped(done))/\(Words.grouped(total)))"
    }

    private var percent: Int { total.map { done * 100 / $0 } ?? 0 }

    /// A second; whole numbers, since nobody reads more.
    private var rate: Int {
        elapsed.milliseconds > 0 ? Int(Int64(done) * 1000 / elapsed.milliseconds) : done
    }

    /// What is left at the present rate, as `2:05`; `nil` while nobody can tell.
    private var remaining: String? {
        guard let total, done > 0, elapsed.milliseconds >= 1000, rate > 0 else { return nil }
        let seconds = (total - done) / rate
        let rest = seconds % 60
        return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
    }
}
