"""ITI-18: every stored query, its parameters, its errors."""

from region import *
from suite import check
from vocabulary import QUERIES

CONFIDENTIAL = ("N", "R", "V")


class Library:
    """One patient with documents that differ, made once for all queries that only read."""

    made = {}

    @classmethod
    def of(cls, region):
        if region not in cls.made:
            cls.made[region] = cls(region)
        return cls.made[region]

    def __init__(self, region):
        self.patient = patient = region.patient()
        self.letter = document_entry(patient, new_uuid()).set_slot("creationTime", "20240101")
        self.letter.set_slot("serviceStartTime", "20231224").set_slot("serviceStopTime", "20231231")
        self.letter.set_author(ENTRY_AUTHOR, "1^Jansen^Anna^^^^^^&2.999.40&ISO")
        self.letter.title = "Ontslagbrief 100%"
        self.image = document_entry(patient, new_uuid()).set_slot("creationTime", "20250615120000")
        self.image.set_author(ENTRY_AUTHOR, "2^O'Brien^Sean", "3^de Vries^Karin")
        self.image.set_code(CLASS_CODE, "IMAGES").set_code(TYPE_CODE, "foto").set_code(FORMAT_CODE, "jpeg")
        self.image.set_code(FACILITY, "Z3").set_code(PRACTICE, "0305")
        self.image.set_code(CONFIDENTIALITY, "N", "R").set_code(EVENT_CODE, "wond", "arm")
        self.image.title = "Foto van de wond"
        self.order = "77^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order"
        self.accession = "A1^^^&2.999.6&ISO^urn:ihe:iti:xds:2013:accession"
        self.image.set_slot("urn:ihe:iti:xds:2013:referenceIdList", self.order, self.accession)
        self.case = folder(patient, new_uuid())
        self.case.codes.append(Code(FOLDER_CODE, "HART", "Hartklachten"))
        self.set = submission_set(patient, new_uuid())
        self.set.set_author(SET_AUTHOR, "9^Inzender^Piet")
        self.link = association(HAS_MEMBER, self.case.id, self.image.id, new_uuid())
        region.register(submission(patient, self.letter, self.image, self.case, self.link, set=self.set)).succeeded()
        self.transform = document_entry(patient, new_uuid())
        self.relation = association(TRANSFORM, self.transform.id, self.letter.id, new_uuid())
        self.second_set = submission_set(patient, new_uuid()).set_slot("submissionTime", "20260101")
        self.second_set.set_code(CONTENT_TYPE, "ander").set_identifier(SET_SOURCE, "2.999.10.3")
        region.register(submission(patient, self.transform, self.relation, set=self.second_set)).succeeded()
        self.on_demand = on_demand_entry(patient, new_uuid())
        region.register(submission(patient, self.on_demand), REGISTER_ON_DEMAND).succeeded()
        self.documents = {self.letter.id, self.image.id, self.transform.id}


def finds(region, expected, name="FindDocuments", **more):
    """FindDocuments with these parameters finds just these entries."""
    library = Library.of(region)
    found = region.found(name, approved(library.patient, **more))
    equal(found.ids(), {entry.id for entry in expected}, f"documents found by {more}")


@check("FindDocuments: the Approved stable documents of the patient; ObjectRef and LeafClass agree")
def find_documents(region):
    library = Library.of(region)
    parameters = approved(library.patient)
    equal(region.found("FindDocuments", parameters).ids("ExtrinsicObject"), library.documents, "LeafClass")
    equal(region.found("FindDocuments", parameters, "ObjectRef").ids("ObjectRef"), library.documents, "ObjectRef")


@check("FindDocuments: each code parameter")
def find_by_code(region):
    library = Library.of(region)
    for name, code in {
        "ClassCode": "IMAGES", "TypeCode": "foto", "FormatCode": "jpeg", "HealthcareFacilityTypeCode": "Z3",
        "PracticeSettingCode": "0305", "EventCodeList": "arm", "ConfidentialityCode": "R"}.items():
        finds(region, [library.image], **{name: coded(code)})
        finds(region, [], **{name: coded(code, system="2.999.99")})


