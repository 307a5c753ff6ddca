"""Messages as real products and test tools write them: default namespaces, white space, symbols, bare components."""

import messages
from region import *
from suite import check
from wire import exchange

SCHEME = "Connect-a-thon classCodes"
"""A coding scheme that is no OID, with a space in it."""


def submission_text(patient, unique_id, set_id):
    """A SubmitObjectsRequest in the default namespace, laid out over many lines."""
    shown = patient.replace("&", "&amp;")
    codes = "".join(
        f"""
      <Classification classificationScheme="{scheme}" classifiedObject="Document01" id="cl{number}"
          nodeRepresentation="{value}">
        <Name>
          <LocalizedString value="{value} in words"/>
        </Name>
        <Slot name="codingScheme">
          <ValueList>
            <Value>{SCHEME}</Value>
          </ValueList>
        </Slot>
      </Classification>"""
        for number, (scheme, value) in enumerate(
            [(CLASS_CODE, "History and Physical"), (CONFIDENTIALITY, "1.3.6.1.4.1.21367.2006.7.101"),
             (EVENT_CODE, "T-62002"), (FORMAT_CODE, "CDAR2/IHE 1.0"), (FACILITY, "Outpatient"),
             (PRACTICE, "General Medicine"), (TYPE_CODE, "34096-8")]))
    return f"""
  <lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0">
    <RegistryObjectList xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">
     <ExtrinsicObject id="Document01" mimeType="text/plain" objectType="{STABLE}"
         status="urn:oasis:names:tc:ebxml-regrep:StatusType:Submitted">
      <Slot name="creationTime"><ValueList><Value>
         20041224
      </Value></ValueList></Slot>
      <Slot name="languageCode"><ValueList><Value>en-us</Value></ValueList></Slot>
      <Slot name="serviceStartTime"><ValueList><Value>200412230800</Value></ValueList></Slot>
      <Slot name="serviceStopTime"><ValueList><Value>200412230801</Value></ValueList></Slot>
      <Slot name="sourcePatientId"><ValueList>
        <Value>ST-1000^^^&amp;1.3.6.1.4.1.21367.2003.3.9&amp;ISO</Value></ValueList></Slot>
      <Slot name="sourcePatientInfo"><ValueList>
        <Value>PID-3|ST-1000^^^&amp;1.3.6.1.4.1.21367.2003.3.9&amp;ISO</Value>
        <Value>PID-5|Doe^John^^^</Value>
        <Value>PID-7|19560527</Value>
        <Value>PID-8|M</Value>
        <Value>PID-11|100 Main St^^Metropolis^Il^44130^USA</Value></ValueList></Slot>
      <Slot name="legalAuthenticator"><ValueList><Value>^Welby^Marcus^^^ Dr^MD</Value></ValueList></Slot>
      <Slot name="hash"><ValueList><Value>ad18814418693512b767676006a21d8ec7291e84</Value></ValueList></Slot>
      <Slot name="size"><ValueList><Value>1024</Value></ValueList></Slot>
      <Slot name="repositoryUniqueId"><ValueList><Value>{REPOSITORY}</Value></ValueList></Slot>
      <Name><LocalizedString charset="UTF-8" value="Physical"/></Name>
      <Description/>
      <Classification classificationScheme="{ENTRY_AUTHOR}" classifiedObject="Document01" id="author"
          nodeRepresentation="" objectType="{REGISTRY_OBJECT}Classification">
       <Slot name="authorPerson"><ValueList><Value>^Smitty^Gerald^^^</Value></ValueList></Slot>
       <Slot name="authorInstitution"><ValueList><Value>Cleveland Clinic</Value>
         <Value>Some Hospital^^^^^^^^^1.2.3.9.1789.45</Value></ValueList></Slot>
       <Slot name="authorRole"><ValueList><Value>Attending</Value></ValueList></Slot>
       <Slot name="authorSpecialty"><ValueList><Value>Orthopedic</Value></ValueList></Slot>
      </Classification>{codes}
      <ExternalIdentifier id="ei1" registryObject="Document01" identificationScheme="{ENTRY_PATIENT}" value="{shown}">
        <Name><LocalizedString value="XDSDocumentEntry.patientId"/></Name></ExternalIdentifier>
      <ExternalIdentifier id="ei2" registryObject="Document01" identificationScheme="{ENTRY_UNIQUE}"
          value="{unique_id}">
        <Name><LocalizedString value="XDSDocumentEntry.uniqueId"/></Name></ExternalIdentifier>
     </ExtrinsicObject>
     <RegistryPackage id="SubmissionSet01">
      <Slot name="submissionTime"><ValueList><Value>20041225235050</Value></ValueList></Slot>
      <Slot name="intendedRecipient"><ValueList>
        <Value>Some Hospital^^^^^^^^^1.2.3.9.1789.45|^Wel^Marcus^^^Dr^MD</Value>
        <Value>Some Hospital^^^^^^^^^1.2.3.9.1789.45|</Value>
        <Value>|^Al^Peter^^^Dr^MD</Value></ValueList></Slot>
      <Name><LocalizedString value="Physical"/></Name>
      <Description><LocalizedString value="Annual physical"/></Description>
      <Classification classificationScheme="{SET_AUTHOR}" classifiedObject="SubmissionSet01" id="author2"
          nodeRepresentation="">
       <Slot name="authorPerson"><ValueList><Value>^Dopplemeyer^Sherry^^^</Value></ValueList></Slot>
      </Classification>
      <Classification classificationScheme="{CONTENT_TYPE}" classifiedObject="SubmissionSet01" id="content"
          nodeRepresentation="History and Physical">
       <Slot name="codingScheme"><ValueList><Value>Connect-a-thon contentTypeCodes</Value></ValueList></Slot>
       <Name><LocalizedString value="History and Physical"/></Name></Classification>
      <ExternalIdentifier id="ei3" registryObject="SubmissionSet01" identificationScheme="{SET_UNIQUE}"
          value="{set_id}">
        <Name><LocalizedString value="XDSSubmissionSet.uniqueId"/></Name></ExternalIdentifier>
      <ExternalIdentifier id="ei4" registryObject="SubmissionSet01" identificationScheme="{SET_SOURCE}"
          value="1.3.6.1.4.1.21367.2009.1.2.1">
        <Name><LocalizedString value="XDSSubmissionSet.sourceId"/></Name></ExternalIdentifier>
      <ExternalIdentifier id="ei5" registryObject="SubmissionSet01" identificationScheme="{SET_PATIENT}"
          value="{shown}">
        <Name><LocalizedString value="XDSSubmissionSet.patientId"/></Name></ExternalIdentifier>
     </RegistryPackage>
     <Classification classifiedObject="SubmissionSet01" classificationNode="{SUBMISSION_SET}" id="node"/>
     <Association associationType="{HAS_MEMBER}" sourceObject="SubmissionSet01" targetObject="Document01" id="as01">
      <Slot name="SubmissionSetStatus"><ValueList><Value>Original</Value></ValueList></Slot>
     </Association>
    </RegistryObjectList>
  </lcm:SubmitObjectsRequest>"""


