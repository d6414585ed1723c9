internal import Glibc

/// A value that one thread at a time may touch (锁).
///
/// It stands on the system's own mutex, which the thread sanitizer knows: a race beside it is
/// reported, and none is reported where it is held. (The futex of `Synchronization.Mutex` lies in
/// the uninstrumented standard library, so that the sanitizer sees races in every use of it.)
/// Any thread may use it; it is not recursive.
package final class Locked<Value: ~Copyable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    /// A lock around a value that nobody else holds.
    package init(_ initial: consuming sending Value) {
        mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        let result = unsafe pthread_mutex_init(mutex, nil)
        precondition(result == 0, "the system refused a mutex: errno \(result)")
        value = .allocate(capacity: 1)
        unsafe value.initialize(to: initial)
    }

    deinit {
        unsafe value.deinitialize(count: 1)
        unsafe value.deallocate()
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Runs `body` alone with the value; others wait.
    package func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try unsafe body(&value.pointee)
    }
}