@check("FindDocuments: values of one parameter are OR, also over several Values of the Slot")
def find_by_list(region):
    library = Library.of(region)
    both = [library.letter, library.image, library.transform]
    finds(region, both, ClassCode=coded("IMAGES", "REPORTS"))
    finds(region, both, ClassCode=[coded("IMAGES"), coded("REPORTS")])
    finds(region, [library.image], ClassCode=coded("IMAGES", "bestaat niet"))


@check("FindDocuments: a repeated Slot of a list attribute is AND")
def find_by_all(region):
    library = Library.of(region)
    base = list(approved(library.patient).items())
    name = "$XDSDocumentEntryEventCodeList"
    found = region.found("FindDocuments", base + [(name, coded("wond", "x")), (name, coded("arm"))])
    equal(found.ids(), {library.image.id}, "documents with both codes")
    found = region.found("FindDocuments", base + [(name, coded("wond")), (name, coded("x"))])
    equal(found.ids(), set(), "documents with a code nobody has")


@check("FindDocuments: a repeated Slot of any other parameter is an error")
def refuses_repeated(region):
    library = Library.of(region)
    base = list(approved(library.patient).items())
    name = "$XDSDocumentEntryClassCode"
    region.query("FindDocuments", base + [(name, coded("A")), (name, coded("B"))]).failed(
        "XDSStoredQueryParamNumber", "XDSRegistryError")


@check("FindDocuments: time ranges, From inclusive and To exclusive, at any precision")
def find_by_time(region):
    library = Library.of(region)
    finds(region, [library.letter], CreationTimeFrom="2024", CreationTimeTo="2025")
    finds(region, [library.letter], CreationTimeFrom="20240101", CreationTimeTo="20240102")
    finds(region, [], CreationTimeFrom="2023", CreationTimeTo="20240101")
    finds(region, [library.image], CreationTimeFrom="20250615120000")
    finds(region, [], CreationTimeFrom="20250615120001")


@check("FindDocuments: an entry without service times is not excluded by their ranges")
def find_by_missing_time(region):
    library = Library.of(region)
    finds(region, [library.image, library.transform], ServiceStartTimeFrom="2024")
    everything = [library.letter, library.image, library.transform]
    finds(region, everything, ServiceStartTimeFrom="20231224", ServiceStartTimeTo="20231225")
    finds(region, [library.image, library.transform], ServiceStopTimeTo="20231231")


@check("FindDocuments: quoted times are accepted")
def find_by_quoted_time(region):
    finds(region, [Library.of(region).letter], CreationTimeFrom="'2024'", CreationTimeTo="'2025'")


@check("FindDocuments: AuthorPerson is a pattern over the whole text; any author may match; quotes are doubled")
def find_by_author(region):
    library = Library.of(region)
    finds(region, [library.image], AuthorPerson=listed("%Brien%"))
    finds(region, [library.image], AuthorPerson=listed("2^O'Br_en^Sean"))
    finds(region, [library.image], AuthorPerson=listed("%de Vries%"))
    finds(region, [], AuthorPerson=listed("Jansen"))
    finds(region, [library.letter, library.image], AuthorPerson=listed("%Jansen%", "%Karin"))


@check("FindDocuments: Status Deprecated, and values that are no status are ignored")
def find_by_status(region):
    library = Library.of(region)
    finds(region, [], Status=listed(DEPRECATED))
    everything = [library.letter, library.image, library.transform]
    finds(region, everything, Status=listed(APPROVED, "urn:example:status"))
    for values in (listed("urn:example:status"), listed("urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Approved")):
        region.query("FindDocuments", approved(library.patient, Status=values)).failed("XDSStoredQueryMissingParam")


@check("FindDocuments: DocumentEntryType chooses on-demand entries, or both kinds")
def find_by_type(region):
    library = Library.of(region)
    finds(region, [library.on_demand], Type=listed(ON_DEMAND))
    everything = [library.letter, library.image, library.transform, library.on_demand]
    finds(region, everything, Type=listed(STABLE, ON_DEMAND))