class Submitted:
    """The message, registered once for the checks that read it."""

    made = {}

    @classmethod
    def of(cls, region):
        if region not in cls.made:
            cls.made[region] = cls(region)
        return cls.made[region]

    def __init__(self, region):
        self.patient, self.unique_id, self.set_id = region.patient(), new_oid(), new_oid()
        request = messages.envelope(REGISTER, submission_text(self.patient, self.unique_id, self.set_id))
        answer = exchange(region.base, region.context, "/xds/registry", messages.SIMPLE_TYPE, request)
        RegistryAnswer(answer, REGISTER, None).succeeded()


@check("Habits: default namespace, white space, Slots behind the Name, symbols for components: registered")
def registers(region):
    submitted = Submitted.of(region)
    found = region.entry(submitted.unique_id)
    equal(slot_of(found, "creationTime"), ["20041224"], "creationTime")
    equal(slot_of(found, "languageCode"), ["en-us"], "languageCode")
    equal(status_of(found), "Approved", "availabilityStatus")


@check("Habits: every id in the answer is a UUID, each component has one of its own")
def gives_ids(region):
    found = region.found("GetSubmissionSetAndContents", {
        "$XDSSubmissionSetUniqueId": quoted(Submitted.of(region).set_id)})
    ids = [item.get("id") for item in found.body.iter() if item.get("id")]
    expect(all(id.startswith("urn:uuid:") for id in ids), f"not all are UUIDs: {ids}")
    equal(len(set(ids)), len(ids), "the number of different ids")


