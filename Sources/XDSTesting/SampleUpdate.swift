public import FoundationEssentials
public import XDSMetadata

extension SampleMetadata {
    /// An update that asks for nothing yet: a SubmissionSet alone. Triggers are added to it.
    public static func update(patientId: String = patientId) -> SampleSubmission {
        submission(documents: 0, patientId: patientId)
    }
}

extension SampleSubmission {
    /// Adds a new version of a DocumentEntry with its HasMember.
    ///
    /// - Parameters:
    ///   - entry: the metadata; id and lid are set.
    ///   - logicalID: lid of the object.
    ///   - id: the id of the new version.
    ///   - propagation: AssociationPropagation, none if nil.
    public mutating func update(
        _ entry: ExtrinsicObject, logicalID: UUID, previousVersion: Int = 1, id: String = "Version01",
        propagation: String? = nil
    ) {
        var entry = entry
        entry.object.identify(as: id, logicalID: logicalID)
        objects.extrinsicObjects.append(entry)
        annotate(
            associate(.hasMember, from: submissionSet.object.id ?? "", to: id, status: .original), previousVersion,
            propagation)
    }

    /// Adds a new version of a Folder with its HasMember.
    public mutating func update(
        _ folder: RegistryPackage, logicalID: UUID, previousVersion: Int = 1, id: String = "FolderVersion01",
        propagation: String? = nil
    ) {
        var folder = folder
        folder.object.identify(as: id, logicalID: logicalID)
        objects.packages.append(folder)
        annotate(
            associate(.hasMember, from: submissionSet.object.id ?? "", to: id), previousVersion, propagation)
    }

    /// Adds the trigger UpdateAvailabilityStatus.
    @discardableResult
    public mutating func changeStatus(
        of target: UUID, from original: AvailabilityStatus, to new: AvailabilityStatus
    ) -> String {
        let id = associate(.updateAvailabilityStatus, from: submissionSet.object.id ?? "", to: target.urn)
        let last = objects.associations.indices.last ?? 0
        objects.associations[last].object.setSlot(SlotName.originalStatus, [original.rawValue])
        objects.associations[last].object.setSlot(SlotName.newStatus, [new.rawValue])
        return id
    }

    /// Adds an Association between registered objects and the trigger SubmitAssociation.
    @discardableResult
    public mutating func submit(_ type: AssociationType, from source: UUID, to target: UUID) -> String {
        let id = associate(type, from: source.urn, to: target.urn)
        associate(.submitAssociation, from: submissionSet.object.id ?? "", to: id)
        return id
    }

    private mutating func annotate(_ id: String, _ previousVersion: Int, _ propagation: String?) {
        for index in objects.associations.indices where objects.associations[index].object.id == id {
            objects.associations[index].object.setSlot(SlotName.previousVersion, [String(previousVersion)])
            guard let propagation else { continue }
            objects.associations[index].object.setSlot(SlotName.associationPropagation, [propagation])
        }
    }
}

extension RegistryObject {
    /// Gives an object an id, everywhere in it, and a lid.
    public mutating func identify(as id: String, logicalID: UUID? = nil) {
        self.id = id
        lid = logicalID?.urn
        for index in classifications.indices { classifications[index].classifiedObject = id }
        for index in externalIdentifiers.indices { externalIdentifiers[index].registryObject = id }
    }
}
