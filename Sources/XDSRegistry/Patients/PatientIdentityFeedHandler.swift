import Foundation
public import SOAPKit
public import XDSMetadata

/// Patient Identity Feed HL7 V3: add, revise and merge.
///
/// - Source: ITI TF-2: 3.44. The answer is an MCCI_IN000002UV01 whatever the outcome; what is wrong stands in its
///   acknowledgementDetail.
public struct PatientIdentityFeedHandler: Sendable {
    private let feed: PatientIdentityFeed

    /// The SOAP side of a feed.
    public init(feed: PatientIdentityFeed) {
        self.feed = feed
    }

    /// The operations as the router offers them: one for each interaction.
    public var operations: [SOAPOperation<Caller, Never>] {
        PatientIdentityFeedV3Request.Interaction.allCases.map { interaction in
            SOAPOperation(
                action: interaction.action, replyAction: TransactionID.patientIdentityFeedV3.responseAction,
                packaging: .simple, bodyElement: interaction.element,
                handle: { request, caller in await respond(to: request, caller: caller) })
        }
    }

    private func respond(to request: SOAPRequest<Never>, caller: Caller) async -> SOAPReply {
        let head = HL7V3MessageHead(of: request.envelope.body)
        let acknowledgement = HL7V3Acknowledgement(
            answering: head, details: await details(of: request, head, caller),
            at: .now)
        let outcome: ResponseStatus = acknowledgement.isRefusal ? .failure : .success
        return SOAPReply(body: [acknowledgement.encoded()], outcome: outcome.name)
    }

    /// Does what the message asks for, and gives what there is to say about it.
    private func details(
        of request: SOAPRequest<Never>, _ head: HL7V3MessageHead, _ caller: Caller
    ) async -> [HL7V3Acknowledgement.Detail] {
        let origin = PatientRegister.Origin(
            organisation: caller.organisation, transaction: .patientIdentityFeedV3, messageID: head.id.text)
        caller.facts.note { $0.messageId = head.id.text }
        do {
            let message = try PatientIdentityFeedV3Request(decoding: request.envelope.body)
            let registrations = message.registrations.map {
                PatientIdentityFeed.Registration(ids: $0.ids, priorIDs: $0.priorIDs)
            }
            switch message.interaction {
            case .add:
                let note = try await feed.add(registrations, origin: origin, noting: caller.facts)
                return note.map { [.init(.warning, $0.text)] } ?? []
            case .revise:
                return []
            case .merge:
                try await feed.merge(registrations, origin: origin, noting: caller.facts)
                return []
            }
        } catch let problem as PatientFeedProblem {
            return [problem.detail(authority: feed.domain.authority)]
        } catch let error as MessageDecodingError {
            return [.init(.error, error.description)]
        } catch {
            return [.init(.error, feed.internalError(error, caller.requestID).context)]
        }
    }
}

extension PatientFeedProblem {
    /// As it is answered in HL7 v3.
    fileprivate func detail(authority: OID) -> HL7V3Acknowledgement.Detail {
        let event = "controlActProcess/subject[\(registration + 1)]/registrationEvent/"
        let path =
            part == .patient
            ? "subject1/patient/id" : "replacementOf/priorRegistration/subject1/priorRegisteredRole/id"
        return .init(.error, text(place: path, authority: authority.text), location: event + path)
    }
}
