import Glibc
import Storage

/// A thread of its own for work that blocks (`fdatasync`, `zmq_poll`).
///
/// The cooperative pool has two threads on a county's machine; one blocking call there would halve
/// the service.
package final class OwnThread: Sendable {
    private let handle: Locked<pthread_t?>

    /// Starts a thread that runs `body` once.
    ///
    /// - Parameters:
    ///   - name: At most 15 bytes, shown by `top -H`.
    ///   - body: The work; the thread ends when it returns.
    package init(name: String, body: @escaping @Sendable () -> Void) {
        let work = Work(name: name, body: body)
        var thread = pthread_t()
        let result = pthread_create(
            &thread,
            nil,
            { raw in
                guard let raw else { return nil }
                let work = Unmanaged<Work>.fromOpaque(raw).takeRetainedValue()
                work.nameThread()
                work.body()
                return nil
            },
            Unmanaged.passRetained(work).toOpaque()
        )
        precondition(result == 0, "the system refused a thread (\(name)): errno \(result)")
        handle = Locked(thread)
    }

    /// Waits until the thread has ended; later calls return at once.
    package func join() {
        let thread = handle.withLock { handle -> pthread_t? in
            defer { handle = nil }
            return handle
        }
        if let thread { pthread_join(thread, nil) }
    }

    private final class Work: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }

        /// Swift sees neither `pthread_setname_np` nor `prctl`; the kernel takes the name here too.
        func nameThread() {
            let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            let bytes = Array(name.utf8.prefix(15))
            _ = write(descriptor, bytes, bytes.count)
            close(descriptor)
        }
    }
}
