extension Deviation {
    /// What the sender does, in words that can be sent to it.
    public var habit: String {
        switch self {
        case .strayWhitespace: "a code, an id or a Slot value has white space around it"
        case .classificationBesidePackage:
            "the Classification that makes a package a SubmissionSet or Folder stands beside the rim:RegistryPackage"
        case .missingObjectType:
            "objectType is missing on a Classification, ExternalIdentifier, Association or RegistryPackage"
        case .missingParentReference: "classifiedObject or registryObject is missing"
        case .missingComponentId: "id is missing on a Classification or ExternalIdentifier"
        case .elementOrder: "the child elements of an object are not in the order of the schema"
        case .emptyName: "a rim:Name is empty"
        case .emptySlotValue: "a Slot has no value, or an empty one"
        case .upperCaseUUID: "a urn:uuid: id has capital letters"
        case .identifierName: "the Name of an ExternalIdentifier is missing or not the fixed one"
        case .unknownSlot: "a Slot has a name that is neither of XDS nor a URN"
        case .quotedDTM: "a time of a query stands in quotes"
        case .listForSingleValue: "a query parameter that has one value gives it in parentheses"
        case .strayWhitespaceInCode: "a code of a query has white space around the code or its coding scheme"
        }
    }

    /// What would be right, in words that can be sent to the sender.
    public var remedy: String {
        switch self {
        case .strayWhitespace: "send the value without white space before and after it"
        case .classificationBesidePackage: "put that Classification inside the rim:RegistryPackage"
        case .missingObjectType:
            "send it, for example \(EbRIMVocabulary.ObjectType.classification) on a Classification"
        case .missingParentReference:
            "give every Classification its classifiedObject and every ExternalIdentifier its registryObject: the id of "
                + "the object it stands in"
        case .missingComponentId: "give every Classification and ExternalIdentifier an id"
        case .elementOrder:
            "send Slot, Name, Description, VersionInfo, Classification and ExternalIdentifier in this order"
        case .emptyName: "leave it out, or give it a LocalizedString with a value"
        case .emptySlotValue: "leave out Slots and values that are empty"
        case .upperCaseUUID: "write UUIDs in lower case"
        case .identifierName: "send the fixed name of the attribute, for example XDSDocumentEntry.uniqueId"
        case .unknownSlot: "name extra metadata by a URN outside urn:ihe:, or leave the Slot out"
        case .quotedDTM: "write times without quotes, for example 20250304"
        case .listForSingleValue: "write the value without parentheses"
        case .strayWhitespaceInCode: "write 'code^^codingScheme' without white space"
        }
    }
}
