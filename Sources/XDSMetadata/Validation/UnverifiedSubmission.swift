/// What arrived: the objects of a submission with the ids they came with, not judged yet.
///
/// Only SubmissionValidator makes a ValidatedSubmission of it.
public struct UnverifiedSubmission: Hashable, Sendable {
    /// The objects.
    public let objects: RegistryObjectList
    /// Habits of the sender noticed while reading.
    public let deviations: Set<Deviation>
    /// Where each was noticed first.
    let deviationPlaces: [Deviation: DeviationPlace]
    /// Every object by its id; of objects that share an id, the first.
    let index: [EntryUUID: SubmittedObject]
    /// Every object in the order DocumentEntries, packages, Associations.
    let allObjects: [SubmittedObject]
    /// SubmissionSets; a valid submission has exactly one.
    public let submissionSets: [RegistryPackage]
    /// Folders.
    public let folders: [RegistryPackage]

    /// Makes a submission of its objects.
    public init(objects: RegistryObjectList, deviations: [Deviation: DeviationPlace] = [:]) {
        self.objects = objects
        self.deviations = Set(deviations.keys)
        deviationPlaces = deviations
        allObjects =
            objects.extrinsicObjects.map { .documentEntry($0) } + objects.packages.map { .package($0) }
            + objects.associations.map { .association($0) }
        submissionSets = objects.packages.filter { $0.kind == .submissionSet }
        folders = objects.packages.filter { $0.kind == .folder }
        index = Dictionary(
            allObjects.lazy.filter { $0.object.id != nil }.map { ($0.entryUUID, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// DocumentEntries.
    public var documentEntries: [ExtrinsicObject] { objects.extrinsicObjects }

    /// Associations.
    public var associations: [EbRIMAssociation] { objects.associations }

    /// How many objects there are: DocumentEntries, SubmissionSets, Folders and Associations.
    public var objectCount: Int {
        objects.extrinsicObjects.count + objects.packages.count + objects.associations.count
    }

    /// How many values its objects have.
    public var valueCount: Int { allObjects.reduce(0) { $0 + $1.object.valueCount } }

    /// SubmissionSet.sourceId of the first SubmissionSet, as it arrived: who is to be allowed to submit.
    public var sourceId: String? {
        submissionSets.first?.object.identifiers(scheme: EbRIMVocabulary.Scheme.submissionSetSourceId).first?.value
    }

    /// How errors name the SubmissionSet.
    public var submissionSetSubject: ErrorSubject {
        ObjectKind.submissionSet.subject(submissionSets.first?.entryUUID ?? .symbolic(""))
    }
}
