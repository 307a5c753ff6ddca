import HTTPTypes
import HummingbirdCore
import SOAPKit
import XDSMetadata

/// One path of the front door: a SOAP router behind POST, its description behind GET.
struct Endpoint: Sendable {
    /// As in `/xds/registry`.
    let path: String
    /// Answers a SOAP request; never fails, every failure is an answer.
    let post: @Sendable (Request, TrackedBody, Caller) async -> SOAPResponse
    /// The WSDL or XSD that a query string asks for, `nil` if it asks for none.
    let description: @Sendable (String) -> ServiceDescription?

    /// An endpoint in front of `router`.
    init<Store: AttachmentStore>(
        path: String, router: SOAPRouter<Caller, Store>,
        description: @escaping @Sendable (String) -> ServiceDescription?
    ) {
        self.path = path
        self.description = description
        post = { request, body, caller in
            await router.respond(
                contentType: request.headers[.contentType], contentEncoding: request.headers[.contentEncoding],
                contentLength: request.headers[.contentLength].flatMap { Int($0) }, body: body, context: caller,
                requestID: caller.requestID)
        }
    }
}
