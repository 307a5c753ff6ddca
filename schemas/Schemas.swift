/// What the daemon carries inside itself: the SQL migrations and the WSDL and XSD files that it serves.
///
/// The package manager turns every file of `sql/`, `wsdl/` and `xsd/` into a byte array; this file gives them their
/// names back. A test compares the lists with the folders, so that a new file cannot be forgotten here.
public enum Schemas {
    /// A file by the name under which it is applied or served.
    public struct File: Sendable {
        /// The file name, for example `0001_registry.sql`.
        public let name: String
        /// Its bytes, UTF-8.
        public let bytes: [UInt8]

        /// The content as text.
        public var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Migrations in the order they are applied.
    public static var migrations: [File] {
        [
            File(name: "0001_registry.sql", bytes: PackageResources._001_registry_sql),
            File(name: "0002_repository.sql", bytes: PackageResources._002_repository_sql),
            File(name: "0003_organisations.sql", bytes: PackageResources._003_organisations_sql),
            File(name: "0004_organisation_policies.sql", bytes: PackageResources._004_organisation_policies_sql),
            File(name: "0005_deviations.sql", bytes: PackageResources._005_deviations_sql),
            File(name: "0006_stored_queries.sql", bytes: PackageResources._006_stored_queries_sql),
            File(name: "0007_patient_events.sql", bytes: PackageResources._007_patient_events_sql),
            File(name: "0008_stored_by.sql", bytes: PackageResources._008_stored_by_sql),
            File(name: "0009_front_door.sql", bytes: PackageResources._009_front_door_sql),
            File(name: "0010_audit.sql", bytes: PackageResources._010_audit_sql),
            File(name: "0011_access.sql", bytes: PackageResources._011_access_sql),
            File(
                name: "0018_consent_of_merged_patients.sql",
                bytes: PackageResources._018_consent_of_merged_patients_sql),
            File(name: "0019_who_gave_the_bytes.sql", bytes: PackageResources._019_who_gave_the_bytes_sql),
            File(name: "0020_audit_of_link_changes.sql", bytes: PackageResources._020_audit_of_link_changes_sql),
            File(name: "0021_signed_batches.sql", bytes: PackageResources._021_signed_batches_sql),
            File(name: "0022_patient_versions.sql", bytes: PackageResources._022_patient_versions_sql),
        ]
    }

    /// Describes the registry's services; `@ADDRESS@` stands for the URL of the endpoint.
    public static var registryWSDL: File { File(name: "XDSRegistry.wsdl", bytes: PackageResources.XDSRegistry_wsdl) }

    /// Describes the repository's services; `@ADDRESS@` stands for the URL of the endpoint.
    public static var repositoryWSDL: File {
        File(name: "XDSRepository.wsdl", bytes: PackageResources.XDSRepository_wsdl)
    }

    /// Describes the patient identity feed; `@ADDRESS@` stands for the URL of the endpoint.
    public static var patientFeedWSDL: File { File(name: "PIXFeed.wsdl", bytes: PackageResources.PIXFeed_wsdl) }

    /// The schemas that the descriptions refer to.
    public static var xsd: [File] {
        [
            File(name: "lcm.xsd", bytes: PackageResources.lcm_xsd),
            File(name: "pix.xsd", bytes: PackageResources.pix_xsd),
            File(name: "query.xsd", bytes: PackageResources.query_xsd),
            File(name: "rim.xsd", bytes: PackageResources.rim_xsd),
            File(name: "rmd.xsd", bytes: PackageResources.rmd_xsd),
            File(name: "rs.xsd", bytes: PackageResources.rs_xsd),
            File(name: "xds.xsd", bytes: PackageResources.xds_xsd),
            File(name: "xml.xsd", bytes: PackageResources.xml_xsd),
        ]
    }
}
