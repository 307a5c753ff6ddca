import FoundationEssentials

/// Turns a draft that passed the rules into what the store keeps: ids resolved, status, logicalID and version set,
/// fragments written. Everything else stays as it was sent.
struct UpdateWriter {
    private let draft: UpdateDraft
    private let now: DTM

    init(_ draft: UpdateDraft, at now: DTM) {
        self.draft = draft
        self.now = now
    }

    /// Writes and reads back.
    ///
    /// - Throws: SubmissionRefusal if an attribute cannot be read, which the rules exclude.
    func write() throws(SubmissionRefusal) -> ValidatedUpdate {
        guard let set = draft.update.submission.submissionSets.first else {
            throw SubmissionRefusal(errors: [RegistryError(.metadata, "there is no SubmissionSet")])
        }
        let superseded = Set(draft.versions.map(\.previous.id))
        return ValidatedUpdate(
            submissionSet: try submissionSet(set),
            documentEntries: try documentEntries.map { (wire) throws(SubmissionRefusal) in
                let entry = try Registration.required(DocumentEntry.decode(wire))
                return Registered(entry, fragment: Registration.fragment { EbRIMEncoder.write(wire, to: &$0) })
            },
            owners: draft.versions.filter { $0.update.kind == .documentEntry }.map(\.previous.submitter),
            folders: try folders.map { (wire) throws(SubmissionRefusal) in
                let folder = try Registration.required(Folder.decode(wire))
                return Registered(folder, fragment: Registration.fragment { EbRIMEncoder.write(wire, to: &$0) })
            },
            associations: try associations.map { (wire) throws(SubmissionRefusal) in try association(wire) },
            changes: draft.changes,
            gainingFolders: draft.gainingFolders.filter { !superseded.contains($0) },
            updateTime: now)
    }

    // MARK: Objects

    private func submissionSet(_ wire: RegistryPackage) throws(SubmissionRefusal) -> Registered<SubmissionSet> {
        var wire = wire
        finish(&wire.object)
        let set = try Registration.required(SubmissionSet.decode(wire))
        return Registered(set, fragment: Registration.fragment { EbRIMEncoder.write(wire, to: &$0) })
    }

    private var documentEntries: [ExtrinsicObject] {
        draft.versions.compactMap { version in
            guard case .documentEntry(var wire) = version.update.object else { return nil }
            finish(&wire.object, as: draft.objects[version.id])
            return wire
        }
    }

    /// lastUpdateTime stays as it was, unless the Folder gains a document in the same update.
    private var folders: [RegistryPackage] {
        draft.versions.compactMap { version in
            guard case .package(var wire) = version.update.object else { return nil }
            let kept = version.previous.content?.object.slot(SlotName.lastUpdateTime)?.values
            let gains = draft.gainingFolders.contains(version.previous.id)
            wire.object.setSlot(SlotName.lastUpdateTime, gains ? [now.text] : kept ?? [now.text])
            finish(&wire.object, as: draft.objects[version.id])
            return wire
        }
    }

    private func association(_ wire: EbRIMAssociation) throws(SubmissionRefusal) -> Registered<Association> {
        var wire = wire
        wire.sourceObject = draft.uuid(of: wire.source)?.urn ?? wire.sourceObject
        wire.targetObject = draft.uuid(of: wire.target)?.urn ?? wire.targetObject
        finish(&wire.object)
        let association = try Registration.required(Association.decode(wire))
        return Registered(association, fragment: Registration.fragment { EbRIMEncoder.write(wire, to: &$0) })
    }

    /// Those of the message as the draft left them, then the copies with component ids of their own.
    private var associations: [EbRIMAssociation] {
        let sent = draft.update.submission.associations.map { association in
            draft.object(association.entryUUID)?.association ?? association
        }
        let copies = draft.copies.compactMap { draft.objects[$0]?.association }.map { copy in
            var copy = copy
            for index in copy.object.classifications.indices { copy.object.classifications[index].object.id = nil }
            return copy
        }
        return sent + copies
    }

    // MARK: What the registry sets

    /// Sets id, status, logicalID and version; without a version it is the first one of an object of its own.
    private func finish(_ object: inout RegistryObject, as registered: UpdateObject? = nil) {
        guard let uuid = draft.uuid(of: object.entryUUID) else { return }
        let version = registered?.version
        object.status = (registered?.status ?? .approved).rawValue
        object.lid = (version?.logicalID ?? uuid).urn
        object.versionInfo = VersionInfo(
            versionName: String(version?.number ?? 1), comment: object.versionInfo?.comment)
        Registration.identify(&object, uuid)
    }
}
