public import NIOCore
public import XMLKit

extension RegistryObjectList {
    /// Writes `rim:RegistryObjectList` as a client sends it; the prefix `rim` has to be bound around it.
    ///
    /// Ids and everything else go out as they are; elements in the order of the schema.
    public func write(to writer: inout XMLWriter) {
        writer.element("rim:RegistryObjectList") { writer in
            for entry in extrinsicObjects { EbRIMEncoder.write(entry, to: &writer) }
            for package in packages { EbRIMEncoder.write(package, to: &writer) }
            for classification in strayClassifications { EbRIMEncoder.write(classification, to: &writer) }
            for association in associations { EbRIMEncoder.write(association, to: &writer) }
            for id in objectRefs { writer.empty("rim:ObjectRef", ("id", id)) }
        }
    }

    /// `lcm:SubmitObjectsRequest` with its namespace declarations: the request of ITI-42.
    public func submitObjectsRequest() -> ByteBuffer {
        var writer = XMLWriter(capacity: 8192)
        writer.element(
            "lcm:SubmitObjectsRequest", ("xmlns:lcm", XDSNamespace.lcm), ("xmlns:rim", XDSNamespace.rim)
        ) { writer in
            write(to: &writer)
        }
        return writer.buffer
    }
}
