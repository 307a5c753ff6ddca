import FoundationEssentials
public import NIOCore
import XMLKit

extension AuditMessage {
    /// The message as XML without a declaration, UTF-8, on one line.
    public func encoded() -> ByteBuffer {
        var writer = XMLWriter(capacity: 2_048)
        writer.element("AuditMessage") { writer in
            event.write(to: &writer)
            for participant in participants { participant.write(to: &writer) }
            source.write(to: &writer)
            for object in objects { object.write(to: &writer) }
        }
        return writer.buffer
    }
}

extension AuditMessage.EventIdentification {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.element(
            "EventIdentification", ("EventActionCode", action.rawValue), ("EventDateTime", AuditTime.text(dateTime)),
            ("EventOutcomeIndicator", String(outcome.rawValue))
        ) { writer in
            eventID.write("EventID", to: &writer)
            for code in typeCodes { code.write("EventTypeCode", to: &writer) }
            writer.element("EventOutcomeDescription", text: outcomeDescription)
            for code in purposesOfUse { code.write("PurposeOfUse", to: &writer) }
        }
    }
}

extension AuditMessage.ActiveParticipant {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.element(
            "ActiveParticipant", ("UserID", userID), ("AlternativeUserID", alternativeUserID), ("UserName", userName),
            ("UserIsRequestor", isRequestor ? "true" : "false"), ("NetworkAccessPointID", accessPoint?.id),
            ("NetworkAccessPointTypeCode", accessPoint.map { String($0.typeCode) })
        ) { writer in
            for role in roles { role.write("RoleIDCode", to: &writer) }
        }
    }
}

extension AuditMessage.AuditSource {
    /// The source type is 4, an application server.
    fileprivate func write(to writer: inout XMLWriter) {
        writer.element(
            "AuditSourceIdentification", ("AuditSourceID", id), ("AuditEnterpriseSiteID", enterpriseSiteID)
        ) { writer in
            CodedElement.dicom("4", "Application Server").write("AuditSourceTypeCode", to: &writer)
        }
    }
}

extension AuditMessage.ParticipantObject {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.element(
            "ParticipantObjectIdentification", ("ParticipantObjectID", id),
            ("ParticipantObjectTypeCode", String(typeCode)), ("ParticipantObjectTypeCodeRole", String(role)),
            ("ParticipantObjectDataLifeCycle", lifeCycle.map(String.init))
        ) { writer in
            idType.write("ParticipantObjectIDTypeCode", to: &writer)
            if let query {
                writer.element("ParticipantObjectQuery", text: Data(query).base64EncodedString())
            } else {
                writer.element("ParticipantObjectName", text: name)
            }
            for detail in details {
                writer.empty(
                    "ParticipantObjectDetail", ("type", detail.type),
                    ("value", Data(detail.value.utf8).base64EncodedString()))
            }
        }
    }
}

extension CodedElement {
    fileprivate func write(_ tag: String, to writer: inout XMLWriter) {
        writer.empty(
            tag, ("csd-code", code), ("codeSystemName", codeSystemName), ("originalText", originalText))
    }
}
