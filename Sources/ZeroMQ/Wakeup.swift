import CZeroMQ
import Glibc

/// Wakes a poller from any thread (唤醒).
///
/// Any number of `wake()` calls before the poller looks are one wake-up: the waker puts its work
/// into a queue first and wakes then, and the poller's thread drains the queue.
package final class Wakeup: Sendable {
    let descriptor: Int32

    /// Opens an event descriptor.
    ///
    /// - Throws: `EMFILE` when the process has no descriptors left.
    package init() throws(ZeroMQError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw .last("open a wake-up") }
    }

    deinit {
        close(descriptor)
    }

    /// Wakes the poller, now or when it next waits, and never blocks.
    package func wake() {
        var one: UInt64 = 1
        // EAGAIN says that the counter is full, which is a wake-up too.
        while unsafe write(descriptor, &one, 8) < 0 && errno == EINTR {}
    }

    /// Takes back all wake-ups so far.
    func reset() {
        var count: UInt64 = 0
        while unsafe read(descriptor, &count, 8) < 0 && errno == EINTR {}
    }
}
