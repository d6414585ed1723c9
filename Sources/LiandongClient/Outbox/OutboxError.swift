/// Why the outbox did not do what it was asked to (发件箱错误).
public enum OutboxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A name is not 1 to 32 characters of `a-z`, `0-9` and `-`.
    case badName(String)
    /// Another process holds the stream.
    case locked(path: String)
    /// The folder belongs to another agency or stream.
    case foreignFolder(path: String)
    /// The outbox is at its bound and takes nothing until receipts come.
    case full(items: Int, bytes: Int, path: String)
    /// An operation on a file failed; after a failed sync the outbox must be opened anew.
    case disk(path: String, operation: String, reason: String)
    /// A file does not verify although something valid follows.
    case damaged(path: String, offset: Int)
    /// The text of an item that has no receipt is gone.
    case lost(number: UInt64, path: String)
    /// A receipt for a number that was never given out.
    case unknownNumber(UInt64, last: UInt64)
    /// A receipt whose digest is not that of the receipt before.
    case conflictingReceipt(number: UInt64)

    /// One line: what, where, what to do.
    public var description: String {
        switch self {
        case .badName(let name):
            "the stream name \(quoted(name)) is not allowed. Use 1 to 32 of a-z, 0-9 and -"
        case .locked(let path):
            "\(path) is used by another process. Stop it, or push under another stream name"
        case .foreignFolder(let path):
            "\(path) belongs to another agency or stream. Give every stream its own folder"
        case .full(let items, let bytes, let path):
            "\(path) is full: \(items) items without receipt, \(bytes) bytes. "
                + "Check the connection to the hub; nothing is lost and pushing resumes by itself"
        case .disk(let path, let operation, let reason):
            "\(path): \(operation) failed (\(reason)). Check the disk and start again"
        case .damaged(let path, let offset):
            "\(path) is damaged at offset \(offset). Move the stream's folder aside and push the "
                + "exports again; the hub recognises what it has"
        case .lost(let number, let path):
            "\(path): the text of number \(number) is gone. Move the stream's folder aside and push "
                + "the exports again; the hub recognises what it has"
        case .unknownNumber(let number, let last):
            "a receipt for number \(number) came, but the last number is \(last)"
        case .conflictingReceipt(let number):
            "a second receipt for number \(number) names another content"
        }
    }
}
