"""ITI-42: what is accepted and kept, and what is refused with which code."""

from region import *
from suite import check

METADATA_ERROR = "XDSRegistryMetadataError"


@check("ITI-42: a document is registered, Approved, with a UUID in place of its symbol")
def single_document(region):
    patient = region.patient()
    entry = document_entry(patient)
    region.register(submission(patient, entry)).succeeded()
    found = region.entry(entry.unique_id)
    equal(status_of(found), "Approved", "availabilityStatus")
    expect(found.get("id").startswith("urn:uuid:"), f"id {found.get('id')}")
    equal(identifier_of(found, ENTRY_PATIENT), patient, "patientId")


@check("ITI-42: two documents in one submission")
def two_documents(region):
    patient = region.patient()
    region.register(submission(patient, document_entry(patient, "one"), document_entry(patient, "two"))).succeeded()
    equal(len(region.found("FindDocuments", approved(patient)).ids("ExtrinsicObject")), 2, "number of documents")


@check("ITI-42: a submitted UUID is kept as entryUUID")
def keeps_uuid(region):
    entry = region.published(region.patient())
    equal(region.entry_id(entry.unique_id), entry.id, "entryUUID")


@check("ITI-42: a symbol stands for the same UUID wherever the submission uses it")
def resolves_symbols(region):
    patient = region.patient()
    set = submission_set(patient)
    entry = document_entry(patient)
    region.register(submission(patient, entry, set=set)).succeeded()
    everything = region.found("GetSubmissionSetAndContents", {"$XDSSubmissionSetUniqueId": quoted(set.unique_id)})
    package, = everything.ids("RegistryPackage")
    document, = everything.ids("ExtrinsicObject")
    link, = [item for item in everything.objects if item.tag == f"{RIM}Association"]
    equal((link.get("sourceObject"), link.get("targetObject")), (package, document), "the ends of HasMember")


@check("ITI-42: classifications and identifiers in the answer name their object, and carry an objectType")
def components_name_object(region):
    entry = region.published(region.patient())
    found = region.entry(entry.unique_id)
    for item in found.findall(f"{RIM}Classification"):
        equal(item.get("classifiedObject"), entry.id, "classifiedObject")
        equal(item.get("objectType"), REGISTRY_OBJECT + "Classification", "objectType of a Classification")
    for item in found.findall(f"{RIM}ExternalIdentifier"):
        equal(item.get("registryObject"), entry.id, "registryObject")
        equal(item.get("objectType"), REGISTRY_OBJECT + "ExternalIdentifier", "objectType of an ExternalIdentifier")


@check("ITI-42: a submitted status is ignored")
def ignores_status(region):
    patient = region.patient()
    entry = document_entry(patient)
    entry.attributes["status"] = DEPRECATED
    region.register(submission(patient, entry)).succeeded()
    equal(status_of(region.entry(entry.unique_id)), "Approved", "availabilityStatus")


@check("ITI-42: extra Slots named by a URN are returned on the same object")
def keeps_extra_slots(region):
    patient = region.patient()
    entry = document_entry(patient, new_uuid()).set_slot("urn:example:afdeling", "C3", "C4")
    region.registered(patient, entry)
    equal(slot_of(region.entry(entry.unique_id), "urn:example:afdeling"), ["C3", "C4"], "the extra Slot")


@check("ITI-42: an unknown Slot of the urn:ihe: names is refused")
def refuses_ihe_slot(region):
    patient = region.patient()
    entry = document_entry(patient).set_slot("urn:ihe:iti:xds:2099:unheardOf", "x")
    region.register(submission(patient, entry)).failed(METADATA_ERROR)


