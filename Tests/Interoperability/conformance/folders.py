"""Folders: made, filled, joined by later submissions, followed by replacements."""

from region import *
from suite import check


def with_folder(region):
    """A patient with a registered Folder that holds one document: patient, folder, entry."""
    patient = region.patient()
    case, entry = folder(patient, new_uuid()), document_entry(patient, new_uuid())
    region.registered(patient, case, entry, association(HAS_MEMBER, case.id, entry.id))
    return patient, case, entry


def contents(region, case, **options):
    """The ids of the documents in a Folder."""
    return region.found("GetFolderAndContents", {"$XDSFolderEntryUUID": quoted(case.id)}).ids("ExtrinsicObject")


def update_time(region, case):
    """lastUpdateTime of a Folder."""
    found = region.found("GetFolders", {"$XDSFolderEntryUUID": listed(case.id)}).objects
    equal(len(found), 1, "the number of Folders")
    values = slot_of(found[0], "lastUpdateTime")
    expect(values and len(values[0]) >= 14, f"lastUpdateTime is {values}")
    return values[0]


@check("Folder: an empty one is registered, with a lastUpdateTime by the registry over any submitted one")
def empty_folder(region):
    patient = region.patient()
    case = folder(patient, new_uuid()).set_slot("lastUpdateTime", "19990101000000")
    region.registered(patient, case)
    expect(not update_time(region, case).startswith("1999"), "the submitted lastUpdateTime was kept")


@check("Folder: with a document in one submission")
def folder_with_document(region):
    _, case, entry = with_folder(region)
    equal(contents(region, case), {entry.id}, "documents in the Folder")


@check("Folder: a new document joins an existing Folder")
def joins(region):
    patient, case, entry = with_folder(region)
    second = document_entry(patient, new_uuid())
    region.registered(patient, second, association(HAS_MEMBER, case.id, second.id))
    equal(contents(region, case), {entry.id, second.id}, "documents in the Folder")


@check("Folder: an existing document joins an existing Folder, by a submission of associations only")
def links_existing(region):
    patient, case, entry = with_folder(region)
    second = region.published(patient)
    region.registered(patient, association(HAS_MEMBER, case.id, second.id, "link"))
    equal(contents(region, case), {entry.id, second.id}, "documents in the Folder")


@check("Folder: an existing document joins a new Folder")
def new_folder_for_existing(region):
    patient = region.patient()
    entry, case = region.published(patient), folder(patient, new_uuid())
    region.registered(patient, case, association(HAS_MEMBER, case.id, entry.id, "link"))
    equal(contents(region, case), {entry.id}, "documents in the Folder")


@check("Folder: a membership needs a HasMember of the SubmissionSet")
def needs_membership_of_link(region):
    patient, case, _ = with_folder(region)
    second = document_entry(patient, new_uuid())
    objects = [submission_set(patient), second, member("set", second.id)]
    objects.append(association(HAS_MEMBER, case.id, second.id, "link"))
    region.register(objects).failed("XDSRegistryMetadataError")


@check("Folder: a document of another patient is XDSPatientIdDoesNotMatch")
def refuses_other_patient(region):
    _, case, _ = with_folder(region)
    other = region.patient()
    entry = document_entry(other, new_uuid())
    region.register(submission(other, entry, association(HAS_MEMBER, case.id, entry.id, "link"))).failed(
        "XDSPatientIdDoesNotMatch")


@check("Folder: a used uniqueId is XDSDuplicateUniqueIdInRegistry")
def refuses_used_id(region):
    patient, case, _ = with_folder(region)
    again = folder(patient).set_identifier(FOLDER_UNIQUE, case.unique_id)
    region.register(submission(patient, again)).failed("XDSDuplicateUniqueIdInRegistry")


@check("Folder: without codeList, title, patientId or uniqueId it is refused")
def needs_attributes(region):
    patient = region.patient()
    broken = [
        folder(patient).set_code(FOLDER_CODE), folder(patient).copy(title=None),
        folder(patient).set_identifier(FOLDER_PATIENT, None), folder(patient).set_identifier(FOLDER_UNIQUE, None)]
    for case in broken:
        region.register(submission(patient, case)).failed("XDSRegistryMetadataError")


@check("Folder: a Folder of another patient than the SubmissionSet is XDSPatientIdDoesNotMatch")
def refuses_mixed_patients(region):
    patient, other = region.patient(), region.patient()
    region.register(submission(patient, folder(other))).failed("XDSPatientIdDoesNotMatch")


