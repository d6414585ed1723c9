/// What the logs need of a file system, and nothing more.
///
/// `PosixDisk` is the real one, `MemoryDisk` the one that tests can stop, fill and spoil. Logs are
/// generic over it, so a call costs no existential. All methods may be called from any thread.
package protocol Disk: Sendable {
    /// An open file.
    associatedtype File: DiskFile
    /// Holds a lock for as long as it lives.
    associatedtype Lock: Sendable

    /// Opens a file; `create` makes a new one, readable by its owner alone, and fails when one of
    /// that name exists.
    func open(_ path: String, _ access: DiskAccess) throws(DiskError) -> File

    /// The names in a folder in ascending order of bytes.
    func list(_ folder: String) throws(DiskError) -> [String]

    /// Makes a folder, reachable by its owner alone; one that exists already is no error.
    func makeFolder(_ folder: String) throws(DiskError)

    /// Gives a file another name in one step; a file that had that name is gone then.
    func rename(_ path: String, to newPath: String) throws(DiskError)

    /// Removes a file.
    func remove(_ path: String) throws(DiskError)

    /// Removes an empty folder.
    func removeFolder(_ folder: String) throws(DiskError)

    /// Makes the names in a folder last.
    func syncFolder(_ folder: String) throws(DiskError)

    /// The bytes that may still be written to the file system of a folder.
    func freeBytes(_ folder: String) throws(DiskError) -> Int

    /// Takes the lock file at `path`, making it when needed; throws `.locked` when another has it.
    func lock(_ path: String) throws(DiskError) -> Lock
}

/// How a file is opened.
package enum DiskAccess: Sendable {
    /// An existing file, to read.
    case read
    /// An existing file, to read and write.
    case write
    /// A new file, to read and write.
    case create
}

/// An open file; closed when the last copy of the handle is gone.
package protocol DiskFile: Sendable {
    /// The length in bytes.
    func size() throws(DiskError) -> Int

    /// Reads from `offset` until the buffer is full or the file ends; returns the bytes read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DiskError) -> Int

    /// Writes all the bytes at `offset`, extending the file when needed.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError)

    /// Makes `count` bytes at `offset` zero, extending the file when needed; both are multiples of
    /// 4,096. What cannot be read back yet is made so by `sync`.
    func fillZeros(_ count: Int, at offset: Int) throws(DiskError)

    /// Cuts the file to its first `count` bytes.
    func cut(to count: Int) throws(DiskError)

    /// Makes the content last (`fdatasync`). An error is final: what was written since the last
    /// sync may be lost although it still reads back.
    func sync() throws(DiskError)
}

/// A failed operation on a file or folder.
package struct DiskError: Error, Hashable, CustomStringConvertible {
    /// What kind of failure it is; decides what the caller may do.
    package enum Kind: Hashable, Sendable {
        /// No space is left; goes away when somebody makes room.
        case full
        /// There is no such file or folder.
        case missing
        /// A file of that name exists.
        case exists
        /// Another process or log holds the lock.
        case locked
        /// Anything else.
        case failed
    }

    /// The kind of failure.
    package let kind: Kind
    /// The operation, such as `fdatasync`.
    package let operation: String
    /// The file or folder.
    package let path: String
    /// The operating system's number for it.
    package let errorNumber: Int32

    /// A failure of an operation.
    package init(kind: Kind, operation: String, path: String, errorNumber: Int32) {
        self.kind = kind
        self.operation = operation
        self.path = path
        self.errorNumber = errorNumber
    }

    /// One line for the log.
    package var description: String {
        "\(operation) \(path): \(PosixDisk.name(ofError: errorNumber))"
    }
}