@check("ITI-42: title, comments, URI, times, reference ids, author and legalAuthenticator come back as sent")
def keeps_optional_attributes(region):
    patient = region.patient()
    entry = document_entry(patient, new_uuid())
    entry.title, entry.comments = "Brief: coördinatie € 12,50", "Let op: <b>&amp;"
    sent = {
        "URI": ["urn:example:brief"], "serviceStartTime": ["202503010800"], "serviceStopTime": ["20250304"],
        "urn:ihe:iti:xds:2013:referenceIdList": ["77^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order"],
        "legalAuthenticator": ["123^de Vries^Karin^^^dr.^^^&2.999.40&ISO"],
        "sourcePatientInfo": ["PID-5|Jansen^Anna", "PID-7|19500117", "PID-8|F"]}
    for name, values in sent.items():
        entry.set_slot(name, *values)
    entry.set_author(ENTRY_AUTHOR, "12345^Bakker^Jan^^^^^^&2.999.40&ISO")
    region.registered(patient, entry)
    found = region.entry(entry.unique_id)
    for name, values in sent.items():
        equal(slot_of(found, name), values, name)
    text = [item.get("value") for item in found.iter(f"{RIM}LocalizedString")]
    expect(entry.title in text and entry.comments in text, f"title or comments are not among {text}")


@check("ITI-42: a submission is all or nothing")
def is_atomic(region):
    patient = region.patient()
    wrong = document_entry(patient, "wrong").set_slot("creationTime", "gisteren")
    right = document_entry(patient, "right")
    region.register(submission(patient, right, wrong)).failed(METADATA_ERROR)
    expect(not region.found("FindDocuments", approved(patient)).objects, "part of the submission is there")


@check("ITI-42: every error of a submission is in the answer")
def reports_all(region):
    patient = region.patient()
    entry = document_entry(patient).set_slot("creationTime", "gisteren").set_slot("languageCode").set_code(CLASS_CODE)
    answer = region.register(submission(patient, entry)).failed(METADATA_ERROR)
    for attribute in ("creationTime", "languageCode", "classCode"):
        expect(attribute in answer.contexts, f"{attribute} is not named in: {answer.contexts}")


@check("ITI-42: the same document again, equal hash and size, is accepted as a second entry")
def resubmits(region):
    patient = region.patient()
    entry = region.published(patient)
    again = document_entry(patient, unique_id=entry.unique_id)
    region.register(submission(patient, again)).succeeded()
    found = region.found("GetDocuments", {"$XDSDocumentEntryUniqueId": listed(entry.unique_id)})
    equal(len(found.objects), 2, "entries with the uniqueId")


@check("ITI-42: a known uniqueId with another hash is XDSNonIdenticalHash")
def refuses_other_hash(region):
    patient = region.patient()
    entry = region.published(patient)
    other = document_entry(patient, unique_id=entry.unique_id).set_slot("hash", "0" * 40)
    region.register(submission(patient, other)).failed("XDSNonIdenticalHash")


@check("ITI-42: a known uniqueId with another size is XDSNonIdenticalSize")
def refuses_other_size(region):
    patient = region.patient()
    entry = region.published(patient)
    other = document_entry(patient, unique_id=entry.unique_id).set_slot("size", "44")
    region.register(submission(patient, other)).failed("XDSNonIdenticalSize")


@check("ITI-42: a hash in upper case is the same hash")
def compares_hash_without_case(region):
    patient = region.patient()
    entry = region.published(patient)
    again = document_entry(patient, unique_id=entry.unique_id)
    again.set_slot("hash", again.slot("hash")[0].upper())
    region.register(submission(patient, again)).succeeded()


@check("ITI-42: an unknown patient is XDSUnknownPatientId, and the context names the id")
def refuses_unknown_patient(region):
    patient = region.unknown_patient()
    answer = region.register(submission(patient, document_entry(patient))).failed("XDSUnknownPatientId")
    expect(patient.split("^")[0] in answer.contexts, f"the id is not in: {answer.contexts}")


@check("ITI-42: a document of another patient than its SubmissionSet is XDSPatientIdDoesNotMatch")
def refuses_mixed_patients(region):
    patient, other = region.patient(), region.patient()
    region.register(submission(patient, document_entry(other))).failed("XDSPatientIdDoesNotMatch")


@check("ITI-42: a uniqueId twice in a message is XDSRegistryDuplicateUniqueIdInMessage")
def refuses_duplicate_in_message(region):
    patient = region.patient()
    one, two = document_entry(patient, "one"), document_entry(patient, "two")
    two.set_identifier(ENTRY_UNIQUE, one.unique_id)
    region.register(submission(patient, one, two)).failed("XDSRegistryDuplicateUniqueIdInMessage")


