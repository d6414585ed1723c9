import Dispatch
import Storage

/// A bounded queue between two threads that hands over everything waiting at once (信箱).
///
/// Crossing threads costs microseconds, so letters cross in batches: `take` returns all that wait.
/// `offer` never blocks; a full mailbox refuses, and the sender turns that into credit.
package final class Mailbox<Letter: Sendable>: Sendable {
    private struct State {
        var letters: [Letter] = []
        var bytes = 0
        var isClosed = false
        var isAwaited = false
    }

    private let state = Locked(State())
    private let arrived = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: 0)
    private let lettersMax: Int
    private let bytesMax: Int

    /// A mailbox with a bound on letters and on the bytes that their senders declare.
    package init(lettersMax: Int, bytesMax: Int = .max) {
        self.lettersMax = lettersMax
        self.bytesMax = bytesMax
    }

    /// Puts a letter in; `false` when the mailbox is full or closed.
    package func offer(_ letter: Letter, bytes: Int = 0) -> Bool {
        offer(contentsOf: CollectionOfOne(letter), bytes: bytes)
    }

    /// Puts letters in together; `false`, and none of them, when they do not fit.
    ///
    /// A single batch always fits into an empty mailbox, so that no bound can starve a sender.
    package func offer(contentsOf letters: some Collection<Letter>, bytes: Int = 0) -> Bool {
        let (isTaken, wakes) = state.withLock { state -> (Bool, Bool) in
            let fits =
                state.letters.isEmpty
                || state.letters.count + letters.count <= lettersMax
                    && bytes <= bytesMax - state.bytes
            guard fits, !state.isClosed else { return (false, false) }
            state.letters.append(contentsOf: letters)
            state.bytes += bytes
            let wakes = state.isAwaited
            state.isAwaited = false
            return (true, wakes)
        }
        if wakes { arrived.signal() }
        return isTaken
    }

    /// All letters that wait, or `nil` when the mailbox is closed and empty; an empty array after
    /// `milliseconds` without a letter.
    ///
    /// Only one thread takes.
    package func take(waitingMilliseconds milliseconds: Int) -> [Letter]? {
        for attempt in 0..<2 {
            let letters = state.withLock { state -> [Letter]?? in
                if !state.letters.isEmpty {
                    let taken = state.letters
                    state.letters = []
                    state.bytes = 0
                    state.isAwaited = false
                    return taken
                }
                if state.isClosed { return .some(nil) }
                state.isAwaited = attempt == 0 && milliseconds > 0
                return .none
            }
            if let letters { return letters }
            if attempt == 0, milliseconds > 0 {
                _ = arrived.wait(timeout: .now() + .milliseconds(milliseconds))
            }
        }
        return []
    }

    /// Ends the mailbox: later letters are refused, those inside can still be taken.
    package func close() {
        state.withLock {
            $0.isClosed = true
            $0.isAwaited = false
        }
        arrived.signal()
    }

    /// Nothing more is taken in.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Rests until there may be room; for the few senders that cannot turn a refusal into credit.
    package func waitForRoom(milliseconds: Int) {
        _ = room.wait(timeout: .now() + .milliseconds(milliseconds))
    }

    /// How many letters wait.
    package var count: Int { state.withLock { $0.letters.count } }
}
