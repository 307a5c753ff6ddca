import Glibc
public import NIOCore
public import XMLKit

extension TransactionFacts {
    // MARK: Requests

    /// Notes what the request itself says, valid or not: a request that is refused is recorded too.
    ///
    /// It is read by the names of elements and schemes alone, so it serves every transaction of the registry and the repository.
    public func note(request payload: XMLElement, in document: XMLDocument) {
        if payload.is(AdhocQueryRequest.element) {
            noteQuery(payload)
        } else if payload.is(.lcm("RemoveObjectsRequest")) {
            let ids = document.elements(.rim("ObjectRef")).compactMap { $0.attribute("id") }
            note { $0.removedObjects = ids }
        } else {
            noteSubmission(document)
            noteDocuments(document)
        }
    }

    private func noteQuery(_ payload: XMLElement) {
        let content = payload.serializedBytes()
        let query = payload.first(.rim("AdhocQuery"))
        var patients: [String] = []
        if let query {
            for slot in query.all(.rim("Slot")) where slot.attribute("name")?.hasSuffix("atientId") == true {
                guard let values = slot.first(.rim("ValueList")) else { continue }
                for value in values.all(.rim("Value")) { patients += Self.literals(value.trimmedText) }
            }
        }
        note {
            $0.query = content
            $0.queryId = query?.attribute("id")
            for patient in patients { $0.add(patient: patient) }
        }
    }

    /// What stands between single quotes in the value of a query parameter, which may be a list.
    private static func literals(_ value: String) -> [String] {
        var literals: [String] = []
        for (index, part) in value.utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
            .enumerated()
        where index % 2 == 1 && !part.isEmpty {
            literals.append(String(Substring(part)))
        }
        return literals
    }

    /// The SubmissionSet's ids; of a message without one there are none.
    private func noteSubmission(_ document: XMLDocument) {
        var patient: String?
        var uniqueId: String?
        for identifier in document.elements(.rim("ExternalIdentifier")) {
            switch identifier.attribute("identificationScheme") {
            case EbRIMVocabulary.Scheme.submissionSetPatientId: patient = patient ?? identifier.attribute("value")
            case EbRIMVocabulary.Scheme.submissionSetUniqueId: uniqueId = uniqueId ?? identifier.attribute("value")
            default: break
            }
        }
        if let patient { note(patient: patient) }
        if let uniqueId { note { $0.submissionSet = uniqueId } }
    }

    private func noteDocuments(_ document: XMLDocument) {
        var documents: [Document] = []
        for request in document.elements(.xds("DocumentRequest")) {
            func text(_ name: String) -> String? { request.first(.xds(name))?.trimmedText }
            documents.append(
                Document(
                    uniqueId: text("DocumentUniqueId") ?? "", repositoryUniqueId: text("RepositoryUniqueId") ?? "",
                    homeCommunityId: RetrieveDocumentSetRequest.homeCommunityId(text("HomeCommunityId"))))
        }
        if !documents.isEmpty { note { $0.documents = documents } }
    }

    // MARK: Answers

    /// Notes what the answer says of how it ended.
    /// - Parameters:
    ///   - outcome: `Success`, `PartialSuccess` or `Failure`.
    ///   - payload: the finished XML of the answer, without the bytes of documents.
    public func note(answer payload: [ByteBuffer], outcome: String?) {
        let isSuccess = outcome == ResponseStatus.success.name
        if isSuccess { note { for index in $0.documents.indices { $0.documents[index].isDone = true } } }
        guard !isSuccess || Self.hasErrorList(payload) else { return }
        // Our own answer: if it could not be read, the outcome is recorded without words.
        guard let document = try? Self.document(of: payload) else { return }
        noteErrors(document)
        // Of a failure nothing is done.
        if outcome == ResponseStatus.partialSuccess.name { noteDone(document) }
    }

    /// Errors and warnings come first in every answer; a successful one is not searched any further.
    private static func hasErrorList(_ payload: [ByteBuffer]) -> Bool {
        guard let head = payload.first else { return false }
        let name: StaticString = "RegistryErrorList"
        return head.withUnsafeReadableBytes { bytes in
            let length = name.utf8CodeUnitCount
            var rest = UnsafeRawBufferPointer(rebasing: bytes.prefix(512))
            // By the first letter, which is rare: every answer is searched, nearly always in vain.
            while rest.count >= length, let base = rest.baseAddress,
                let found = memchr(base, CInt(name.utf8Start[0]), rest.count - length + 1)
            {
                if memcmp(found, name.utf8Start, length) == 0 { return true }
                rest = UnsafeRawBufferPointer(rebasing: rest[(UnsafeRawPointer(found) - base + 1)...])
            }
            return false
        }
    }

    private static func document(of payload: [ByteBuffer]) throws(XMLError) -> XMLDocument {
        var parser = try XMLDocumentParser()
        for piece in payload { try parser.parse(piece) }
        return try parser.finish()
    }

    private func noteErrors(_ document: XMLDocument) {
        note(
            document.elements(.rs("RegistryError")).map { error in
                RegistryError(
                    RegistryErrorCode(rawValue: error.attribute("errorCode") ?? ""),
                    error.attribute("codeContext") ?? "",
                    severity: error.attribute("severity").flatMap(RegistryErrorSeverity.init) ?? .error)
            })
    }

    /// Which documents are in the answer of a retrieval; for a removal, those that no error names.
    private func noteDone(_ document: XMLDocument) {
        let isRetrieval = document.root.is(.xds("RetrieveDocumentSetResponse"))
        let named =
            isRetrieval
            ? document.elements(.xds("DocumentResponse")).compactMap { $0.first(.xds("DocumentUniqueId"))?.trimmedText }
            : document.elements(.rs("RegistryError")).compactMap {
                ErrorSubject.id(of: "DocumentRequest", in: $0.attribute("location") ?? "")
            }
        let ids = Set(named)
        note {
            for index in $0.documents.indices {
                $0.documents[index].isDone = ids.contains($0.documents[index].uniqueId) == isRetrieval
            }
        }
    }
}
