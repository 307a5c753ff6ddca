/// `rim:ExternalIdentifier`: patientId, uniqueId or sourceId of its object.
///
/// - Source: ebRIM 3.0, section 2.9; ITI TF-3: 4.2.3.1.3.
public struct ExternalIdentifier: Hashable, Sendable {
    /// Id, Name and the rest.
    public var object: RegistryObject
    /// `@identificationScheme`: which attribute this is.
    public var identificationScheme: String?
    /// `@registryObject`: id of the object it stands in.
    public var registryObject: String?
    /// `@value`, at most 256 characters.
    public var value: String?

    /// Makes an identifier.
    public init(
        object: RegistryObject = RegistryObject(), identificationScheme: String? = nil,
        registryObject: String? = nil, value: String? = nil
    ) {
        self.object = object
        self.identificationScheme = identificationScheme
        self.registryObject = registryObject
        self.value = value
    }
}
