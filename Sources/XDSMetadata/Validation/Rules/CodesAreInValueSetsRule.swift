/// Codes are in the value sets of the affinity domain, as far as attributes are bound to one. Code and coding scheme are
/// compared; malformed codes belong to the rules of attributes.
///
/// - Source: ITI TF-2: 3.42.4.1.3; ITI TF-3: 4.2.3.1.2. Error, or warning where the binding says so:
///   XDSRegistryMetadataError with attribute, code and coding scheme.
struct CodesAreInValueSetsRule: SubmissionRule {
    let valueSets: ValueSetBindings

    func check(_ submission: UnverifiedSubmission, against state: RegistryState) -> [RegistryError] {
        guard !valueSets.attributes.isEmpty else { return [] }
        return submission.allObjects.flatMap { object in
            CodedAttribute.allCases.flatMap { attribute in
                valueSets[attribute].map { check(attribute, of: object, in: $0) } ?? []
            }
        }
    }

    private func check(
        _ attribute: CodedAttribute, of object: SubmittedObject, in binding: ValueSetBindings.Binding
    ) -> [RegistryError] {
        var outside: [String] = []
        switch attribute {
        case .mimeType:
            if case .documentEntry(let entry) = object, let type = entry.mimeType {
                let name = String(TextFormat.trimmed(TextFormat.split(type, at: ";")[0]))
                if !binding.valueSet.contains(name) { outside.append(name) }
            }
        case .languageCode:
            if object.kind == .documentEntry {
                outside = (object.object.slot(SlotName.languageCode)?.values ?? []).filter {
                    !binding.valueSet.contains($0)
                }
            }
        default: outside = codes(of: attribute, in: object, outside: binding.valueSet)
        }
        return outside.map { code in
            object.subject.error(
                .metadata, "\(attribute.rawValue) \(code) is not in the value set \(binding.valueSet.name)",
                attribute: attribute.rawValue, severity: binding.mode == .warn ? .warning : .error)
        }
    }

    /// Well-formed codes outside the set, with the words of a sentence.
    private func codes(
        of attribute: CodedAttribute, in object: SubmittedObject, outside valueSet: ValueSet
    ) -> [String] {
        guard let scheme = attribute.scheme else { return [] }
        return object.object.classifications(scheme: scheme).compactMap { classification in
            let codingSchemes = classification.object.slot(SlotName.codingScheme)?.values ?? []
            guard let code = classification.nodeRepresentation, !code.isEmpty, codingSchemes.count == 1,
                !valueSet.contains(code, codingScheme: codingSchemes[0])
            else { return nil }
            return "\(code) of coding scheme \(codingSchemes[0])"
        }
    }
}
