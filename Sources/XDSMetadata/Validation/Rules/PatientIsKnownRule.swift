/// Every patientId is known from the patient identity feed and not merged into another one.
///
/// - Source: ITI TF-2: 3.42.4.1.3. Error: XDSUnknownPatientId with the id, once for each.
struct PatientIsKnownRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        var seen: Set<PatientID> = []
        return submission.allObjects.compactMap { object in
            guard let patientId = object.patientId, seen.insert(patientId).inserted else { return nil }
            let reason: String
            switch state.patients[patientId] {
            case .active: return nil
            case .subsumed: reason = "is merged into another one"
            case nil: reason = "is not known"
            }
            return object.subject.error(
                .unknownPatientId, "patientId \(patientId.cx) \(reason)", attribute: "patientId")
        }
    }
}
