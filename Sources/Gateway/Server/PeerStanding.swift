import Foundation
import NIOCore
import Synchronization
import Trust

/// Whether the certificate of an open connection is to be trusted still.
///
/// A connection may last for days. What its handshake found is believed for a minute, not beyond the end of the certificate, and
/// not when authorities or lists have been read anew; after that the chain is checked as in a handshake, when the next request comes.
final class PeerStanding: Sendable {
    /// How long a finding is believed. By then a list or an authority may have come to its end.
    static let believedFor: TimeInterval = 60

    /// That the chain was to be trusted.
    private struct Finding {
        /// ``TLSMaterialHolder/generation`` of what it was found by.
        let generation: Int
        let from: Date
        let until: Date
    }

    private let chain: [[UInt8]]
    private let end: Date
    private let material: TLSMaterialHolder
    private let check: PeerCheck
    private let eventLoop: any EventLoop
    private let found: Mutex<Finding>

    /// The standing of a peer that was found trusted.
    /// - Parameters:
    ///   - certificate: its certificate.
    ///   - intermediates: what it sent beside it, in DER.
    ///   - generation: ``TLSMaterialHolder/generation`` of what it was found by.
    ///   - eventLoop: that of the connection.
    init(
        of certificate: Certificate, intermediates: [[UInt8]], foundWith generation: Int, at time: Date = Date(),
        material: TLSMaterialHolder, check: PeerCheck, eventLoop: any EventLoop
    ) {
        chain = [certificate.der] + intermediates
        end = certificate.notAfter
        self.material = material
        self.check = check
        self.eventLoop = eventLoop
        found = Mutex(Self.finding(generation, at: time, end: certificate.notAfter))
    }

    private static func finding(_ generation: Int, at time: Date, end: Date) -> Finding {
        Finding(generation: generation, from: time, until: min(time.addingTimeInterval(Self.believedFor), end))
    }

    /// Whether what was found is believed still.
    func isFresh(at time: Date = Date()) -> Bool {
        let generation = material.generation
        // A clock that was set back does not make a finding last.
        return found.withLock { $0.generation == generation && $0.from <= time && time < $0.until }
    }

    /// Checks the chain again.
    /// - Returns: why the peer is not to be trusted any more; `nil` while it is.
    func refusal(at time: Date = Date()) async -> MutualTLSFailure? {
        // Read first: what comes after it is found out by the next request.
        let generation = material.generation
        do {
            switch try await check.outcome(of: chain, by: material.current.trustStore, at: time, on: eventLoop).get() {
            case .success:
                found.withLock { $0 = Self.finding(generation, at: time, end: end) }
                return nil
            case .failure(let failure):
                return failure
            }
        } catch {
            // The check itself does not fail; this is for the compiler.
            return .checkUnavailable
        }
    }
}
