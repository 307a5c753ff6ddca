extension Association {
    /// Reads an Association; nil if its type or an end is missing, or its SubmissionSetStatus malformed.
    ///
    /// - Source: ITI TF-3: 4.2.2.
    public static func decode(_ wire: EbRIMAssociation) -> (association: Association?, errors: [RegistryError]) {
        var reader = AttributeReader(wire.object, kind: .association)
        if wire.associationType == nil {
            reader.report("associationType", "is missing")
        } else if wire.type == nil {
            reader.report("associationType", "is none that XDS knows")
        }
        if wire.sourceObject == nil { reader.report("sourceObject", "is missing") }
        if wire.targetObject == nil { reader.report("targetObject", "is missing") }
        let status = reader.slot(SlotName.submissionSetStatus, .optional) { (text) throws(FormatProblem) in
            guard let status = SubmissionSetStatus(rawValue: text) else {
                throw FormatProblem("is neither Original nor Reference")
            }
            return status
        }
        guard reader.errors.isEmpty, let type = wire.type else { return (nil, reader.errors) }
        let association = Association(
            entryUUID: wire.entryUUID, type: type, source: wire.source, target: wire.target,
            submissionSetStatus: status
        )
        return (association, [])
    }
}
