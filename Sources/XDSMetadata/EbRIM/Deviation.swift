/// A habit of a sender that departs from the standard and is understood all the same.
///
/// Each is counted per message, so that an administrator can tell partners what their systems do.
public enum Deviation: String, Hashable, Sendable, CaseIterable {
    /// White space around a code, an id or a Slot value.
    case strayWhitespace
    /// The Classification that makes a package a SubmissionSet or Folder stands beside the package, not inside.
    case classificationBesidePackage
    /// `@objectType` is missing on a Classification, ExternalIdentifier, Association or RegistryPackage.
    case missingObjectType
    /// `@classifiedObject` or `@registryObject` is missing inside the object it would name.
    case missingParentReference
    /// `@id` is missing on a Classification or ExternalIdentifier.
    case missingComponentId
    /// Child elements of an object are not in the order of the schema.
    case elementOrder
    /// An empty `rim:Name`; an empty `rim:Description` is the same as none.
    case emptyName
    /// A Slot without a value, or an empty value in a Slot.
    case emptySlotValue
    /// A `urn:uuid:` id with upper-case digits.
    case upperCaseUUID
    /// The `rim:Name` of an ExternalIdentifier is missing or not the fixed one; the registry sets the fixed one.
    case identifierName
    /// A Slot name that is neither of XDS nor a URN; the Slot is stored and returned like extra metadata.
    case unknownSlot
    /// A time in quotes in a query.
    case quotedDTM
    /// A single value of a query in parentheses.
    case listForSingleValue
    /// White space around a code or scheme inside a query value.
    case strayWhitespaceInCode
}
