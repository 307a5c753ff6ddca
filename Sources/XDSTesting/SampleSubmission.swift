public import NIOCore
public import XDSMetadata
import XMLKit

/// A valid submission in its wire shapes, to be sent as it is or after a change that a test makes.
public struct SampleSubmission: Hashable, Sendable {
    /// The objects; change them at will.
    public var objects: RegistryObjectList
    /// The documents of the DocumentEntries.
    public var documents: [SampleDocument]

    /// Makes a submission.
    public init(objects: RegistryObjectList, documents: [SampleDocument]) {
        self.objects = objects
        self.documents = documents
    }

    /// What a decoder would give for the request.
    public var unverified: UnverifiedSubmission { UnverifiedSubmission(objects: objects) }

    /// Index of the SubmissionSet in `objects.packages`.
    public static let submissionSetIndex = 0

    /// The SubmissionSet.
    public var submissionSet: RegistryPackage {
        get { objects.packages[Self.submissionSetIndex] }
        set { objects.packages[Self.submissionSetIndex] = newValue }
    }

    /// The first DocumentEntry.
    public var documentEntry: ExtrinsicObject {
        get { objects.extrinsicObjects[0] }
        set { objects.extrinsicObjects[0] = newValue }
    }

    /// The first Folder, which comes after the SubmissionSet.
    public var folder: RegistryPackage {
        get { objects.packages[Self.submissionSetIndex + 1] }
        set { objects.packages[Self.submissionSetIndex + 1] = newValue }
    }

    /// Sets what a repository sets: repositoryUniqueId, hash and size of every DocumentEntry.
    public func completed(repositoryUniqueId: String = SampleMetadata.repositoryUniqueId) -> SampleSubmission {
        var copy = self
        for index in copy.objects.extrinsicObjects.indices {
            let id = copy.objects.extrinsicObjects[index].object.id
            copy.objects.extrinsicObjects[index].object.setSlot(SlotName.repositoryUniqueId, [repositoryUniqueId])
            guard let digest = documents.first(where: { $0.id == id })?.digest else { continue }
            copy.objects.extrinsicObjects[index].object.setSlot(SlotName.hash, [digest.hash.hex])
            copy.objects.extrinsicObjects[index].object.setSlot(SlotName.size, [String(digest.size)])
        }
        return copy
    }

    /// Adds an Association and, for a Folder membership, nothing else: use `link` for what rules demand.
    @discardableResult
    public mutating func associate(
        _ type: AssociationType, from source: String, to target: String, status: SubmissionSetStatus? = nil
    ) -> String {
        let id = "as\(objects.associations.count + 1)"
        var object = RegistryObject(id: id, objectType: EbRIMVocabulary.ObjectType.association)
        if let status { object.setSlot(SlotName.submissionSetStatus, [status.rawValue]) }
        objects.associations.append(
            EbRIMAssociation(
                object: object, associationType: type.rawValue, sourceObject: source, targetObject: target
            )
        )
        return id
    }

    /// Puts a DocumentEntry into a Folder, with the HasMember from the SubmissionSet to that membership.
    public mutating func link(folder: String, documentEntry: String) {
        let membership = associate(.hasMember, from: folder, to: documentEntry)
        associate(.hasMember, from: submissionSet.object.id ?? "", to: membership)
    }

    /// Request of ITI-42.
    public func registerRequest() -> ByteBuffer { objects.submitObjectsRequest() }

    /// Request of ITI-41, with `xop:Include` for every document.
    public func provideAndRegisterRequest() -> ByteBuffer {
        var writer = XMLWriter(capacity: 8192)
        writer.element("xds:ProvideAndRegisterDocumentSetRequest", ("xmlns:xds", XDSNamespace.xds)) { writer in
            writer.raw(registerRequest())
            for document in documents {
                writer.element("xds:Document", ("id", document.id)) { writer in
                    writer.empty(
                        "xop:Include", ("xmlns:xop", XDSNamespace.xop), ("href", "cid:" + document.contentID)
                    )
                }
            }
        }
        return writer.buffer
    }
}
