extension AttributeReader {
    /// The authors under a scheme.
    ///
    /// - Source: ITI TF-3: 4.2.3.1.4.
    mutating func authors(scheme: String) -> [Author] {
        object.classifications(scheme: scheme).map { author($0) }
    }

    private mutating func author(_ classification: Classification) -> Author {
        var reader = AttributeReader(classification.object, subject: subject)
        let person = reader.slot(SlotName.authorPerson, .optional, XCN.init(parsing:))
        let institutions = reader.slots(SlotName.authorInstitution, XON.init(parsing:))
        let telecommunications = reader.slots(SlotName.authorTelecommunication, XTN.init(parsing:))
        let author = Author(
            person: person, institutions: institutions,
            roles: reader.slots(SlotName.authorRole, CodedString.init(parsing:)).map(\.text),
            specialties: reader.slots(SlotName.authorSpecialty, CodedString.init(parsing:)).map(\.text),
            telecommunications: telecommunications
        )
        if reader.errors.isEmpty, person == nil, institutions.isEmpty, telecommunications.isEmpty {
            reader.report("author", "has none of authorPerson, authorInstitution and authorTelecommunication")
        }
        take(reader.errors)
        return author
    }
}