@check("Habits: codes of a scheme that is no OID, with spaces, are found")
def finds_codes(region):
    submitted = Submitted.of(region)
    for name, value in {
        "ClassCode": "History and Physical", "FormatCode": "CDAR2/IHE 1.0", "EventCodeList": "T-62002",
        "PracticeSettingCode": "General Medicine"}.items():
        found = region.found("FindDocuments", approved(submitted.patient, **{name: coded(value, system=SCHEME)}))
        equal(len(found.ids()), 1, f"documents by {name}")


@check("Habits: authors are found by name, with % at both ends")
def finds_author(region):
    submitted = Submitted.of(region)
    found = region.found("FindDocuments", approved(submitted.patient, AuthorPerson=listed("%Smitty%")))
    equal(len(found.ids()), 1, "documents by author")
    parameters = {
        "$XDSSubmissionSetPatientId": quoted(submitted.patient), "$XDSSubmissionSetStatus": listed(APPROVED),
        "$XDSSubmissionSetAuthorPerson": quoted("%Dopplemeyer%")}
    equal(len(region.found("FindSubmissionSets", parameters).ids()), 1, "SubmissionSets by author")


@check("Habits: white space inside and around the lists of a query")
def reads_loose_lists(region):
    submitted = Submitted.of(region)
    status = f"\n  ( '{APPROVED}' ,\n '{DEPRECATED}' )\n "
    parameters = {
        "$XDSDocumentEntryPatientId": f"\n {quoted(submitted.patient)} ", "$XDSDocumentEntryStatus": status}
    equal(len(region.found("FindDocuments", parameters).ids()), 1, "documents")


@check("Habits: an action in the media type, wsa:To and a ReplyTo with parameters, in any order")
def reads_headers(region):
    submitted = Submitted.of(region)
    anonymous = f"{messages.ADDRESSING}/anonymous"
    headers = (
        f'<wsa:To soap:mustUnderstand="1">{region.base}/xds/registry</wsa:To>'
        f'<wsa:ReplyTo soap:mustUnderstand="1"><wsa:Address>{anonymous}</wsa:Address></wsa:ReplyTo>'
        f"<wsa:FaultTo><wsa:Address>{anonymous}</wsa:Address></wsa:FaultTo>"
        f'<wsa:MessageID soap:mustUnderstand="true">{new_uuid()}</wsa:MessageID>'
        f'<wsa:Action soap:mustUnderstand="true">{STORED_QUERY}</wsa:Action>')
    request = messages.envelope(STORED_QUERY, messages.find_documents(submitted.patient), headers=headers)
    kind = f'application/soap+xml;charset=utf-8;action="{STORED_QUERY}"'
    answer = exchange(region.base, region.context, "/xds/registry", kind, request)
    RegistryAnswer(answer, STORED_QUERY, request).succeeded()


@check("Habits: GetRelatedDocuments of a patient's whole history names each relation once")
def relates_history(region):
    patient = region.patient()
    first = region.published(patient)
    second, third = document_entry(patient, new_uuid()), document_entry(patient, new_uuid())
    region.registered(patient, second, association(APPEND, second.id, first.id))
    region.registered(patient, third, association(REPLACE, third.id, first.id))
    found = region.found("GetRelatedDocuments", {
        "$XDSDocumentEntryEntryUUID": quoted(first.id), "$AssociationTypes": listed(APPEND, REPLACE)})
    equal(found.ids("ExtrinsicObject"), {first.id, second.id, third.id}, "documents")
    equal(len(found.ids("Association")), 2, "the number of relations")