@check("FindDocuments: parameters are ANDed; one that nobody knows is ignored")
def find_by_several(region):
    library = Library.of(region)
    finds(region, [library.image], ClassCode=coded("IMAGES"), CreationTimeFrom="2025", AuthorPerson=listed("%Karin"))
    finds(region, [], ClassCode=coded("IMAGES"), CreationTimeFrom="2026")
    parameters = approved(library.patient) | {"$SomethingElse": "('x')"}
    equal(region.found("FindDocuments", parameters).ids(), library.documents, "documents")


@check("FindDocuments: patient id or status missing is XDSStoredQueryMissingParam")
def needs_parameters(region):
    whole = approved(Library.of(region).patient)
    for name in whole:
        part = {key: value for key, value in whole.items() if key != name}
        answer = region.query("FindDocuments", part).failed("XDSStoredQueryMissingParam")
        expect(name.strip("$") in answer.contexts, f"{name} is not named in: {answer.contexts}")


@check("FindDocuments: several values for the patient id are XDSStoredQueryParamNumber")
def refuses_two_patients(region):
    patient = Library.of(region).patient
    parameters = approved(patient) | {"$XDSDocumentEntryPatientId": [quoted(patient), quoted(patient)]}
    region.query("FindDocuments", parameters).failed("XDSStoredQueryParamNumber")


@check("FindDocuments: malformed values are errors")
def refuses_malformed(region):
    patient = Library.of(region).patient
    for name, value in {
        "ClassCode": "('REPORTS')", "CreationTimeFrom": "gisteren", "TypeCode": "'11490-0^^2.999.20.1'",
        "FormatCode": "(geen aanhaling)", "ConfidentialityCode": "('N^^2.999.20.1'"}.items():
        region.query("FindDocuments", approved(patient, **{name: value})).failed("XDSRegistryError")


@check("FindDocuments: an unknown patient gives an empty success")
def finds_nothing(region):
    equal(region.found("FindDocuments", approved(region.unknown_patient())).ids(), set(), "objects")


@check("A query id nobody knows is XDSUnknownStoredQuery")
def refuses_unknown_query(region):
    region.query("11111111-2222-4333-8444-555555555555", {}).failed("XDSUnknownStoredQuery")


@check("A multi-patient query with the action of ITI-18 is refused")
def refuses_multi_patient(region):
    region.query("FindDocumentsForMultiplePatients", approved(region.patient())).failed("XDSUnknownStoredQuery")


@check("returnType LeafClassWithRepositoryItem is refused")
def refuses_return_type(region):
    patient = Library.of(region).patient
    region.query("FindDocuments", approved(patient), "LeafClassWithRepositoryItem").failed("XDSRegistryError")


@check("A home on the query is accepted")
def accepts_home(region):
    library = Library.of(region)
    answer = region.query("FindDocuments", approved(library.patient), home="urn:oid:2.999.1.1").succeeded()
    equal(answer.ids(), library.documents, "documents")


# FindSubmissionSets, FindFolders, GetAll


def sets(region, expected, **more):
    library = Library.of(region)
    parameters = {
        "$XDSSubmissionSetPatientId": quoted(library.patient), "$XDSSubmissionSetStatus": listed(APPROVED)}
    parameters.update({f"$XDSSubmissionSet{name}": value for name, value in more.items()})
    found = region.found("FindSubmissionSets", parameters).ids("RegistryPackage")
    expect(
        {item.id for item in expected} <= found and (len(found) == len(expected) or not more),
        f"{more}: found {len(found)} sets, expected {len(expected)}")


@check("FindSubmissionSets: by patient, source, time, author and content type")
def find_submission_sets(region):
    library = Library.of(region)
    sets(region, [library.set, library.second_set])
    sets(region, [library.second_set], SourceId=listed("2.999.10.3"))
    sets(region, [library.second_set], SubmissionTimeFrom="20260101", SubmissionTimeTo="20260102")
    sets(region, [library.set], AuthorPerson=quoted("%Inzender%"))
    sets(region, [library.second_set], ContentType=coded("ander"))


