/// author of a DocumentEntry or SubmissionSet: a person, institution or device, with roles and specialties.
///
/// The lists do not belong together by position.
/// - Source: ITI TF-3: 4.2.3.1.4 and 4.2.3.2.1.
public struct Author: Hashable, Sendable {
    /// authorPerson: none or one.
    public let person: XCN?
    /// authorInstitution.
    public let institutions: [XON]
    /// authorRole: text or coded string, as received.
    public let roles: [String]
    /// authorSpecialty: text or coded string, as received.
    public let specialties: [String]
    /// authorTelecommunication.
    public let telecommunications: [XTN]

    /// Makes an author.
    public init(
        person: XCN?, institutions: [XON] = [], roles: [String] = [], specialties: [String] = [],
        telecommunications: [XTN] = []
    ) {
        self.person = person
        self.institutions = institutions
        self.roles = roles
        self.specialties = specialties
        self.telecommunications = telecommunications
    }
}
