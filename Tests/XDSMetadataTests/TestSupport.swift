import FoundationEssentials
import NIOCore
import Testing
import XDSTesting
import XMLKit

@testable import XDSMetadata

/// Parses XML text, with the prefixes of ebRIM bound around it, and gives its only element.
func element(_ xml: String) throws -> XMLElement {
    let wrapped = """
        <t xmlns:rim="\(XDSNamespace.rim)" xmlns:rs="\(XDSNamespace.rs)" xmlns:lcm="\(XDSNamespace.lcm)" \
        xmlns:query="\(XDSNamespace.query)" xmlns:xds="\(XDSNamespace.xds)">\(xml)</t>
        """
    let document = try XMLDocument(parsing: ByteBuffer(string: wrapped))
    return try #require(Array(document.root.children).first)
}

/// Parses a finished message.
func element(_ buffer: ByteBuffer) throws -> XMLElement { try XMLDocument(parsing: buffer).root }

extension RegistryState {
    /// A registry that knows the sample patient and nothing else.
    static func sample() throws -> RegistryState {
        var state = RegistryState()
        state.patients[try SampleMetadata.patient()] = .active
        return state
    }

    /// Adds an Approved stable DocumentEntry of the sample patient and gives its id.
    mutating func addDocumentEntry(
        status: AvailabilityStatus = .approved, patientId: String = SampleMetadata.patientId,
        type: DocumentEntryType = .stable, traits: Set<KnownObject.Trait> = []
    ) throws -> UUID {
        let id = UUID()
        objects[id] = KnownObject(
            kind: .documentEntry, status: status, patientId: try SampleMetadata.patient(patientId), documentType: type,
            traits: traits
        )
        return id
    }

    /// Adds an Approved Folder of the sample patient and gives its id.
    mutating func addFolder(
        status: AvailabilityStatus = .approved, patientId: String = SampleMetadata.patientId
    ) throws -> UUID {
        let id = UUID()
        objects[id] = KnownObject(kind: .folder, status: status, patientId: try SampleMetadata.patient(patientId))
        return id
    }
}

/// Time of registration in tests.
let registrationTime = DTM(secondsSinceEpoch: 1_741_083_330)

/// Every error the registry finds, or none.
func registryErrors(_ sample: SampleSubmission, _ state: RegistryState) -> [RegistryError] {
    do throws(SubmissionRefusal) {
        _ = try SubmissionValidator(.registerDocumentSet)
            .validate(sample.unverified, against: state, at: registrationTime)
        return []
    } catch {
        return error.errors
    }
}
