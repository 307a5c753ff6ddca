/// Where a habit of a sender was noticed first in a message.
public struct DeviationPlace: Hashable, Sendable {
    /// Id of the registry object it is in; an empty symbol outside all of them.
    var object: EntryUUID
    /// What of the object it is in, if not in the object itself: the name of a Slot or the scheme of a component.
    var attribute: String?

    /// The attribute as the tables of attributes name it.
    var attributeName: String? {
        attribute.map { EbRIMVocabulary.AttributeName.of(scheme: EntryUUID(TextFormat.trimmed($0)).text) ?? $0 }
    }
}
