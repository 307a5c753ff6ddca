import AccessControl
import PostgresKit
import SOAPKit
import XDSMetadata
import XDSRegistry
import XDSRepository

/// The one place where an internal error becomes something a partner sees: a code and the request id, no detail.
struct ErrorMapping: Sendable {
    let observer: Observer

    /// The registry error for a failure inside the registry (ITI TF-3: 4.2.4.1).
    func registryError(for error: any Error, requestID: String) -> RegistryError {
        report(error, requestID: requestID)
        switch error {
        case let error as PostgresError where error.isOutOfResources:
            return RegistryError(.registryOutOfResources, "the registry is short of resources; request \(requestID)")
        case let error as PostgresError where error.isOverload:
            return RegistryError(
                .registryBusy, "the registry is too busy or its database away, try again; request \(requestID)")
        default:
            return RegistryError(.registryError, "the registry failed; request \(requestID)")
        }
    }

    /// The same for the repository.
    func repositoryError(for error: any Error, requestID: String) -> RegistryError {
        report(error, requestID: requestID)
        switch error {
        case let error as BlobStoreError where error.code == .outOfSpace:
            return RegistryError(.repositoryOutOfResources, "the repository is short of space; request \(requestID)")
        case let error as PostgresError where error.isOutOfResources:
            return RegistryError(
                .repositoryOutOfResources, "the repository is short of resources; request \(requestID)")
        case let error as PostgresError where error.isUnreachable:
            return RegistryError(
                .registryNotAvailable, "the registry cannot be reached, try again; request \(requestID)")
        case let error as PostgresError where error.isOverload:
            return RegistryError(.repositoryBusy, "the repository is too busy, try again; request \(requestID)")
        default:
            return RegistryError(.repositoryError, "the repository failed; request \(requestID)")
        }
    }

    /// The fault for a failure before the body was understood.
    func fault(for error: any Error, requestID: String) -> SOAPFault {
        report(error, requestID: requestID)
        return SOAPFault.receiver("The gateway failed; its administrator finds the cause under request \(requestID).")
    }

    private func report(_ error: any Error, requestID: String) {
        observer.observe(.internalFailure(requestID: requestID, cause: String(describing: error)))
    }
}

extension PostgresError {
    /// The database, and with it the registry, is away.
    fileprivate var isUnreachable: Bool {
        code == .serverUnavailable || code == .connectionLost
    }

    /// The same request may well succeed in a moment.
    fileprivate var isOverload: Bool {
        switch code {
        case .poolExhausted, .timedOut, .serverUnavailable, .connectionLost, .shutDown: true
        default: isRetryable
        }
    }

    /// The server lacks disk, memory or connections.
    fileprivate var isOutOfResources: Bool {
        sqlState == .diskFull || sqlState == .outOfMemory || sqlState == .tooManyConnections
    }
}