@check("Habits: FindDocuments names each document once, however many of its codes match")
def finds_once(region):
    patient = region.patient()
    entry = document_entry(patient, new_uuid()).set_code(EVENT_CODE, "a", "b", "c").set_code(CONFIDENTIALITY, "N", "R")
    region.registered(patient, entry)
    found = region.found("FindDocuments", approved(
        patient, EventCodeList=coded("a", "b", "c"), ConfidentialityCode=coded("N", "R")))
    equal(len(found.objects), 1, "the number of objects")


@check("Habits: a SubmissionSetStatus on the HasMember to a Folder is accepted, in ITI-42 and in ITI-57")
def accepts_status_of_folder(region):
    patient = region.patient()
    case = folder(patient, new_uuid())
    region.register([submission_set(patient), case, member("set", case.id)]).succeeded()
    version = case.copy(id="version")
    version.attributes["lid"] = case.id
    link = member("set", "version", PreviousVersion="1")
    region.register([submission_set(patient), version, link], UPDATE).succeeded()


@check("Habits: a version and a lid in ITI-42 are the registry's to give")
def ignores_version(region):
    patient = region.patient()
    entry = document_entry(patient, new_uuid())
    entry.version, entry.attributes["lid"] = "7", entry.id
    region.registered(patient, entry)
    found = region.entry(entry.unique_id)
    equal((found.find(f"{RIM}VersionInfo").get("versionName"), found.get("lid")), ("1", entry.id), "version and lid")


@check("Habits: capitals in a UUID are those of the same UUID")
def reads_capitals(region):
    patient = region.patient()
    entry = document_entry(patient, new_uuid())
    lower = entry.id
    entry.id = "urn:uuid:" + lower[len("urn:uuid:"):].upper()
    region.register(submission(patient, entry)).succeeded()
    equal(region.entry_id(entry.unique_id), lower, "entryUUID")
    found = region.found("GetDocuments", {"$XDSDocumentEntryEntryUUID": listed(entry.id)})
    equal(found.ids(), {lower}, "documents by the UUID in capitals")


@check("Habits: ids cut over several Values are one list; what is no UUID names nothing")
def reads_several_values(region):
    patient = region.patient()
    ids = [region.published(patient).id for _ in range(3)]
    values = [listed(ids[0], ids[1]), listed("Document01"), listed(ids[2])]
    equal(region.found("GetDocuments", {"$XDSDocumentEntryEntryUUID": values}).ids(), set(ids), "documents")


@check("Habits: a patient id in parentheses is read, a status without them or without quotes is not")
def reads_forms(region):
    patient = region.patient()
    entry = region.published(patient)
    listed_patient = approved(patient) | {"$XDSDocumentEntryPatientId": listed(patient)}
    equal(region.found("FindDocuments", listed_patient).ids(), {entry.id}, "documents")
    for status in (quoted(APPROVED), f"({APPROVED})"):
        region.query("FindDocuments", approved(patient, Status=status)).failed("XDSRegistryError")


@check("Habits: documents of ITI-61 in a Folder are shown when their type is asked for")
def shows_on_demand_in_folder(region):
    patient = region.patient()
    case, entry = folder(patient, new_uuid()), on_demand_entry(patient, new_uuid())
    link = association(HAS_MEMBER, case.id, entry.id)
    region.register(submission(patient, case, entry, link), REGISTER_ON_DEMAND).succeeded()
    base = {"$XDSFolderEntryUUID": quoted(case.id)}
    equal(region.found("GetFolderAndContents", base).ids("ExtrinsicObject"), set(), "stable documents")
    both = region.found("GetFolderAndContents", base | {"$XDSDocumentEntryType": listed(STABLE, ON_DEMAND)})
    equal(both.ids("ExtrinsicObject"), {entry.id}, "documents of both kinds")