@check("FindSubmissionSets: patient id or status missing is XDSStoredQueryMissingParam")
def find_submission_sets_needs(region):
    patient = Library.of(region).patient
    region.query("FindSubmissionSets", {"$XDSSubmissionSetPatientId": quoted(patient)}).failed(
        "XDSStoredQueryMissingParam")
    region.query("FindSubmissionSets", {"$XDSSubmissionSetStatus": listed(APPROVED)}).failed(
        "XDSStoredQueryMissingParam")


@check("FindFolders: by patient, code list (OR and AND) and lastUpdateTime")
def find_folders(region):
    library = Library.of(region)
    base = [("$XDSFolderPatientId", quoted(library.patient)), ("$XDSFolderStatus", listed(APPROVED))]
    code = "$XDSFolderCodeList"
    for more, expected in [
        ([], {library.case.id}), ([(code, coded("HART", "x"))], {library.case.id}), ([(code, coded("x"))], set()),
        ([(code, coded("HART")), (code, coded("OPNAME"))], {library.case.id}),
        ([(code, coded("HART")), (code, coded("x"))], set()),
        ([("$XDSFolderLastUpdateTimeFrom", "2020"), ("$XDSFolderLastUpdateTimeTo", "2200")], {library.case.id}),
        ([("$XDSFolderLastUpdateTimeTo", "2020")], set())]:
        equal(region.found("FindFolders", base + more).ids(), expected, f"Folders found by {more}")


@check("FindFolders: patient id or status missing is XDSStoredQueryMissingParam")
def find_folders_needs(region):
    patient = Library.of(region).patient
    region.query("FindFolders", {"$XDSFolderPatientId": quoted(patient)}).failed("XDSStoredQueryMissingParam")
    region.query("FindFolders", {"$XDSFolderStatus": listed(APPROVED)}).failed("XDSStoredQueryMissingParam")


def all_of(patient, **more):
    return {
        "$patientId": quoted(patient), "$XDSDocumentEntryStatus": listed(APPROVED),
        "$XDSSubmissionSetStatus": listed(APPROVED), "$XDSFolderStatus": listed(APPROVED)} | {
        f"$XDSDocumentEntry{name}": value for name, value in more.items()}


@check("GetAll: documents, sets, folders and the associations among them")
def get_all(region):
    library = Library.of(region)
    found = region.found("GetAll", all_of(library.patient))
    equal(found.ids("ExtrinsicObject"), library.documents, "documents")
    packages = found.ids("RegistryPackage")
    expect({library.set.id, library.second_set.id, library.case.id} <= packages, "a set or the Folder is missing")
    expect({library.link.id, library.relation.id} <= found.ids("Association"), "an Association is missing")


@check("GetAll: format and confidentiality filters act on documents; a missing status is an error")
def get_all_filters(region):
    library = Library.of(region)
    found = region.found("GetAll", all_of(library.patient, FormatCode=coded("jpeg")))
    equal(found.ids("ExtrinsicObject"), {library.image.id}, "documents by format")
    found = region.found("GetAll", all_of(library.patient, ConfidentialityCode=coded("R")))
    equal(found.ids("ExtrinsicObject"), {library.image.id}, "documents by confidentiality")
    found = region.found("GetAll", all_of(library.patient, Type=listed(ON_DEMAND)))
    equal(found.ids("ExtrinsicObject"), {library.on_demand.id}, "on-demand documents")
    for name in all_of(library.patient):
        part = {key: value for key, value in all_of(library.patient).items() if key != name}
        region.query("GetAll", part).failed("XDSStoredQueryMissingParam")


# Get queries


