/// No uniqueId occurs twice in one submission, whatever the kinds of the objects.
///
/// - Source: ITI TF-3: 4.2.4.1. Error: XDSRegistryDuplicateUniqueIdInMessage with the id.
struct UniqueIdsAreUniqueInMessageRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.repeatedUniqueIds.map {
            $0.subject.error(
                .duplicateUniqueIdInMessage, "uniqueId \($0.uniqueId) occurs more than once in the submission",
                attribute: "uniqueId")
        }
    }
}

extension UnverifiedSubmission {
    /// uniqueIds that several objects have, each once, with the second object that has it.
    var repeatedUniqueIds: [(subject: ErrorSubject, uniqueId: String)] {
        var counts: [String: Int] = [:]
        return allObjects.compactMap { object in
            guard let id = object.uniqueId else { return nil }
            counts[id, default: 0] += 1
            return counts[id] == 2 ? (object.subject, id) : nil
        }
    }
}
