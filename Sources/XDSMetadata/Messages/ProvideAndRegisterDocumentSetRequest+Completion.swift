/// What a repository computed over the bytes of one document.
public struct DocumentDigest: Hashable, Sendable {
    /// SHA-1 over the bytes.
    public let hash: SHA1Digest
    /// Number of bytes.
    public let size: Int64

    /// Makes a digest.
    public init(hash: SHA1Digest, size: Int64) {
        self.hash = hash
        self.size = size
    }
}

extension ProvideAndRegisterDocumentSetRequest {
    /// Makes the submission that the registry gets: repositoryUniqueId set or replaced, hash and size filled in.
    ///
    /// - Parameters:
    ///   - digests: by the id of the Document.
    ///   - repositoryUniqueId: of this repository.
    /// - Returns: the submission, and what the repository refuses: XDSMissingDocument, XDSMissingDocumentMetadata,
    ///   XDSRepositoryDuplicateUniqueIdInMessage, XDSRepositoryMetadataError.
    /// - Source: ITI TF-2: 3.41.4.1.3.
    public func completing(
        with digests: [EntryUUID: DocumentDigest], repositoryUniqueId: OID
    ) -> (submission: UnverifiedSubmission, errors: [RegistryError]) {
        var errors = documentErrors()
        errors += submission.repeatedUniqueIds.map {
            RegistryError(.repositoryDuplicateUniqueIdInMessage, "uniqueId \($0) occurs more than once")
        }
        var objects = submission.objects
        for index in objects.extrinsicObjects.indices {
            errors += Self.complete(
                &objects.extrinsicObjects[index], with: digests[objects.extrinsicObjects[index].entryUUID],
                repositoryUniqueId: repositoryUniqueId
            )
        }
        for index in errors.indices { errors[index].location = "XDSRepository" }
        return (UnverifiedSubmission(objects: objects, deviations: submission.deviations), errors)
    }

    /// Document and DocumentEntry come in pairs.
    private func documentErrors() -> [RegistryError] {
        var errors: [RegistryError] = []
        let entryIds = Set(submission.documentEntries.map(\.entryUUID))
        var documentIds: Set<EntryUUID> = []
        for document in documents {
            let id = document.id.text
            if !documentIds.insert(document.id).inserted {
                errors.append(RegistryError(.repositoryMetadata, "Document \(id) is given more than once"))
            } else if !entryIds.contains(document.id) {
                errors.append(RegistryError(.missingDocumentMetadata, "Document \(id) has no DocumentEntry"))
            }
        }
        for entry in submission.documentEntries {
            let subject = ObjectKind.documentEntry.subject(entry.entryUUID)
            if entry.object.objectType == DocumentEntryType.onDemand.rawValue {
                errors.append(RegistryError(.repositoryMetadata, "\(subject): an on-demand entry has no Document"))
            } else if !documentIds.contains(entry.entryUUID) {
                errors.append(RegistryError(.missingDocument, "\(subject) has no Document"))
            }
        }
        return errors
    }

    /// Sets repositoryUniqueId, and compares or fills in hash and size.
    private static func complete(
        _ entry: inout ExtrinsicObject, with digest: DocumentDigest?, repositoryUniqueId: OID
    ) -> [RegistryError] {
        entry.object.setSlot(SlotName.repositoryUniqueId, [repositoryUniqueId.text])
        guard let digest else { return [] }
        let subject = ObjectKind.documentEntry.subject(entry.entryUUID)
        var errors: [RegistryError] = []
        let size = entry.object.values(of: SlotName.size)
        if size.isEmpty {
            entry.object.setSlot(SlotName.size, [String(digest.size)])
        } else if let problem = problem(in: size, expected: digest.size, DocumentSize.parse) {
            errors.append(RegistryError(.repositoryMetadata, "\(subject): size \(problem)"))
        }
        let hash = entry.object.values(of: SlotName.hash)
        if hash.isEmpty {
            entry.object.setSlot(SlotName.hash, [digest.hash.hex])
        } else if let problem = problem(in: hash, expected: digest.hash, SHA1Digest.init(parsing:)) {
            errors.append(RegistryError(.repositoryMetadata, "\(subject): hash \(problem)"))
        }
        return errors
    }

    private static func problem<Value: Equatable>(
        in values: [String], expected: Value, _ parse: (String) throws(FormatProblem) -> Value
    ) -> String? {
        guard values.count == 1 else { return "has several values; one is allowed" }
        do throws(FormatProblem) {
            return try parse(values[0]) == expected ? nil : "is not the one of the document"
        } catch {
            return error.reason
        }
    }
}

extension RegistryObject {
    /// Values of the Slot of that name; empty if there is none.
    fileprivate func values(of name: String) -> [String] { slot(name)?.values ?? [] }
}
