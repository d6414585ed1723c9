import Catalogue
import Domain
import Foundation
import Synchronization

/// A progress bar on standard error (进度): one line that overwrites itself on a terminal, elsewhere a
/// line every ten seconds, so that short work says nothing.
///
/// One at a time.
struct Progress {
    /// A bar stands on the terminal; whoever writes there must clear it first.
    static let isDrawn = Atomic(false)
    /// Goes to the beginning of the line and clears it.
    static let clear = "\r\u{1b}[K"

    private static let redraw = Duration.milliseconds(100)
    private static let logged = Duration.seconds(10)

    private let title: String
    private let total: Int?
    private let isLive = Terminal.hasLiveProgress
    private let started = ContinuousClock.now
    private var lastShown = ContinuousClock.now

    /// A bar; `total` is what there is to do, where it is known beforehand.
    init(_ title: String, total: Int? = nil) {
        self.title = title
        self.total = total
    }

    /// Shows how far the work has come, if it is time to.
    mutating func advance(to done: Int) { advance(to: done, of: total) }

    /// The same where the total is known only now, or grows.
    mutating func advance(to done: Int, of total: Int?) {
        let now = ContinuousClock.now
        guard now - lastShown >= (isLive ? Progress.redraw : Progress.logged) else { return }
        lastShown = now
        let components = (now - started).components
        let line = ProgressLine(
            title: title,
            done: done,
            total: total,
            elapsed: TimeSpan(
                milliseconds: components.seconds * 1000 + components.attoseconds
                    / 1_000_000_000_000_000
            )
        )
        if isLive {
            // The last column stays free: some terminals break the line there.
            let text = line.text(columnsMax: Terminal.columns(of: STDERR_FILENO) - 1)
            FileHandle.standardError.write(Data((Progress.clear + text).utf8))
            Progress.isDrawn.store(true, ordering: .relaxed)
        } else {
            Terminal.complain(line.text)
        }
    }

    /// Clears the bar.
    func finish() {
        guard Progress.isDrawn.exchange(false, ordering: .relaxed) else { return }
        FileHandle.standardError.write(Data(Progress.clear.utf8))
    }
}