@check("ITI-42: a used uniqueId of a SubmissionSet is XDSDuplicateUniqueIdInRegistry")
def refuses_used_set_id(region):
    patient = region.patient()
    set = submission_set(patient)
    region.register(submission(patient, document_entry(patient), set=set)).succeeded()
    region.register(submission(patient, document_entry(patient), set=set)).failed("XDSDuplicateUniqueIdInRegistry")


@check("ITI-42: the UUID of an object that exists is refused, and the object stays as it was")
def refuses_existing_uuid(region):
    patient = region.patient()
    entry = region.published(patient)
    thief = document_entry(patient, entry.id)
    region.register(submission(patient, thief)).failed(METADATA_ERROR)
    equal(identifier_of(region.entry(entry.unique_id), ENTRY_UNIQUE), entry.unique_id, "uniqueId of the entry")


@check("ITI-42: a submission without a SubmissionSet is refused")
def needs_submission_set(region):
    region.register([document_entry(region.patient())]).failed(METADATA_ERROR)


@check("ITI-42: a submission with two SubmissionSets is refused")
def refuses_two_sets(region):
    patient = region.patient()
    region.register(submission(patient, document_entry(patient)) + [submission_set(patient, "second")]).failed(
        METADATA_ERROR)


@check("ITI-42: a document that is no member of the SubmissionSet is refused")
def needs_membership(region):
    patient = region.patient()
    region.register([submission_set(patient), document_entry(patient)]).failed(METADATA_ERROR)


@check("ITI-42: HasMember to a document needs a SubmissionSetStatus")
def needs_submission_set_status(region):
    patient = region.patient()
    entry = document_entry(patient)
    region.register([submission_set(patient), entry, member("set", entry.id, None)]).failed(METADATA_ERROR)


@check("ITI-42: an unknown SubmissionSetStatus is refused")
def refuses_unknown_submission_set_status(region):
    patient = region.patient()
    entry = document_entry(patient)
    region.register([submission_set(patient), entry, member("set", entry.id, "Kopie")]).failed(METADATA_ERROR)


@check("ITI-42: a HasMember to nothing is UnresolvedReferenceException")
def refuses_dangling_membership(region):
    patient = region.patient()
    region.register([submission_set(patient), member("set", new_uuid(), "Reference")]).failed(
        "UnresolvedReferenceException")


@check("ITI-42: an existing document of another patient may be included by Reference")
def includes_by_reference(region):
    patient, other = region.patient(), region.patient()
    entry = region.published(other)
    set = submission_set(patient)
    region.register([set, member("set", entry.id, "Reference")]).succeeded()
    found = region.found("GetSubmissionSets", {"$uuid": listed(entry.id)}, "ObjectRef")
    equal(len(found.objects), 4, "two SubmissionSets and two HasMembers that name the document")


@check("ITI-42: a Classification of the SubmissionSet node beside the package is accepted")
def accepts_node_beside(region):
    patient = region.patient()
    set = submission_set(patient)
    node = Code(SUBMISSION_SET, node=True)
    set.codes = [code for code in set.codes if not code.node]
    region.register(submission(patient, document_entry(patient), set=set) + [node.xml("set")]).succeeded()


@check("ITI-42: ObjectRef elements beside the objects carry nothing")
def ignores_object_refs(region):
    patient = region.patient()
    refs = f'<rim:ObjectRef id="{CLASS_CODE}"/><rim:ObjectRef id="{new_uuid()}"/>'
    region.register([refs] + submission(patient, document_entry(patient))).succeeded()


@check("ITI-42: serviceStartTime after serviceStopTime is refused")
def refuses_reversed_times(region):
    patient = region.patient()
    entry = document_entry(patient).set_slot("serviceStartTime", "20250304").set_slot("serviceStopTime", "20250301")
    region.register(submission(patient, entry)).failed(METADATA_ERROR)


@check("ITI-42: an on-demand entry is refused")
def refuses_on_demand(region):
    patient = region.patient()
    region.register(submission(patient, on_demand_entry(patient))).failed(METADATA_ERROR)


