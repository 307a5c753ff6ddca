/// A failure of the store itself, never of a message.
public struct BlobStoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: String, Sendable {
        /// No space or quota left (ENOSPC, EDQUOT).
        case outOfSpace
        /// The folder is not there, or cannot be written or read.
        case inaccessible
        /// The bytes a row names are not there, or fewer than it says.
        case missingBytes
        /// Any other failure of the operating system.
        case inputOutput
    }

    /// What kind of failure it is.
    public let code: Code
    /// The operation, for example `fsync`.
    public let operation: String
    /// `errno`, 0 where none applies.
    public let errorNumber: Int32

    init(_ code: Code, operation: String, errorNumber: Int32 = 0) {
        self.code = code
        self.operation = operation
        self.errorNumber = errorNumber
    }

    /// Of a system call that has just failed with `errorNumber`.
    init(operation: String, errorNumber: Int32) {
        let code: Code =
            switch errorNumber {
            case ENOSPC, EDQUOT: .outOfSpace
            case EACCES, EPERM, EROFS, ENOENT, ENOTDIR: .inaccessible
            default: .inputOutput
            }
        self.init(code, operation: operation, errorNumber: errorNumber)
    }

    /// Operation and number of the error; no path and nothing of a document.
    public var description: String { "document store: \(operation) failed (\(code.rawValue), errno \(errorNumber))" }
}

#if canImport(Glibc)
    import Glibc
#endif
