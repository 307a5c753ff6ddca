/// An attribute whose values an affinity domain may bind to a value set. Raw values are the names in the tables of
/// attributes, in configuration keys and in file names.
///
/// - Source: ITI TF-3: 4.2.3.2, 4.2.3.3 and 4.2.3.4.
public enum CodedAttribute: String, Hashable, Sendable, CaseIterable {
    /// DocumentEntry.classCode.
    case classCode
    /// DocumentEntry.typeCode.
    case typeCode
    /// DocumentEntry.formatCode.
    case formatCode
    /// DocumentEntry.practiceSettingCode.
    case practiceSettingCode
    /// DocumentEntry.healthcareFacilityTypeCode.
    case healthcareFacilityTypeCode
    /// DocumentEntry.confidentialityCode.
    case confidentialityCode
    /// DocumentEntry.eventCodeList.
    case eventCodeList
    /// DocumentEntry.languageCode: a tag, without coding scheme.
    case languageCode
    /// DocumentEntry.mimeType: a media type, without coding scheme; parameters are not compared.
    case mimeType
    /// SubmissionSet.contentTypeCode.
    case contentTypeCode
    /// Folder.codeList.
    case codeList

    /// classificationScheme of its codes; nil for the two without coding scheme.
    var scheme: String? {
        typealias Scheme = EbRIMVocabulary.Scheme
        return switch self {
        case .classCode: Scheme.classCode
        case .typeCode: Scheme.typeCode
        case .formatCode: Scheme.formatCode
        case .practiceSettingCode: Scheme.practiceSettingCode
        case .healthcareFacilityTypeCode: Scheme.healthcareFacilityTypeCode
        case .confidentialityCode: Scheme.confidentialityCode
        case .eventCodeList: Scheme.eventCodeList
        case .contentTypeCode: Scheme.contentTypeCode
        case .codeList: Scheme.folderCodeList
        case .languageCode, .mimeType: nil
        }
    }
}