@check("ITI-42: slots and triggers of Metadata Update are refused")
def refuses_update_slots(region):
    patient = region.patient()
    entry = document_entry(patient)
    for slots in ({"PreviousVersion": "1"}, {"AssociationPropagation": "no"}):
        region.register([submission_set(patient), entry, member("set", entry.id, **slots)]).failed(METADATA_ERROR)


REQUIRED_SLOTS = ["creationTime", "languageCode", "sourcePatientId", "repositoryUniqueId", "hash", "size"]
REQUIRED_CODES = {
    "classCode": CLASS_CODE, "confidentialityCode": CONFIDENTIALITY, "formatCode": FORMAT_CODE,
    "healthcareFacilityTypeCode": FACILITY, "practiceSettingCode": PRACTICE, "typeCode": TYPE_CODE}


@check("ITI-42: each required Slot of a DocumentEntry: without it XDSRegistryMetadataError that names it")
def needs_slots(region):
    patient = region.patient()
    for name in REQUIRED_SLOTS:
        answer = region.register(submission(patient, document_entry(patient).set_slot(name))).failed(METADATA_ERROR)
        expect(name in answer.contexts, f"{name} is not named in: {answer.contexts}")


@check("ITI-42: each required code of a DocumentEntry: without it XDSRegistryMetadataError that names it")
def needs_codes(region):
    patient = region.patient()
    for name, scheme in REQUIRED_CODES.items():
        answer = region.register(submission(patient, document_entry(patient).set_code(scheme))).failed(METADATA_ERROR)
        expect(name in answer.contexts, f"{name} is not named in: {answer.contexts}")


@check("ITI-42: a DocumentEntry without patientId, uniqueId, mimeType or objectType is refused")
def needs_identity(region):
    patient = region.patient()
    for scheme in (ENTRY_PATIENT, ENTRY_UNIQUE):
        entry = document_entry(patient).set_identifier(scheme, None)
        region.register(submission(patient, entry)).failed(METADATA_ERROR)
    for name in ("mimeType", "objectType"):
        entry = document_entry(patient)
        del entry.attributes[name]
        region.register(submission(patient, entry)).failed(METADATA_ERROR)


@check("ITI-42: a SubmissionSet lacking a required attribute is refused")
def needs_set_attributes(region):
    patient = region.patient()
    broken = [submission_set(patient).set_slot("submissionTime"), submission_set(patient).set_code(CONTENT_TYPE)]
    broken += [submission_set(patient).set_identifier(key, None) for key in (SET_PATIENT, SET_SOURCE, SET_UNIQUE)]
    for set in broken:
        region.register(submission(patient, document_entry(patient), set=set)).failed(METADATA_ERROR)


@check("ITI-42: malformed values are refused: times, hash, size, language, OIDs, patient ids, codes without scheme")
def refuses_malformed(region):
    patient = region.patient()
    values = {
        "creationTime": "20251301", "hash": "nothex", "size": "-1", "languageCode": "!!", "repositoryUniqueId": "1..2",
        "sourcePatientId": "zonder domein", "serviceStartTime": "2025-03-01", "legalAuthenticator": "^^^^"}
    for name, value in values.items():
        answer = region.register(submission(patient, document_entry(patient).set_slot(name, value)))
        answer.failed(METADATA_ERROR)
        expect(name in answer.contexts, f"{name} is not named in: {answer.contexts}")
    code = Code(CLASS_CODE, "REPORTS", "Verslag", system=None)
    region.register(submission(patient, document_entry(patient).set_code(CLASS_CODE, code))).failed(METADATA_ERROR)


@check("ITI-42: the second value of a single-valued Slot or code is refused")
def refuses_second_value(region):
    patient = region.patient()
    twice = document_entry(patient).set_slot("creationTime", "20250101", "20250102")
    region.register(submission(patient, twice)).failed(METADATA_ERROR)
    codes = document_entry(patient).set_code(CLASS_CODE, "A", "B")
    region.register(submission(patient, codes)).failed(METADATA_ERROR)


@check("ITI-42: a Slot name twice in an object is refused")
def refuses_slot_twice(region):
    patient = region.patient()
    entry = document_entry(patient)
    entry.slots.append(("languageCode", ["en-GB"]))
    region.register(submission(patient, entry)).failed(METADATA_ERROR)


