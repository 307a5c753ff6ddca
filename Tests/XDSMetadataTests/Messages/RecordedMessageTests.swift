import Foundation
import NIOCore
import Testing
import XMLKit

@testable import XDSMetadata

/// Messages recorded between products of several vendors, replayed if they are there.
enum RecordedMessages {
    /// The folder named by `XDS_SAMPLES`, or `../shared/samples` beside the package; nil if there is none.
    static let folder: URL? = {
        if let path = ProcessInfo.processInfo.environment["XDS_SAMPLES"] { return existing(URL(filePath: path)) }
        var place = URL(filePath: #filePath).resolvingSymlinksInPath()
        while place.path != "/" {
            place.deleteLastPathComponent()
            if let found = existing(place.appending(path: "../shared/samples").standardized) { return found }
        }
        return nil
    }()

    static var areMissing: Bool { folder == nil }

    private static func existing(_ url: URL) -> URL? { FileManager.default.fileExists(atPath: url.path) ? url : nil }

    /// The SOAP envelope in a recording, cut out of whatever stands around it; then the payload in its body.
    static func payload(_ name: String) throws -> XMLElement {
        let folder = try #require(folder)
        let text = String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
        let tag = try #require(text.firstMatch(of: #/Envelope\s+xmlns/#)?.range)
        let start = try #require(text[..<tag.lowerBound].lastIndex(of: "<"))
        let prefix = text[text.index(after: start)..<tag.lowerBound]
        let end = try #require(text.firstRange(of: "</\(prefix)Envelope>"))
        // The proxy that recorded ITI-41 lost the declaration of wsse; the header is none of our business here.
        var envelope = String(text[start..<end.upperBound])
        if let security = envelope.firstRange(of: "<wsse:Security>"),
            let close = envelope.firstRange(of: "</wsse:Security>")
        {
            envelope.removeSubrange(security.lowerBound..<close.upperBound)
        }
        let document = try XMLDocument(parsing: ByteBuffer(string: envelope))
        let body = QualifiedName("http://www.w3.org/2003/05/soap-envelope", "Body")
        return try #require(document.root.first(body).flatMap { Array($0.children).first })
    }
}

@Suite("Recorded messages", .disabled(if: RecordedMessages.areMissing, "no recorded messages: set XDS_SAMPLES"))
struct RecordedMessageTests {
    @Test("ITI-18 request: FindDocuments")
    func readsQuery() throws {
        let request = try AdhocQueryRequest(decoding: RecordedMessages.payload("ITI-18_request_raw.xml"))
        #expect(request.returnType == .objectRef)
        #expect(request.query.deviations == [])
        guard case .findDocuments(let query) = try StoredQuery.decode(request.query).query else {
            Issue.record("it is another query")
            return
        }
        #expect(query.patientId.cx == "7e1c6e78-58f1-4a43-ae88-0d5a5c4ab43e^^^&1.3.6.1.4.1.21367.2017.2.5.45&ISO")
        #expect(query.statuses == [.approved])
    }

    @Test("ITI-18 response: a whole DocumentEntry, written again without loss")
    func readsQueryResponse() throws {
        let (response, objects) = try AdhocQueryResponse.decode(RecordedMessages.payload("ITI-18_response_raw.xml"))
        #expect(response.status == .success)
        let entry = try #require(objects.extrinsicObjects.first)
        #expect(entry.object.slots.map(\.name).contains("urn:e-health-suisse:2020:originalProviderRole"))
        let decoded = DocumentEntry.decode(entry)
        #expect(decoded.errors == [])
        #expect(decoded.entry?.homeCommunityId?.urn == "urn:oid:1.1.4567334.1.6")
        #expect(decoded.entry?.version == 1)
        let again = try RegisterDocumentSetRequest(decoding: element(objects.submitObjectsRequest()))
        #expect(again.submission.objects == objects)
    }

    @Test("ITI-41 request: completed and registered, nothing lost")
    func readsSubmission() throws {
        let payload = try RecordedMessages.payload("ITI-41_request_raw.xml")
        let request = try ProvideAndRegisterDocumentSetRequest(decoding: payload)
        #expect(request.submission.deviations == [.classificationBesidePackage, .missingObjectType])
        #expect(request.submission.submissionSets.count == 1)
        #expect(request.submission.sourceId == "2.16.756.5.30.1.139.1.1.11")
        let document = try #require(request.documents.first)
        #expect(document.element.first(QualifiedName(XDSNamespace.xop, "Include")) != nil)
        let digest = DocumentDigest(hash: try .zero(), size: 1)
        let repository = try OID(parsing: "2.999.2.1")
        let (submission, errors) = request.completing(with: [document.id: digest], repositoryUniqueId: repository)
        #expect(errors == [])
        var state = RegistryState()
        for patient in SubmissionNeeds(submission).patientIds { state.patients[patient] = .active }
        let result = try SubmissionValidator(.registerDocumentSet)
            .validate(submission, against: state, at: registrationTime)
        let entry = try #require(result.documentEntries.first)
        #expect(entry.object.entryUUID == document.id)
        #expect(entry.fragment.contains("HCP^^^&amp;2.16.756.5.30.1.127.3.10.6&amp;ISO"))
        #expect(entry.fragment.contains("xml:lang=\"en-US\" charset=\"UTF-8\" value=\"Normal\""))
    }

    @Test("ITI-41 response")
    func readsRegistryResponse() throws {
        let response = try RegistryResponse(decoding: RecordedMessages.payload("ITI-41_response_raw.xml"))
        #expect(response == RegistryResponse(errors: []))
    }

    @Test("ITI-43 request and response")
    func readsRetrieve() throws {
        let request = try RetrieveDocumentSetRequest(decoding: RecordedMessages.payload("ITI-43_request_raw.xml"))
        #expect(request.documents.map(\.homeCommunityId) == ["urn:oid:1.3.6.1.4.1.21367.2017.2.6.19"])
        let answer = try RetrieveDocumentSetResponse.decode(RecordedMessages.payload("ITI-43_response_raw.xml"))
        #expect(answer.response.status == .success)
        #expect(answer.documents.map(\.documentUniqueId) == request.documents.map(\.documentUniqueId))
    }
}
