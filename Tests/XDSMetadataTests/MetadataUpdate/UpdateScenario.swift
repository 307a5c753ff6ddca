import FoundationEssentials
import Testing
import XDSTesting

@testable import XDSMetadata

/// A registry with two documents of the sample patient, the first in a Folder and with an addendum, and an update.
struct UpdateScenario {
    var state = UpdateState()
    /// The update; tests change it.
    var sample = SampleMetadata.update()
    /// Ids of the objects that are registered.
    let document = UUID()
    let addendum = UUID()
    let folder = UUID()
    let set = UUID()
    /// Associations: SubmissionSet to document, Folder to document, addendum to document.
    let submission = UUID()
    let membership = UUID()
    let relationship = UUID()
    /// What the registry holds of the document and of the Folder.
    var entry = SampleMetadata.submission().completed().documentEntry
    var package = SampleMetadata.submission(folders: 1).folder

    /// - Parameter transaction: whose rules apply.
    let transaction: UpdateTransaction
    /// The codes that the affinity domain allows.
    var valueSets = ValueSetBindings()
    /// Whose objects the caller may change.
    var mayChange: (String) -> Bool = { $0 == "ziekenhuis" }

    init(_ transaction: UpdateTransaction = .updateDocumentSet) throws {
        self.transaction = transaction
        state.registry.patients = [
            try SampleMetadata.patient(): .active, try SampleMetadata.patient(SampleMetadata.otherPatientId): .active,
        ]
        entry.object.identify(as: document.urn, logicalID: document)
        package.object.identify(as: folder.urn, logicalID: folder)
        package.object.setSlot(SlotName.lastUpdateTime, ["20250304101600"])
        try add(document, .documentEntry, .documentEntry(entry))
        var other = SampleMetadata.submission().completed().documentEntry
        other.object.identify(as: addendum.urn, logicalID: addendum)
        try add(addendum, .documentEntry, .documentEntry(other))
        try add(folder, .folder, .package(package))
        try add(set, .submissionSet, nil)
        link(submission, .hasMember, from: set, to: document)
        link(membership, .hasMember, from: folder, to: document)
        link(relationship, .append, from: addendum, to: document)
    }

    /// Adds a registered object, or replaces it.
    mutating func add(
        _ id: UUID, _ kind: ObjectKind, _ content: SubmittedObject?, status: AvailabilityStatus = .approved,
        patientId: String = SampleMetadata.patientId, version: Int = 1, logicalID: UUID? = nil, isLatest: Bool = true,
        submitter: String = "ziekenhuis"
    ) throws {
        state.add(
            UpdateObject(
                id: id, kind: kind, status: status, patientId: try SampleMetadata.patient(patientId),
                version: kind == .submissionSet
                    ? nil : .init(logicalID: logicalID ?? id, number: version, isLatest: isLatest),
                submitter: submitter, content: content))
    }

    /// Adds a registered Association.
    mutating func link(
        _ id: UUID, _ type: AssociationType, from source: UUID, to target: UUID,
        status: AvailabilityStatus = .approved, submitter: String = "ziekenhuis"
    ) {
        let association = EbRIMAssociation(
            object: RegistryObject(id: id.urn, objectType: EbRIMVocabulary.ObjectType.association),
            associationType: type.rawValue, sourceObject: source.urn, targetObject: target.urn)
        state.add(
            UpdateObject(
                id: id, kind: .association, status: status, submitter: submitter, content: .association(association)))
    }

    /// Adds a new version of the document to the update.
    mutating func updateDocument(
        previousVersion: Int = 1, propagation: String? = nil, _ change: (inout ExtrinsicObject) -> Void = { _ in }
    ) {
        sample.update(entry, logicalID: document, previousVersion: previousVersion, propagation: propagation)
        change(&sample.objects.extrinsicObjects[sample.objects.extrinsicObjects.count - 1])
    }

    /// Adds a new version of the Folder to the update.
    mutating func updateFolder(
        previousVersion: Int = 1, propagation: String? = nil, _ change: (inout RegistryPackage) -> Void = { _ in }
    ) {
        sample.update(package, logicalID: folder, previousVersion: previousVersion, propagation: propagation)
        change(&sample.objects.packages[sample.objects.packages.count - 1])
    }

    /// The HasMember of the first new version.
    var member: EbRIMAssociation {
        get { sample.objects.associations[0] }
        set { sample.objects.associations[0] = newValue }
    }

    /// Judges the update.
    func validate() throws(SubmissionRefusal) -> ValidatedUpdate {
        try UpdateValidator(transaction, valueSets: valueSets).validate(
            UnverifiedUpdate(sample.unverified), against: state, at: registrationTime, mayChange: mayChange)
    }

    /// Every error, or none.
    var errors: [RegistryError] {
        do throws(SubmissionRefusal) {
            _ = try validate()
            return []
        } catch {
            return error.errors
        }
    }
}

/// One change of a valid update, and the codes it leads to.
struct UpdateCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let codes: Set<RegistryErrorCode>
    /// Part of a context.
    let context: String
    let change: @Sendable (inout UpdateScenario) throws -> Void

    init(
        _ description: String, _ codes: RegistryErrorCode..., context: String = "",
        change: @escaping @Sendable (inout UpdateScenario) throws -> Void
    ) {
        testDescription = description
        self.codes = Set(codes)
        self.context = context
        self.change = change
    }

    /// Makes the change on a scenario and compares the errors.
    func check(_ transaction: UpdateTransaction) throws {
        var scenario = try UpdateScenario(transaction)
        try change(&scenario)
        let errors = scenario.errors
        #expect(Set(errors.map(\.code)) == codes, "\(errors.map(\.context))")
        #expect(errors.contains { $0.context.contains(context) }, "\(errors.map(\.context))")
        #expect(errors.allSatisfy { $0.location?.hasPrefix("XDSRegistry") == true })
    }
}
