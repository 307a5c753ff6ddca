/// Every fixed name of XDS metadata on the wire that is not the raw value of an enumeration of this folder.
///
/// - Source: ITI TF-3: 4.2 and 4.3; ebRIM 3.0.
public enum EbRIMVocabulary {
    /// Prefix of every UUID in its URN form.
    public static let uuidPrefix = "urn:uuid:"
    /// Prefix of an OID where it stands as a URN: only in homeCommunityId.
    public static let oidPrefix = "urn:oid:"
    /// Slot names under this prefix belong to IHE; other URNs are extra metadata of the sender.
    public static let ihePrefix = "urn:ihe:"

    /// `ObjectType` URNs of ebRIM, for `@objectType` of everything but a DocumentEntry.
    public enum ObjectType {
        private static let registryObject = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:"
        /// `@objectType` of `rim:Association`.
        public static let association = registryObject + "Association"
        /// `@objectType` of `rim:RegistryPackage`: SubmissionSet and Folder.
        public static let registryPackage = registryObject + "RegistryPackage"
        /// `@objectType` of `rim:Classification`.
        public static let classification = registryObject + "Classification"
        /// `@objectType` of `rim:ExternalIdentifier`.
        public static let externalIdentifier = registryObject + "ExternalIdentifier"
    }

    /// Values of `@classificationNode`: what kind of object a package is, and the limitedMetadata flags.
    public enum Node {
        /// Marks a RegistryPackage as a SubmissionSet.
        public static let submissionSet = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
        /// Marks a RegistryPackage as a Folder.
        public static let folder = "urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2"
        /// limitedMetadata of a DocumentEntry.
        public static let limitedDocumentEntry = "urn:uuid:ab9b591b-83ab-4d03-8f5d-f93b1fb92e85"
        /// limitedMetadata of a SubmissionSet.
        public static let limitedSubmissionSet = "urn:uuid:5003a9db-8d8d-49e6-bf0c-990e34ac7707"
        /// limitedMetadata of a Folder.
        public static let limitedFolder = "urn:uuid:2c144a76-29a9-4b7c-af54-b25409fe7d03"
        /// All three limitedMetadata nodes.
        public static let limitedMetadata: Set<String> = [limitedDocumentEntry, limitedSubmissionSet, limitedFolder]
    }

    /// Values of `@classificationScheme` and `@identificationScheme`: which attribute of the object this is.
    public enum Scheme {
        /// DocumentEntry.author.
        public static let documentEntryAuthor = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
        /// DocumentEntry.classCode.
        public static let classCode = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
        /// DocumentEntry.confidentialityCode.
        public static let confidentialityCode = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
        /// DocumentEntry.eventCodeList.
        public static let eventCodeList = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
        /// DocumentEntry.formatCode.
        public static let formatCode = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
        /// DocumentEntry.healthcareFacilityTypeCode.
        public static let healthcareFacilityTypeCode = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
        /// DocumentEntry.practiceSettingCode.
        public static let practiceSettingCode = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
        /// DocumentEntry.typeCode.
        public static let typeCode = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
        /// DocumentEntry.patientId.
        public static let documentEntryPatientId = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
        /// DocumentEntry.uniqueId.
        public static let documentEntryUniqueId = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
        /// SubmissionSet.author.
        public static let submissionSetAuthor = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
        /// SubmissionSet.contentTypeCode.
        public static let contentTypeCode = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
        /// SubmissionSet.patientId.
        public static let submissionSetPatientId = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
        /// SubmissionSet.sourceId.
        public static let submissionSetSourceId = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
        /// SubmissionSet.uniqueId.
        public static let submissionSetUniqueId = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
        /// Folder.codeList.
        public static let folderCodeList = "urn:uuid:1ba97051-7806-41a8-a48b-8fce7af683c5"
        /// Folder.patientId.
        public static let folderPatientId = "urn:uuid:f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a"
        /// Folder.uniqueId.
        public static let folderUniqueId = "urn:uuid:75df8f67-9973-4fbe-a900-df66cefecc5a"
        /// Documentation (reason) of a relationship Association.
        public static let associationDocumentation = "urn:uuid:abd807a3-4432-4053-87b4-fd82c643d1f3"
    }

    /// Names of attributes that are Classifications or ExternalIdentifiers, as the tables of attributes have them.
    enum AttributeName {
        /// The attribute under the given scheme; nil for schemes XDS does not know.
        static func of(scheme: String) -> String? {
            names[scheme] ?? IdentifierName.of(scheme: scheme).map { String($0.drop { $0 != "." }.dropFirst()) }
        }

        private static let names: [String: String] = {
            var names = [
                Scheme.documentEntryAuthor: "author", Scheme.submissionSetAuthor: "author",
                Scheme.associationDocumentation: "documentation",
            ]
            for attribute in CodedAttribute.allCases {
                if let scheme = attribute.scheme { names[scheme] = attribute.rawValue }
            }
            return names
        }()
    }

    /// Fixed `rim:Name` values of ExternalIdentifiers.
    public enum IdentifierName {
        /// Name of the identifier under the given scheme; nil for schemes XDS does not know.
        public static func of(scheme: String) -> String? { names[scheme] }

        private static let names: [String: String] = [
            Scheme.documentEntryPatientId: "XDSDocumentEntry.patientId",
            Scheme.documentEntryUniqueId: "XDSDocumentEntry.uniqueId",
            Scheme.submissionSetPatientId: "XDSSubmissionSet.patientId",
            Scheme.submissionSetSourceId: "XDSSubmissionSet.sourceId",
            Scheme.submissionSetUniqueId: "XDSSubmissionSet.uniqueId",
            Scheme.folderPatientId: "XDSFolder.patientId",
            Scheme.folderUniqueId: "XDSFolder.uniqueId",
        ]
    }
}