@check("GetDocuments: by entryUUID and by uniqueId; unknown ids give an empty success")
def get_documents(region):
    library = Library.of(region)
    both = listed(library.letter.id, library.image.id)
    found = region.found("GetDocuments", {"$XDSDocumentEntryEntryUUID": both})
    equal(found.ids(), {library.letter.id, library.image.id}, "by entryUUID")
    found = region.found("GetDocuments", {"$XDSDocumentEntryUniqueId": listed(library.on_demand.unique_id)})
    equal(found.ids(), {library.on_demand.id}, "by uniqueId, on-demand")
    equal(region.found("GetDocuments", {"$XDSDocumentEntryEntryUUID": listed(new_uuid())}).ids(), set(), "unknown")


@check("Get queries: none of the exclusive ids is XDSStoredQueryMissingParam, both are XDSStoredQueryParamNumber")
def get_exclusive_ids(region):
    library = Library.of(region)
    for name, one, two, many, more in [
        ("GetDocuments", "$XDSDocumentEntryEntryUUID", "$XDSDocumentEntryUniqueId", True, {}),
        ("GetFolders", "$XDSFolderEntryUUID", "$XDSFolderUniqueId", True, {}),
        ("GetDocumentsAndAssociations", "$XDSDocumentEntryEntryUUID", "$XDSDocumentEntryUniqueId", True, {}),
        ("GetSubmissionSetAndContents", "$XDSSubmissionSetEntryUUID", "$XDSSubmissionSetUniqueId", False, {}),
        ("GetFolderAndContents", "$XDSFolderEntryUUID", "$XDSFolderUniqueId", False, {}),
        ("GetFoldersForDocument", "$XDSDocumentEntryEntryUUID", "$XDSDocumentEntryUniqueId", False, {}),
        ("GetRelatedDocuments", "$XDSDocumentEntryEntryUUID", "$XDSDocumentEntryUniqueId", False,
         {"$AssociationTypes": listed(TRANSFORM)})]:
        form = listed if many else quoted
        region.query(name, more).failed("XDSStoredQueryMissingParam")
        region.query(name, {one: form(library.letter.id), two: form(library.letter.unique_id), **more}).failed(
            "XDSStoredQueryParamNumber")


@check("GetFolders: by entryUUID and by uniqueId")
def get_folders(region):
    library = Library.of(region)
    for parameters in (
        {"$XDSFolderEntryUUID": listed(library.case.id)}, {"$XDSFolderUniqueId": listed(library.case.unique_id)}):
        equal(region.found("GetFolders", parameters).ids("RegistryPackage"), {library.case.id}, "Folders")


@check("GetAssociations: what begins or ends at the ids")
def get_associations(region):
    library = Library.of(region)
    found = region.found("GetAssociations", {"$uuid": listed(library.letter.id)})
    ends = {(item.get("sourceObject"), item.get("associationType")) for item in found.objects}
    equal(ends, {(library.set.id, HAS_MEMBER), (library.transform.id, TRANSFORM)}, "sources of the Associations")
    for item in found.objects:
        equal(status_of(item), "Approved", "status of an Association")
        equal(item.get("objectType"), REGISTRY_OBJECT + "Association", "objectType")
    region.query("GetAssociations", {}).failed("XDSStoredQueryMissingParam")


@check("GetDocumentsAndAssociations: the document and every Association that touches it")
def get_documents_and_associations(region):
    library = Library.of(region)
    found = region.found("GetDocumentsAndAssociations", {"$XDSDocumentEntryEntryUUID": listed(library.image.id)})
    equal(found.ids("ExtrinsicObject"), {library.image.id}, "documents")
    expect(library.link.id in found.ids("Association"), "the membership in the Folder is missing")
    equal(len(found.ids("Association")), 2, "the number of Associations")


@check("GetSubmissionSets: the sets of documents and folders, with the HasMembers")
def get_submission_sets(region):
    library = Library.of(region)
    found = region.found("GetSubmissionSets", {"$uuid": listed(library.transform.id, library.case.id)})
    equal(found.ids("RegistryPackage"), {library.set.id, library.second_set.id}, "SubmissionSets")
    targets = {item.get("targetObject") for item in found.objects if item.tag == f"{RIM}Association"}
    equal(targets, {library.transform.id, library.case.id}, "targets of the HasMembers")
    region.query("GetSubmissionSets", {}).failed("XDSStoredQueryMissingParam")