@check("ITI-42: an author without person, institution and telecommunication is refused")
def refuses_empty_author(region):
    patient = region.patient()
    entry = document_entry(patient)
    entry.codes.append(Code(ENTRY_AUTHOR, slots=[("authorRole", ["behandelaar"])]))
    region.register(submission(patient, entry)).failed(METADATA_ERROR)


@check("ITI-42: PID-3, PID-5 and PID-8 are accepted in sourcePatientInfo, PID-19 is not")
def checks_source_patient_info(region):
    patient = region.patient()
    entry = document_entry(patient).set_slot("sourcePatientInfo", "PID-3|1^^^&2.999.1&ISO", "PID-5|Jansen", "PID-8|F")
    region.register(submission(patient, entry)).succeeded()
    refused = document_entry(patient).set_slot("sourcePatientInfo", "PID-19|123")
    region.register(submission(patient, refused)).failed(METADATA_ERROR)


@check("ITI-42: intendedRecipient comes back on the SubmissionSet")
def keeps_intended_recipient(region):
    patient = region.patient()
    recipients = ["Ziekenhuis Oost^^^^^^^^^2.999.41.1|12345^Bakker^Jan^^^^^^&2.999.40&ISO", "|^de Vries^Karin"]
    set = submission_set(patient).set_slot("intendedRecipient", *recipients)
    region.register(submission(patient, document_entry(patient), set=set)).succeeded()
    found = region.found("FindSubmissionSets", sets_of(patient))
    equal(slot_of(found.objects[0], "intendedRecipient"), recipients, "intendedRecipient")


def sets_of(patient):
    return {"$XDSSubmissionSetPatientId": quoted(patient), "$XDSSubmissionSetStatus": listed(APPROVED)}


