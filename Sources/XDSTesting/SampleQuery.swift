public import NIOCore
public import XDSMetadata
import XMLKit

/// An ITI-18 request of its parameters, written as they go over the wire.
public struct SampleQuery: Hashable, Sendable {
    /// `ResponseOption/@returnType`; left out if nil.
    public var returnType: String?
    /// `AdhocQuery/@id`.
    public var id: String
    /// The parameters: name and the texts of its Values, in order.
    public var parameters: [Slot]

    /// Makes a query.
    public init(id: String, returnType: String? = "LeafClass", parameters: [Slot]) {
        self.id = id
        self.returnType = returnType
        self.parameters = parameters
    }

    /// FindDocuments for the Approved stable entries of a patient; add or change parameters for more.
    public static func findDocuments(
        patientId: String = SampleMetadata.patientId, returnType: String = "LeafClass"
    ) -> SampleQuery {
        SampleQuery(
            id: StoredQueryID.findDocuments.rawValue, returnType: returnType,
            parameters: [
                Slot(name: "$XDSDocumentEntryPatientId", values: ["'\(patientId)'"]),
                Slot(name: "$XDSDocumentEntryStatus", values: ["('\(AvailabilityStatus.approved.rawValue)')"]),
            ]
        )
    }

    /// GetDocuments by uniqueId.
    public static func getDocuments(uniqueIds: [String], returnType: String = "LeafClass") -> SampleQuery {
        let list = uniqueIds.map { "'\($0)'" }.joined(separator: ",")
        return SampleQuery(
            id: StoredQueryID.getDocuments.rawValue, returnType: returnType,
            parameters: [Slot(name: "$XDSDocumentEntryUniqueId", values: ["(\(list))"])]
        )
    }

    /// Replaces a parameter, or adds it.
    public func with(_ name: String, _ values: String...) -> SampleQuery {
        var copy = self
        copy.parameters.removeAll { $0.name == name }
        copy.parameters.append(Slot(name: name, values: values))
        return copy
    }

    /// Adds a parameter, also if it is there already.
    public func adding(_ name: String, _ values: String...) -> SampleQuery {
        var copy = self
        copy.parameters.append(Slot(name: name, values: values))
        return copy
    }

    /// Takes a parameter out.
    public func without(_ name: String) -> SampleQuery {
        var copy = self
        copy.parameters.removeAll { $0.name == name }
        return copy
    }

    /// What a decoder would give for the request.
    public var adhocQuery: AdhocQuery { AdhocQuery(id: id, slots: parameters) }

    /// The request element.
    public func request() -> ByteBuffer {
        var writer = XMLWriter()
        writer.element(
            "query:AdhocQueryRequest", ("xmlns:query", XDSNamespace.query), ("xmlns:rim", XDSNamespace.rim)
        ) { writer in
            writer.empty(
                "query:ResponseOption", ("returnComposedObjects", "true"), ("returnType", returnType)
            )
            writer.element("rim:AdhocQuery", ("id", id)) { writer in
                for slot in parameters {
                    writer.element("rim:Slot", ("name", slot.name)) { writer in
                        writer.element("rim:ValueList") { writer in
                            for value in slot.values { writer.element("rim:Value", text: value) }
                        }
                    }
                }
            }
        }
        return writer.buffer
    }
}
