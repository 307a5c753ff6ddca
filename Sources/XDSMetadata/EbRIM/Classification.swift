/// `rim:Classification`: a code or an author of its object, or a node that tells what kind of object it is.
///
/// - Source: ebRIM 3.0, section 4.3; ITI TF-3: 4.2.3.1.2.
public struct Classification: Hashable, Sendable {
    /// Id, Slots, Name and the rest.
    public var object: RegistryObject
    /// `@classificationScheme`: which attribute this is.
    public var classificationScheme: String?
    /// `@classificationNode`: what kind of object this is.
    public var classificationNode: String?
    /// `@classifiedObject`: id of the object it stands in.
    public var classifiedObject: String?
    /// `@nodeRepresentation`: the code.
    public var nodeRepresentation: String?

    /// Makes a Classification.
    public init(
        object: RegistryObject = RegistryObject(), classificationScheme: String? = nil,
        classificationNode: String? = nil, classifiedObject: String? = nil, nodeRepresentation: String? = nil
    ) {
        self.object = object
        self.classificationScheme = classificationScheme
        self.classificationNode = classificationNode
        self.classifiedObject = classifiedObject
        self.nodeRepresentation = nodeRepresentation
    }
}