@check("GetSubmissionSetAndContents: set, documents, folder, memberships of both kinds")
def get_submission_set_and_contents(region):
    library = Library.of(region)
    for parameters in (
        {"$XDSSubmissionSetEntryUUID": quoted(library.set.id)},
        {"$XDSSubmissionSetUniqueId": quoted(library.set.unique_id)}):
        found = region.found("GetSubmissionSetAndContents", parameters)
        equal(found.ids("ExtrinsicObject"), {library.letter.id, library.image.id}, "documents")
        equal(found.ids("RegistryPackage"), {library.set.id, library.case.id}, "set and Folder")
        links = [item for item in found.objects if item.tag == f"{RIM}Association"]
        expect(library.link.id in {item.get("id") for item in links}, "the membership in the Folder is missing")
        targets = {item.get("targetObject") for item in links if item.get("sourceObject") == library.set.id}
        equal(
            targets, {library.letter.id, library.image.id, library.case.id, library.link.id},
            "what the SubmissionSet's HasMembers point to")


@check("GetSubmissionSetAndContents: filters leave documents out, with the Associations that need them")
def get_submission_set_filters(region):
    library = Library.of(region)
    base = {"$XDSSubmissionSetEntryUUID": quoted(library.set.id)}
    for more, expected in [
        ({"$XDSDocumentEntryFormatCode": coded("jpeg")}, {library.image.id}),
        ({"$XDSDocumentEntryConfidentialityCode": coded("R")}, {library.image.id}),
        ({"$XDSDocumentEntryType": listed(ON_DEMAND)}, set())]:
        found = region.found("GetSubmissionSetAndContents", base | more)
        equal(found.ids("ExtrinsicObject"), expected, f"documents with {more}")
        shown = found.ids()
        for item in found.objects:
            if item.tag == f"{RIM}Association":
                expect(
                    {item.get("sourceObject"), item.get("targetObject")} <= shown,
                    "an Association points outside the answer")


@check("GetFolderAndContents: the Folder, its documents, the HasMembers between them; filters")
def get_folder_and_contents(region):
    library = Library.of(region)
    for parameters in (
        {"$XDSFolderEntryUUID": quoted(library.case.id)}, {"$XDSFolderUniqueId": quoted(library.case.unique_id)}):
        found = region.found("GetFolderAndContents", parameters)
        equal(found.ids(), {library.case.id, library.image.id, library.link.id}, "objects")
    filtered = {"$XDSFolderEntryUUID": quoted(library.case.id), "$XDSDocumentEntryFormatCode": coded("pdf")}
    equal(region.found("GetFolderAndContents", filtered).ids(), {library.case.id}, "objects with a filter")


@check("GetFoldersForDocument: by either id; a document in no Folder gives nothing")
def get_folders_for_document(region):
    library = Library.of(region)
    for parameters in (
        {"$XDSDocumentEntryEntryUUID": quoted(library.image.id)},
        {"$XDSDocumentEntryUniqueId": quoted(library.image.unique_id)}):
        equal(region.found("GetFoldersForDocument", parameters).ids("RegistryPackage"), {library.case.id}, "Folders")
    none = region.found("GetFoldersForDocument", {"$XDSDocumentEntryEntryUUID": quoted(library.letter.id)})
    equal(none.ids(), set(), "Folders of a document in none")


