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
            $0.subject.error(
                .repositoryDuplicateUniqueIdInMessage,
                "uniqueId \($0.uniqueId) occurs more than once in the submission",
                attribute: "uniqueId")
        }
        var objects = submission.objects
        for index in objects.extrinsicObjects.indices {
            errors += Self.complete(
                &objects.extrinsicObjects[index], with: digests[objects.extrinsicObjects[index].entryUUID],
                repositoryUniqueId: repositoryUniqueId
            )
        }
        return (
            UnverifiedSubmission(objects: objects, deviations: submission.deviationPlaces),
            errors.map { $0.found(by: .repository) }
        )
    }

    /// Document and DocumentEntry come in pairs.
    private func documentErrors() -> [RegistryError] {
        var errors: [RegistryError] = []
        let entryIds = Set(submission.documentEntries.map(\.entryUUID))
        var documentIds: Set<EntryUUID> = []
        for document in documents {
            let subject = ErrorSubject("Document", document.id.text)
            if !documentIds.insert(document.id).inserted {
                errors.append(subject.error(.repositoryMetadata, "it is given more than once", attribute: "id"))
            } else if !entryIds.contains(document.id) {
                errors.append(subject.error(.missingDocumentMetadata, "it has no DocumentEntry"))
            }
        }
        for entry in submission.documentEntries {
            let subject = ObjectKind.documentEntry.subject(entry.entryUUID)
            if entry.object.objectType == DocumentEntryType.onDemand.rawValue {
                errors.append(
                    subject.error(
                        .repositoryMetadata, "an on-demand entry is not submitted with a Document",
                        attribute: "objectType"))
            } else if !documentIds.contains(entry.entryUUID) {
                errors.append(subject.error(.missingDocument, "it has no Document"))
            }
        }
        return errors
    }

    /// Sets repositoryUniqueId, and compares or fills in hash and size. Wrong ones are exchanged for the true ones once
    /// they are reported, so that the registry compares with what was really sent.
    private static func complete(
        _ entry: inout ExtrinsicObject, with digest: DocumentDigest?, repositoryUniqueId: OID
    ) -> [RegistryError] {
        entry.object.setSlot(SlotName.repositoryUniqueId, [repositoryUniqueId.text])
        guard let digest, entry.object.objectType != DocumentEntryType.onDemand.rawValue else { return [] }
        let subject = ObjectKind.documentEntry.subject(entry.entryUUID)
        var errors: [RegistryError] = []
        let size = entry.object.values(of: SlotName.size)
        let sizeProblem = problem(in: size, expected: digest.size, DocumentSize.parse)
        if let sizeProblem {
            errors.append(subject.error(.repositoryMetadata, "size \(sizeProblem)", attribute: SlotName.size))
        }
        if size.isEmpty || sizeProblem != nil { entry.object.setSlot(SlotName.size, [String(digest.size)]) }
        let hash = entry.object.values(of: SlotName.hash)
        let hashProblem = problem(in: hash, expected: digest.hash, SHA1Digest.init(parsing:))
        if let hashProblem {
            errors.append(subject.error(.repositoryMetadata, "hash \(hashProblem)", attribute: SlotName.hash))
        }
        if hash.isEmpty || hashProblem != nil { entry.object.setSlot(SlotName.hash, [digest.hash.hex]) }
        return errors
    }

    /// What is wrong with a value that was sent; nil if none was.
    private static func problem<Value: Equatable>(
        in values: [String], expected: Value, _ parse: (String) throws(FormatProblem) -> Value
    ) -> String? {
        if values.isEmpty { return nil }
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
