public import XMLKit

/// ITI-42 request: `lcm:SubmitObjectsRequest`.
///
/// - Source: ITI TF-2: 3.42.4.1.
public struct RegisterDocumentSetRequest: Sendable {
    /// The payload element.
    public static let element = QualifiedName(XDSNamespace.lcm, "SubmitObjectsRequest")

    /// What is submitted.
    public let submission: UnverifiedSubmission
    /// Slots of `rs:RequestSlotList`; ITI-80 names its target community there.
    public let requestSlots: [Slot]

    /// Reads the request.
    ///
    /// - Throws: MessageDecodingError if it is another element or has no RegistryObjectList.
    public init(decoding element: XMLElement) throws(MessageDecodingError) {
        guard element.is(Self.element) else {
            throw MessageDecodingError("lcm:SubmitObjectsRequest is expected", at: element)
        }
        guard let list = element.first(.rim("RegistryObjectList")) else {
            throw MessageDecodingError("lcm:SubmitObjectsRequest has no rim:RegistryObjectList", at: element)
        }
        var decoder = EbRIMDecoder()
        let objects = try decoder.registryObjectList(list)
        var slots: [Slot] = []
        if let slotList = element.first(.rs("RequestSlotList")) {
            for child in slotList.all(.rim("Slot")) { slots.append(decoder.slot(child)) }
        }
        requestSlots = slots
        submission = UnverifiedSubmission(objects: objects, deviations: decoder.places)
    }
}
