/// One object of a submission, with the attributes that rules compare across kinds.
public indirect enum SubmittedObject: Hashable, Sendable {
    /// A DocumentEntry.
    case documentEntry(ExtrinsicObject)
    /// A SubmissionSet, a Folder, or a package that is not clearly either.
    case package(RegistryPackage)
    /// An Association.
    case association(EbRIMAssociation)

    /// What it is; nil for a package that is neither SubmissionSet nor Folder.
    var kind: ObjectKind? {
        switch self {
        case .documentEntry: .documentEntry
        case .association: .association
        case .package(let package):
            switch package.kind {
            case .submissionSet: .submissionSet
            case .folder: .folder
            case .unclear: nil
            }
        }
    }

    /// Id, Slots, Classifications and the rest.
    var object: RegistryObject {
        switch self {
        case .documentEntry(let entry): entry.object
        case .package(let package): package.object
        case .association(let association): association.object
        }
    }

    /// The id.
    var entryUUID: EntryUUID { object.entryUUID }

    /// How errors name it.
    var subject: ErrorSubject { kind?.subject(entryUUID) ?? ErrorSubject("RegistryPackage", entryUUID.text) }

    /// patientId as it arrived; nil if absent.
    var patientIdText: String? { identifier(patientIdScheme) }

    /// patientId; nil if absent or malformed.
    var patientId: PatientID? {
        guard let text = patientIdText else { return nil }
        return try? PatientID(parsing: text)
    }

    /// uniqueId as it arrived; nil if absent.
    var uniqueId: String? { identifier(uniqueIdScheme) }

    private func identifier(_ scheme: String?) -> String? {
        guard let scheme, let text = object.identifiers(scheme: scheme).first?.value, !text.isEmpty else { return nil }
        return text
    }

    private var patientIdScheme: String? {
        switch kind {
        case .documentEntry: EbRIMVocabulary.Scheme.documentEntryPatientId
        case .submissionSet: EbRIMVocabulary.Scheme.submissionSetPatientId
        case .folder: EbRIMVocabulary.Scheme.folderPatientId
        case .association, nil: nil
        }
    }

    private var uniqueIdScheme: String? {
        switch kind {
        case .documentEntry: EbRIMVocabulary.Scheme.documentEntryUniqueId
        case .submissionSet: EbRIMVocabulary.Scheme.submissionSetUniqueId
        case .folder: EbRIMVocabulary.Scheme.folderUniqueId
        case .association, nil: nil
        }
    }
}
