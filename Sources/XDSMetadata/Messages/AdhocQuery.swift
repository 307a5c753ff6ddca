public import XMLKit

/// `rim:AdhocQuery`: the id of a stored query and its parameters as Slots.
///
/// - Source: ITI TF-2: 3.18.4.1.2.3.
public struct AdhocQuery: Hashable, Sendable {
    /// `@id`: which stored query.
    public let id: String
    /// `@home` as received; a registry ignores it.
    public let home: String?
    /// The parameters in their order.
    public let slots: [Slot]
    /// What was noticed while reading.
    public let deviations: Set<Deviation>

    /// Makes a query.
    public init(id: String, home: String? = nil, slots: [Slot], deviations: Set<Deviation> = []) {
        self.id = id
        self.home = home
        self.slots = slots
        self.deviations = deviations
    }

    /// Reads a query.
    ///
    /// - Throws: MessageDecodingError if the id is missing.
    public init(decoding element: XMLElement) throws(MessageDecodingError) {
        guard let id = element.attribute("id").map(TextFormat.trimmed), !id.isEmpty else {
            throw MessageDecodingError("rim:AdhocQuery has no id", at: element)
        }
        var decoder = EbRIMDecoder()
        var slots: [Slot] = []
        for child in element.all(.rim("Slot")) { slots.append(decoder.slot(child)) }
        self.init(
            id: EntryUUID(id).text, home: element.attribute("home").map(TextFormat.trimmed), slots: slots,
            // White space around a Value is allowed; inside the quotes its type notes it.
            deviations: decoder.deviations.subtracting([.strayWhitespace])
        )
    }
}
