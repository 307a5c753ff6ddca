public import XMLKit

/// Patient Identity Feed HL7 V3: the part of its three interactions that a registry needs.
///
/// - Source: ITI TF-2: 3.44.4; HL7 v3 PRPA_IN201301UV02, PRPA_IN201302UV02, PRPA_IN201304UV02.
public struct PatientIdentityFeedV3Request: Hashable, Sendable {
    /// What happened to the patient.
    public enum Interaction: String, Sendable, CaseIterable {
        /// A patient was registered.
        case add = "PRPA_IN201301UV02"
        /// What is known of a patient changed.
        case revise = "PRPA_IN201302UV02"
        /// Two ids turned out to be one patient's.
        case merge = "PRPA_IN201304UV02"

        /// The element in the body.
        public var element: QualifiedName { .hl7(rawValue) }
        /// `wsa:Action`.
        public var action: String { "\(XDSNamespace.hl7):\(rawValue)" }
    }

    /// One registration event.
    public struct Registration: Hashable, Sendable {
        /// `patient/id`: the ids of the patient; of a merge, those that survive.
        public let ids: [FeedIdentifier]
        /// `priorRegistration//id`: the ids that are subsumed; empty but for a merge.
        public let priorIDs: [FeedIdentifier]

        /// Makes a registration.
        public init(ids: [FeedIdentifier], priorIDs: [FeedIdentifier] = []) {
            self.ids = ids
            self.priorIDs = priorIDs
        }
    }

    /// Which interaction.
    public let interaction: Interaction
    /// The registrations, usually one.
    public let registrations: [Registration]

    /// Reads the element in the body. The head is read apart (``HL7V3MessageHead``): an answer needs it in any case.
    ///
    /// - Throws: MessageDecodingError for another element, and where the patient or the ids are missing.
    public init(decoding element: XMLElement) throws(MessageDecodingError) {
        guard element.namespaceURI == XDSNamespace.hl7, let interaction = Interaction(rawValue: element.localName)
        else {
            throw MessageDecodingError("the body holds no message of the patient identity feed", at: element)
        }
        self.interaction = interaction
        guard let act = element.first(.hl7("controlActProcess")) else {
            throw MessageDecodingError("controlActProcess is missing", at: element)
        }
        var registrations: [Registration] = []
        for subject in act.all(.hl7("subject")) {
            guard let event = subject.first(.hl7("registrationEvent")) else {
                throw MessageDecodingError("registrationEvent is missing", at: subject)
            }
            registrations.append(try Self.registration(event, interaction))
        }
        guard !registrations.isEmpty else { throw MessageDecodingError("subject is missing", at: act) }
        self.registrations = registrations
    }

    private static func registration(
        _ event: XMLElement, _ interaction: Interaction
    ) throws(MessageDecodingError) -> Registration {
        guard let patient = event.first(.hl7("subject1"))?.first(.hl7("patient")) else {
            throw MessageDecodingError("subject1/patient is missing", at: event)
        }
        let ids = patient.all(.hl7("id")).map(identifier)
        guard interaction == .merge else { return Registration(ids: ids) }
        let priorIDs = event.all(.hl7("replacementOf")).flatMap { replacement in
            replacement.all(.hl7("priorRegistration")).flatMap { prior in
                prior.all(.hl7("subject1")).flatMap { subject in
                    subject.all(.hl7("priorRegisteredRole")).flatMap { $0.all(.hl7("id")).map(identifier) }
                }
            }
        }
        guard !priorIDs.isEmpty else {
            throw MessageDecodingError(
                "replacementOf/priorRegistration/subject1/priorRegisteredRole/id is missing", at: event)
        }
        return Registration(ids: ids, priorIDs: priorIDs)
    }

    /// An II; one that is only a null flavour reads as empty.
    private static func identifier(_ element: XMLElement) -> FeedIdentifier {
        FeedIdentifier(
            id: element.attribute("extension") ?? "", namespace: element.attribute("assigningAuthorityName") ?? "",
            universalID: element.attribute("root") ?? "")
    }
}

extension QualifiedName {
    static func hl7(_ localName: String) -> QualifiedName { QualifiedName(XDSNamespace.hl7, localName) }
}