@check("Folder: a replacement joins the Folders of the replaced document, which stays in them")
def replacement_joins(region):
    patient, case, entry = with_folder(region)
    new = document_entry(patient, new_uuid())
    region.registered(patient, new, association(REPLACE, new.id, entry.id))
    equal(contents(region, case), {entry.id, new.id}, "documents in the Folder")
    found = region.found("GetFoldersForDocument", {"$XDSDocumentEntryEntryUUID": quoted(new.id)}, "ObjectRef")
    equal(found.ids(), {case.id}, "Folders of the replacement")


@check("Folder: gaining a document renews lastUpdateTime")
def renews_update_time(region):
    import time

    patient, case, _ = with_folder(region)
    before = update_time(region, case)
    time.sleep(1.1)
    second = document_entry(patient, new_uuid())
    region.registered(patient, second, association(HAS_MEMBER, case.id, second.id))
    expect(update_time(region, case) > before, "lastUpdateTime did not grow")


@check("Folder: a deprecated document cannot be put into one")
def refuses_deprecated(region):
    patient, case, _ = with_folder(region)
    old = region.published(patient)
    new = document_entry(patient, new_uuid())
    region.registered(patient, new, association(REPLACE, new.id, old.id))
    region.register(submission(patient, association(HAS_MEMBER, case.id, old.id, "link"))).failed(
        "XDSRegistryDeprecatedDocumentError")


@check("Folder: a document in two Folders, found by GetFoldersForDocument; a Folder's codes and title come back")
def document_in_two(region):
    patient, case, entry = with_folder(region)
    second = folder(patient, new_uuid())
    second.codes.append(Code(FOLDER_CODE, "HART", "Hartklachten"))
    second.title, second.comments = "Tweede map", "Bij de opname"
    region.registered(patient, second, association(HAS_MEMBER, second.id, entry.id, "link"))
    found = region.found("GetFoldersForDocument", {"$XDSDocumentEntryEntryUUID": quoted(entry.id)})
    equal(found.ids("RegistryPackage"), {case.id, second.id}, "Folders")
    object, = [item for item in found.objects if item.get("id") == second.id]
    equal(object.find(f"{RIM}Name")[0].get("value"), "Tweede map", "title")
    equal(object.find(f"{RIM}Description")[0].get("value"), "Bij de opname", "comments")
    codes = {
        item.get("nodeRepresentation") for item in object.findall(f"{RIM}Classification")
        if item.get("classificationScheme") == FOLDER_CODE}
    equal(codes, {"OPNAME", "HART"}, "codeList")


@check("Folder: XFRM_RPLC joins the Folders too; APND does not")
def relations_and_folders(region):
    patient, case, entry = with_folder(region)
    addendum = document_entry(patient, new_uuid())
    region.registered(patient, addendum, association(APPEND, addendum.id, entry.id))
    equal(contents(region, case), {entry.id}, "documents after APND")
    new = document_entry(patient, new_uuid())
    region.registered(patient, new, association(TRANSFORM_REPLACE, new.id, entry.id))
    equal(contents(region, case), {entry.id, new.id}, "documents after XFRM_RPLC")


@check("Folder: the membership that a replacement gains has a HasMember from its SubmissionSet")
def inherited_membership(region):
    patient, case, entry = with_folder(region)
    package, new = submission_set(patient, new_uuid()), document_entry(patient, new_uuid())
    replacement = association(REPLACE, new.id, entry.id)
    region.register(submission(patient, new, replacement, set=package)).succeeded()
    links = region.found("GetAssociations", {"$uuid": listed(new.id)}).objects
    gained = {item.get("id") for item in links if item.get("sourceObject") == case.id}
    equal(len(gained), 1, "the number of memberships gained")
    members = region.found("GetAssociations", {"$uuid": listed(package.id)}).objects
    expect(gained <= {item.get("targetObject") for item in members}, "the SubmissionSet has no HasMember to it")


@check("Folder: a membership of an unknown document or in an unknown Folder is UnresolvedReferenceException")
def refuses_unknown_ends(region):
    patient, case, entry = with_folder(region)
    for source, target in ((case.id, new_uuid()), (new_uuid(), entry.id)):
        region.register(submission(patient, association(HAS_MEMBER, source, target, "link"))).failed(
            "UnresolvedReferenceException")