@check("GetRelatedDocuments: the relation and both documents; nothing without one; HasMember never matches")
def get_related_documents(region):
    library = Library.of(region)
    everything = {library.letter.id, library.transform.id, library.relation.id}
    for identity in (library.letter, library.transform):
        found = region.found("GetRelatedDocuments", {
            "$XDSDocumentEntryEntryUUID": quoted(identity.id), "$AssociationTypes": listed(TRANSFORM, REPLACE)})
        equal(found.ids(), everything, "objects")
    for kinds in (listed(REPLACE), listed(HAS_MEMBER)):
        found = region.found("GetRelatedDocuments", {
            "$XDSDocumentEntryUniqueId": quoted(library.letter.unique_id), "$AssociationTypes": kinds})
        equal(found.ids(), set(), f"objects with {kinds}")
    region.query("GetRelatedDocuments", {"$XDSDocumentEntryEntryUUID": quoted(library.letter.id)}).failed(
        "XDSStoredQueryMissingParam")


@check("Get queries answer with ObjectRefs when asked")
def get_object_refs(region):
    library = Library.of(region)
    for name, parameters, expected in [
        ("GetDocuments", {"$XDSDocumentEntryEntryUUID": listed(library.letter.id)}, {library.letter.id}),
        ("GetFolders", {"$XDSFolderEntryUUID": listed(library.case.id)}, {library.case.id}),
        ("GetFolderAndContents", {"$XDSFolderEntryUUID": quoted(library.case.id)},
         {library.case.id, library.image.id, library.link.id})]:
        found = region.found(name, parameters, "ObjectRef")
        equal((found.ids("ObjectRef"), len(found.objects)), (expected, len(expected)), f"ObjectRefs of {name}")


@check("LeafClass over two patients is XDSResultNotSinglePatient, ObjectRef is not")
def refuses_two_patients_in_answer(region):
    one, two = region.published(region.patient()), region.published(region.patient())
    for name in ("GetDocuments", "GetDocumentsAndAssociations"):
        parameters = {"$XDSDocumentEntryEntryUUID": listed(one.id, two.id)}
        region.query(name, parameters).failed("XDSResultNotSinglePatient")
        expect({one.id, two.id} <= region.found(name, parameters, "ObjectRef").ids(), "an ObjectRef is missing")
    region.query("GetSubmissionSets", {"$uuid": listed(one.id, two.id)}).failed("XDSResultNotSinglePatient")


@check("FindDocumentsByReferenceId: full values, patterns, OR and AND; the parameter is required")
def find_by_reference(region):
    library = Library.of(region)
    base = list(approved(library.patient).items())
    name = "$XDSDocumentEntryReferenceIdList"
    for more, expected in [
        ([(name, listed(library.order))], {library.image.id}), ([(name, listed("77"))], set()),
        ([(name, listed("%order"))], {library.image.id}),
        ([(name, listed(library.order, "x")), (name, listed(library.accession))], {library.image.id}),
        ([(name, listed(library.order)), (name, listed("x"))], set())]:
        equal(region.found("FindDocumentsByReferenceId", base + more).ids(), expected, f"documents by {more}")
    region.query("FindDocumentsByReferenceId", base).failed("XDSStoredQueryMissingParam")


@check("FindDocumentsExclude: entries that carry a listed value are left out; base and twin together are an error")
def find_by_exclusion(region):
    library = Library.of(region)
    finds(region, [library.letter, library.transform], "FindDocumentsExclude", ClassCodeExclude=coded("IMAGES"))
    finds(region, [library.letter, library.transform], "FindDocumentsExclude", EventCodeListExclude=coded("arm"))
    both = approved(library.patient, ClassCode=coded("A"), ClassCodeExclude=coded("B"))
    expect(region.query("FindDocumentsExclude", both).status == "Failure", "base and twin were accepted")


@check("FindDocumentsByTitle: a pattern over the title; % inside a title needs no escape")
def find_by_title(region):
    library = Library.of(region)
    finds(region, [library.image], "FindDocumentsByTitle", Title=listed("%wond"))
    finds(region, [library.letter], "FindDocumentsByTitle", Title=listed("Ontslagbrief 1%"))


@check("Answers to a failure still carry an empty RegistryObjectList")
def keeps_empty_list(region):
    answer = region.query("FindDocuments", {})
    expect(answer.body.find(f"{RIM}RegistryObjectList") is not None, "no RegistryObjectList")
