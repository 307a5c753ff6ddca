/// Every patientId is one of the patient domain, known to the registry and not merged into another one.
///
/// Where the domain is that of the BSN, an id that fails the eleven test counts as unknown if the check is set to
/// refuse: it cannot be anybody's. If it is set to warn, it is taken with a warning, which does not show the id.
/// - Source: ITI TF-2: 3.42.4.1.3. Error: XDSUnknownPatientId with the id, once for each.
struct PatientIsKnownRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        var seen: Set<PatientID> = []
        return submission.allObjects.compactMap { object in
            guard let patientId = object.patientId, seen.insert(patientId).inserted else { return nil }
            if let reason = Self.problem(with: patientId, in: state) {
                return object.subject.error(
                    .unknownPatientId, "patientId \(patientId.cx) \(reason)", attribute: "patientId")
            }
            guard state.patientDomain?.failsElevenTest(patientId) == true else { return nil }
            return object.subject.error(
                .metadata, "patientId is no BSN: it fails the eleven test", attribute: "patientId", severity: .warning)
        }
    }

    private static func problem(with patientId: PatientID, in state: RegistryState) -> String? {
        if let domain = state.patientDomain {
            guard patientId.assigningAuthority == domain.authority else {
                return "is of another assigning authority than this affinity domain, which is \(domain.authority)"
            }
            if domain.bsnCheck == .reject, domain.failsElevenTest(patientId) {
                return "is no BSN: it fails the eleven test"
            }
        }
        return switch state.patients[patientId] {
        case .active: nil
        case .subsumed: "is merged into another one"
        case nil: "is not known"
        }
    }
}
