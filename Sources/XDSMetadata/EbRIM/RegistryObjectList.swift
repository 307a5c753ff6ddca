/// `rim:RegistryObjectList`: the objects of a submission or an answer, by kind, each kind in the order of the message.
///
/// Classifications that stood beside an object are inside it here. `rim:ObjectRef` is read over.
/// - Source: ebRIM 3.0; ITI TF-3: 4.2.1.
public struct RegistryObjectList: Hashable, Sendable {
    /// DocumentEntries.
    public var extrinsicObjects: [ExtrinsicObject] = []
    /// SubmissionSets and Folders.
    public var packages: [RegistryPackage] = []
    /// Associations.
    public var associations: [EbRIMAssociation] = []
    /// Classifications beside the objects that name no object of the list.
    public var strayClassifications: [Classification] = []
    /// Ids of `rim:ObjectRef` elements: the result of an ObjectRef query, without meaning in a submission.
    public var objectRefs: [String] = []

    /// Makes an empty list.
    public init() {}
}