@check("ITI-42: the delayed-assembly marker, size 0 with the hash of nothing, is accepted")
def accepts_delayed_assembly(region):
    patient = region.patient()
    entry = document_entry(patient).set_slot("size", "0").set_slot("hash", "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    region.register(submission(patient, entry)).succeeded()


@check("ITI-42: a homeCommunityId is accepted and returned; without its urn:oid: it is refused")
def checks_home(region):
    patient = region.patient()
    entry = document_entry(patient)
    entry.attributes["home"] = "urn:oid:2.999.1.1"
    region.register(submission(patient, entry)).succeeded()
    equal(region.entry(entry.unique_id).get("home"), "urn:oid:2.999.1.1", "home")
    wrong = document_entry(patient)
    wrong.attributes["home"] = "2.999.1.1"
    region.register(submission(patient, wrong)).failed(METADATA_ERROR)


@check("ITI-42: versions begin at 1, the logicalID is the entryUUID")
def starts_versions(region):
    entry = region.published(region.patient())
    found = region.entry(entry.unique_id)
    equal(found.get("lid"), entry.id, "lid")
    equal(found.find(f"{RIM}VersionInfo").get("versionName"), "1", "versionName")


@check("ITI-42: a title of 127 characters is accepted, of 128 it is refused; a uniqueId of 128 is accepted, of 129 not")
def checks_lengths(region):
    patient = region.patient()
    entry = document_entry(patient)
    entry.title = "é" * 127
    region.register(submission(patient, entry.set_identifier(ENTRY_UNIQUE, new_oid().ljust(128, "1")))).succeeded()
    long_title = document_entry(patient)
    long_title.title = "é" * 128
    region.register(submission(patient, long_title)).failed(METADATA_ERROR)
    long_id = document_entry(patient).set_identifier(ENTRY_UNIQUE, new_oid().ljust(129, "1"))
    region.register(submission(patient, long_id)).failed(METADATA_ERROR)


@check("ITI-42: a SubmissionSet is no member of itself, nor of another")
def refuses_set_in_set(region):
    patient = region.patient()
    earlier = submission_set(patient, new_uuid())
    region.register(submission(patient, document_entry(patient), set=earlier)).succeeded()
    for target in ("set", earlier.id):
        objects = submission(patient, document_entry(patient)) + [member("set", target)]
        region.register(objects).failed(METADATA_ERROR)


@check("ITI-42: the id of an Association that exists is refused")
def refuses_existing_association(region):
    patient = region.patient()
    entry, link = document_entry(patient), member("set", "document", id=new_uuid())
    region.register([submission_set(patient), entry, link]).succeeded()
    region.register([submission_set(patient), document_entry(patient), link]).failed(METADATA_ERROR)


@check("ITI-42: a symbol of another submission means nothing in this one")
def forgets_symbols(region):
    patient = region.patient()
    region.register(submission(patient, document_entry(patient, "eerder"))).succeeded()
    region.register([submission_set(patient), member("set", "eerder", "Reference")]).failed(
        "UnresolvedReferenceException")


@check("ITI-42: an id twice in a message is refused")
def refuses_id_twice(region):
    patient = region.patient()
    objects = [submission_set(patient), document_entry(patient), document_entry(patient), member("set", "document")]
    region.register(objects).failed(METADATA_ERROR)


@check("ITI-42: a package that is neither SubmissionSet nor Folder, and one that is both, are refused")
def refuses_unclear_package(region):
    patient = region.patient()
    for codes in ([], [Code(SUBMISSION_SET, node=True), Code(FOLDER, node=True)]):
        case = folder(patient)
        case.codes = codes + [code for code in case.codes if not code.node]
        region.register(submission(patient, case)).failed(METADATA_ERROR)


@check("ITI-42: an empty RegistryObjectList is refused, another body is a fault")
def refuses_empty_message(region):
    region.register([]).failed(METADATA_ERROR)
    try:
        region.send(REGISTER, "<rim:AdhocQuery id='x'/>")
    except Wrong as fault:
        expect(str(fault).startswith("HTTP 400 Sender"), str(fault))
    else:
        raise Wrong("a query under the action of ITI-42 was answered")


@check("ITI-42: an author with every part comes back, on DocumentEntry and SubmissionSet")
def keeps_authors(region):
    patient = region.patient()
    slots = [
        ("authorPerson", ["12345^de Vries^Karin^M.^^dr.^^^&2.999.40&ISO"]),
        ("authorInstitution", ["Ziekenhuis Oost^^^^^&2.999.41&ISO^^^^00001234", "Praktijk^^^^^^^^^2.999.41.7"]),
        ("authorRole", ["behandelaar", "01.015^^^&2.16.840.1.113883.2.4.15.111&ISO"]),
        ("authorSpecialty", ["cardiologie"]),
        ("authorTelecommunication", ["^^Internet^k.devries@voorbeeld.invalid", "^^PH^^31^570^123456"])]
    entry, package = document_entry(patient, new_uuid()), submission_set(patient, new_uuid())
    entry.codes.append(Code(ENTRY_AUTHOR, slots=slots))
    package.codes.append(Code(SET_AUTHOR, slots=slots))
    region.register(submission(patient, entry, set=package)).succeeded()
    found = region.found("GetSubmissionSetAndContents", {"$XDSSubmissionSetEntryUUID": quoted(package.id)})
    for item, scheme in [(entry, ENTRY_AUTHOR), (package, SET_AUTHOR)]:
        object, = [each for each in found.objects if each.get("id") == item.id]
        author, = [
            each for each in object.findall(f"{RIM}Classification") if each.get("classificationScheme") == scheme]
        for name, values in slots:
            equal(slot_of(author, name), values, name)


@check("ITI-42: coded attributes come back with code, scheme and display name, lists in their order")
def keeps_codes(region):
    patient = region.patient()
    entry = document_entry(patient, new_uuid()).set_code(EVENT_CODE, "b", "a", "c")
    region.registered(patient, entry)
    found = region.entry(entry.unique_id)
    events = [
        (item.get("nodeRepresentation"), slot_of(item, "codingScheme"), item.find(f"{RIM}Name")[0].get("value"))
        for item in found.findall(f"{RIM}Classification") if item.get("classificationScheme") == EVENT_CODE]
    equal(events, [(code, [CODE_SYSTEM], f"Naam van {code}") for code in "bac"], "eventCodeList")
