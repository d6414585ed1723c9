import Storage

/// Carries one value that cannot be copied to the thread that will own it.
final class Handover<Value: ~Copyable>: Sendable {
    private let value: Locked<Value?>

    init(_ value: consuming sending Value) {
        self.value = Locked(consume value)
    }

    /// The value; only once.
    func take() -> sending Value {
        let taken = value.withLock { value -> sending Value? in
            var result: Value?
            swap(&result, &value)
            return result
        }
        guard let taken else { preconditionFailure("handed over twice") }
        return taken
    }
}
