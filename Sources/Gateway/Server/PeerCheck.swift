import Foundation
import NIOCore
import NIOPosix
import Trust

/// How the certificates of peers are checked: by authorities and lists, and by a responder where one is asked.
struct PeerCheck: Sendable {
    /// Asks for the status of certificates; nil: revocation lists alone decide.
    let ocsp: OCSPChecker?
    /// Where signatures are verified: they do not belong on an event loop.
    let threadPool: NIOThreadPool

    /// The certificate of a chain that is to be trusted now, or why it is not. What is known from a while ago costs neither the thread
    /// pool nor a responder, and is known at once.
    func outcome(
        of chain: [[UInt8]], by trustStore: TrustStore, at time: Date = Date(), on eventLoop: any EventLoop
    ) -> EventLoopFuture<Result<Certificate, MutualTLSFailure>> {
        if ocsp == nil, let certificate = trustStore.knownClient(chain: chain, at: time) {
            return eventLoop.makeSucceededFuture(.success(certificate))
        }
        let (pool, ocsp) = (threadPool, ocsp)
        return pool.runIfActive(eventLoop: eventLoop) {
            trustStore.check(chain: chain, at: time, asking: ocsp?.policy ?? .off)
        }.flatMap { check -> EventLoopFuture<CertificateVerdict> in
            guard let ocsp, let query = check.query else { return eventLoop.makeSucceededFuture(check.verdict) }
            return ocsp.status(of: query, on: eventLoop, checking: pool).map {
                check.verdict(with: $0, policy: ocsp.policy)
            }
        }.map { verdict in
            switch verdict {
            case .trusted(let certificate): .success(certificate)
            case .refused(let refusal): .failure(.certificate(refusal))
            }
        }.recover { _ in .failure(.checkUnavailable) }
    }
}
