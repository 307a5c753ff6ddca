/// `rim:RegistryPackage`: a SubmissionSet or a Folder on the wire.
///
/// - Source: ebRIM 3.0, section 2.13; ITI TF-3: 4.2.1.1 and 4.2.1.3.
public struct RegistryPackage: Hashable, Sendable {
    /// What a package is by its classification nodes.
    public enum Kind: Hashable, Sendable {
        /// Exactly the node of a SubmissionSet.
        case submissionSet
        /// Exactly the node of a Folder.
        case folder
        /// Neither node, or both.
        case unclear
    }

    /// Id, Slots, Classifications and the rest.
    public var object: RegistryObject

    /// Makes a package.
    public init(object: RegistryObject) { self.object = object }

    /// The id.
    public var entryUUID: EntryUUID { object.entryUUID }

    /// What it is.
    public var kind: Kind {
        let isSet = object.isClassified(node: EbRIMVocabulary.Node.submissionSet)
        let isFolder = object.isClassified(node: EbRIMVocabulary.Node.folder)
        return isSet == isFolder ? .unclear : (isSet ? .submissionSet : .folder)
    }
}
