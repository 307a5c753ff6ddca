/// No uniqueId occurs twice in one submission, whatever the kinds of the objects.
///
/// - Source: ITI TF-3: 4.2.4.1. Error: XDSRegistryDuplicateUniqueIdInMessage with the id.
struct UniqueIdsAreUniqueInMessageRule: SubmissionRule {
    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        submission.repeatedUniqueIds.map {
            RegistryError(.duplicateUniqueIdInMessage, "uniqueId \($0) occurs more than once in the submission")
        }
    }
}

extension UnverifiedSubmission {
    /// uniqueIds that several objects have, each once, in the order of their second occurrence.
    var repeatedUniqueIds: [String] {
        var counts: [String: Int] = [:]
        return allObjects.compactMap(\.uniqueId).filter { id in
            counts[id, default: 0] += 1
            return counts[id] == 2
        }
    }
}
