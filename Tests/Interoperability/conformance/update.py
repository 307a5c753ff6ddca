"""ITI-57: new versions, statuses, associations; all or nothing."""

from region import *
from suite import check

UPDATE_ERROR = "XDSMetadataUpdateError"


def new_version(entry, id="version"):
    """The metadata of the next version."""
    made = entry.copy(id=id)
    made.attributes["lid"] = entry.attributes.get("lid", entry.id)
    return made


def update(region, patient, *objects, previous="1", set=None, action=UPDATE, **slots):
    """ITI-57: objects become members with a PreviousVersion."""
    package = set or submission_set(patient)
    sent = [package]
    for item in objects:
        sent.append(item)
        if item.tag == "ExtrinsicObject":
            sent.append(member(package.id, item.id, PreviousVersion=previous, **slots))
        elif item.tag == "RegistryPackage":
            sent.append(member(package.id, item.id, None, PreviousVersion=previous, **slots))
    return region.register(sent, action)


def versions(region, entry):
    """All versions by logicalID: version -> element."""
    found = region.found("GetDocuments", {
        "$XDSDocumentEntryLogicalID": listed(entry.attributes.get("lid", entry.id)), "$MetadataLevel": "2"})
    return {item.find(f"{RIM}VersionInfo").get("versionName"): item for item in found.objects}


def change_status(region, patient, target, old, new):
    """The UpdateAvailabilityStatus trigger."""
    change = association(UPDATE_STATUS, "set", target, OriginalStatus=old, NewStatus=new)
    return region.register([submission_set(patient), change], UPDATE)


@check("ITI-57: a new version: same logicalID and uniqueId, version 2 Approved, version 1 Deprecated")
def updates_entry(region):
    patient = region.patient()
    entry = region.published(patient)
    changed = new_version(entry)
    changed.title = "Ontslagbrief, verbeterd"
    update(region, patient, changed).succeeded()
    found = versions(region, entry)
    equal({key: status_of(item) for key, item in found.items()}, {"1": "Deprecated", "2": "Approved"}, "versions")
    equal({item.get("lid") for item in found.values()}, {entry.id}, "logicalID")
    latest = region.entry(entry.unique_id)
    equal(latest.get("id"), found["2"].get("id"), "what the default level shows")


@check("ITI-57: twice in a row; the second names version 2 as PreviousVersion")
def updates_again(region):
    patient = region.patient()
    entry = region.published(patient)
    update(region, patient, new_version(entry)).succeeded()
    update(region, patient, new_version(entry)).failed("XDSMetadataVersionError")
    update(region, patient, new_version(entry), previous="2").succeeded()
    equal(set(versions(region, entry)), {"1", "2", "3"}, "versions")


@check("ITI-57: an unknown logicalID is XDSMetadataVersionError")
def refuses_unknown_lid(region):
    patient = region.patient()
    entry = document_entry(patient, "version")
    entry.attributes["lid"] = new_uuid()
    update(region, patient, entry).failed("XDSMetadataVersionError")


@check("ITI-57: a PreviousVersion that is not the latest is XDSMetadataVersionError")
def refuses_wrong_version(region):
    patient = region.patient()
    entry = region.published(patient)
    update(region, patient, new_version(entry), previous="7").failed("XDSMetadataVersionError")


@check("ITI-57: a lid that is missing, equal to the id or no UUID is XDSMetadataUpdateError, and nothing is stored")
def refuses_bad_lid(region):
    patient = region.patient()
    for lid in (None, "self", "symbool"):
        entry = document_entry(patient, new_uuid())
        if lid:
            entry.attributes["lid"] = entry.id if lid == "self" else lid
        update(region, patient, entry).failed(UPDATE_ERROR, "XDSInvalidRequestException")
    equal(region.found("FindDocuments", approved(patient)).ids(), set(), "documents")


@check("ITI-57: another uniqueId or objectType is XDSMetadataUpdateError")
def refuses_other_identity(region):
    patient = region.patient()
    entry = region.published(patient)
    update(region, patient, new_version(entry).set_identifier(ENTRY_UNIQUE, new_oid())).failed(UPDATE_ERROR)
    other = new_version(entry)
    other.attributes["objectType"] = ON_DEMAND
    for name in ("creationTime", "hash", "size"):
        other.set_slot(name)
    update(region, patient, other).failed(UPDATE_ERROR)


@check("ITI-57: incomplete metadata is XDSRegistryMetadataError")
def needs_whole_metadata(region):
    patient = region.patient()
    entry = region.published(patient)
    update(region, patient, new_version(entry).set_slot("languageCode")).failed("XDSRegistryMetadataError")


@check("ITI-57: hash and size may change")
def may_change_content(region):
    patient = region.patient()
    entry = region.published(patient)
    changed = new_version(entry).set_slot("hash", "1" * 40).set_slot("size", "99")
    update(region, patient, changed).succeeded()
    equal(slot_of(region.entry(entry.unique_id), "size"), ["99"], "size")


@check("ITI-57: two updates of one logicalID in a request are refused")
def refuses_two_updates(region):
    patient = region.patient()
    entry = region.published(patient)
    status = update(region, patient, new_version(entry, "a"), new_version(entry, "b")).status
    equal(status, "Failure", "status")


@check("ITI-57: a Deprecated document cannot get a new version")
def refuses_deprecated(region):
    patient = region.patient()
    entry = region.published(patient)
    change_status(region, patient, entry.id, APPROVED, DEPRECATED).succeeded()
    update(region, patient, new_version(entry)).failed(UPDATE_ERROR)


@check("ITI-57: the status of a document: Approved to Deprecated and back; the version stays")
def changes_status(region):
    patient = region.patient()
    entry = region.published(patient)
    change_status(region, patient, entry.id, APPROVED, DEPRECATED).succeeded()
    equal(status_of(region.entry(entry.unique_id)), "Deprecated", "status")
    change_status(region, patient, entry.id, DEPRECATED, APPROVED).succeeded()
    found = region.entry(entry.unique_id)
    equal((status_of(found), found.find(f"{RIM}VersionInfo").get("versionName")), ("Approved", "1"), "entry")


@check("ITI-57: an OriginalStatus that is not the current one, or an illegal NewStatus, is XDSMetadataUpdateError")
def refuses_wrong_status(region):
    patient = region.patient()
    entry = region.published(patient)
    change_status(region, patient, entry.id, DEPRECATED, APPROVED).failed(UPDATE_ERROR)
    change_status(region, patient, entry.id, APPROVED, "urn:example:gone").failed(UPDATE_ERROR)


@check("ITI-57: the status of an unknown document cannot be changed")
def refuses_unknown_target(region):
    equal(change_status(region, region.patient(), new_uuid(), APPROVED, DEPRECATED).status, "Failure", "status")


@check("ITI-57: the status of a SubmissionSet cannot be changed")
def refuses_set(region):
    patient = region.patient()
    set = submission_set(patient, new_uuid())
    region.register(submission(patient, document_entry(patient), set=set)).succeeded()
    change_status(region, patient, set.id, APPROVED, DEPRECATED).failed(UPDATE_ERROR)


def in_folder(region):
    patient = region.patient()
    case, entry = folder(patient, new_uuid()), document_entry(patient, new_uuid())
    link = association(HAS_MEMBER, case.id, entry.id, new_uuid())
    region.registered(patient, case, entry, link)
    return patient, case, entry, link


@check("ITI-57: an Approved membership in a Folder is propagated to the new version")
def propagates(region):
    patient, case, entry, _ = in_folder(region)
    update(region, patient, new_version(entry, new_uuid())).succeeded()
    latest = region.entry_id(entry.unique_id)
    found = region.found("GetFolderAndContents", {"$XDSFolderEntryUUID": quoted(case.id)})
    equal(found.ids("ExtrinsicObject"), {latest}, "documents in the Folder")


@check("ITI-57: with AssociationPropagation no, nothing is copied")
def does_not_propagate(region):
    patient, case, entry, _ = in_folder(region)
    update(region, patient, new_version(entry, new_uuid()), AssociationPropagation="no").succeeded()
    found = region.found("GetFoldersForDocument", {
        "$XDSDocumentEntryEntryUUID": quoted(region.entry_id(entry.unique_id))})
    equal(found.ids(), set(), "Folders of the new version")


@check("ITI-57: AssociationPropagation other than yes and no is an error")
def refuses_odd_propagation(region):
    patient = region.patient()
    entry = region.published(patient)
    status = update(region, patient, new_version(entry), AssociationPropagation="misschien").status
    equal(status, "Failure", "status")


@check("ITI-57: a Folder gets a new version, its documents stay in it")
def updates_folder(region):
    patient, case, entry, _ = in_folder(region)
    changed = new_version(case)
    changed.title = "Opname cardiologie 2025"
    update(region, patient, changed).succeeded()
    found = region.found("GetFolders", {"$XDSFolderUniqueId": listed(case.unique_id)}).objects
    equal(len(found), 1, "Folders at the default level")
    equal(found[0].find(f"{RIM}VersionInfo").get("versionName"), "2", "version")
    contents = region.found("GetFolderAndContents", {"$XDSFolderEntryUUID": quoted(found[0].get("id"))})
    equal(contents.ids("ExtrinsicObject"), {entry.id}, "documents in the new version")


@check("ITI-57: SubmitAssociation puts an existing document into an existing Folder")
def submits_association(region):
    patient = region.patient()
    case, entry = folder(patient, new_uuid()), document_entry(patient, new_uuid())
    region.registered(patient, case, entry)
    link = association(HAS_MEMBER, case.id, entry.id, "link")
    region.register([submission_set(patient), link, association(SUBMIT_ASSOCIATION, "set", "link")], UPDATE).succeeded()
    found = region.found("GetFolderAndContents", {"$XDSFolderEntryUUID": quoted(case.id)})
    equal(found.ids("ExtrinsicObject"), {entry.id}, "documents in the Folder")


@check("ITI-57: SubmitAssociation across patients is XDSPatientIDReconciliationError")
def refuses_association_across(region):
    patient, other = region.patient(), region.patient()
    case, entry = folder(patient, new_uuid()), region.published(other)
    region.registered(patient, case)
    link = association(HAS_MEMBER, case.id, entry.id, "link")
    trigger = association(SUBMIT_ASSOCIATION, "set", "link")
    region.register([submission_set(patient), link, trigger], UPDATE).failed("XDSPatientIDReconciliationError")


@check("ITI-57: the status of a Folder membership; deprecated, the document has left the Folder")
def changes_association_status(region):
    patient, case, _, link = in_folder(region)
    change_status(region, patient, link.id, APPROVED, DEPRECATED).succeeded()
    found = region.found("GetFolderAndContents", {"$XDSFolderEntryUUID": quoted(case.id)})
    equal(found.ids("ExtrinsicObject"), set(), "documents in the Folder")
    shown = region.found("GetAssociations", {"$uuid": listed(case.id), "$XDSAssociationStatus": listed(DEPRECATED)})
    equal(shown.ids(), {link.id}, "deprecated Associations")


@check("ITI-57: a SubmissionSet's HasMember cannot be deprecated")
def refuses_set_membership(region):
    patient = region.patient()
    entry = document_entry(patient, new_uuid())
    link = member("set", entry.id, id=new_uuid())
    region.register([submission_set(patient), entry, link]).succeeded()
    change_status(region, patient, link.id, APPROVED, DEPRECATED).failed(UPDATE_ERROR)


@check("ITI-57: one wrong part undoes the whole request")
def is_atomic(region):
    patient = region.patient()
    one, two = region.published(patient), region.published(patient)
    wrong = new_version(two, "b").set_identifier(ENTRY_UNIQUE, new_oid())
    update(region, patient, new_version(one, "a"), wrong).failed(UPDATE_ERROR)
    equal(set(versions(region, one)), {"1"}, "versions of the part that was right")


@check("ITI-57: the patient of a document may change; ObjectRef by logicalID finds both versions")
def changes_patient(region):
    patient, other = region.patient(), region.patient()
    entry = region.published(patient)
    moved = new_version(entry).set_identifier(ENTRY_PATIENT, other)
    update(region, other, moved).succeeded()
    equal(region.found("FindDocuments", approved(patient)).ids(), set(), "documents of the former patient")
    equal(len(region.found("FindDocuments", approved(other)).ids()), 1, "documents of the new patient")
    both = {"$XDSDocumentEntryLogicalID": listed(entry.id), "$MetadataLevel": "2"}
    equal(len(region.found("GetDocuments", both, "ObjectRef").ids()), 2, "versions")
    region.query("GetDocuments", both).failed("XDSResultNotSinglePatient")


@check("ITI-57: documentAvailability is changed and can be asked for")
def changes_availability(region):
    patient = region.patient()
    entry = region.published(patient)
    offline = "urn:ihe:iti:2010:DocumentAvailability:Offline"
    update(region, patient, new_version(entry).set_slot("documentAvailability", offline)).succeeded()
    found = region.found("FindDocuments", approved(patient, DocumentAvailability=listed(offline)))
    equal(len(found.ids()), 1, "documents that are offline")


@check("Two logicalID parameters need level 2; $MetadataLevel other than 1 and 2 is an error")
def checks_level(region):
    patient = region.patient()
    expect(
        region.query("FindDocuments", approved(patient) | {"$MetadataLevel": "3"}).status == "Failure",
        "level 3 was accepted")


@check("ITI-57: a relation of the old version goes on with the new one")
def propagates_relations(region):
    patient = region.patient()
    first, addendum = region.published(patient), document_entry(patient, new_uuid())
    region.registered(patient, addendum, association(APPEND, addendum.id, first.id))
    update(region, patient, new_version(first, new_uuid())).succeeded()
    latest = region.entry_id(first.unique_id)
    related = {"$XDSDocumentEntryEntryUUID": quoted(latest), "$AssociationTypes": listed(APPEND)}
    found = region.found("GetRelatedDocuments", related)
    equal(found.ids("ExtrinsicObject"), {latest, addendum.id}, "related documents")
    equal(len(found.ids("Association")), 1, "the number of relations")


@check("ITI-57: the default level shows the latest version only, level 2 all of them, in every query")
def shows_versions(region):
    patient = region.patient()
    package, entry = submission_set(patient, new_uuid()), document_entry(patient, new_uuid())
    region.register(submission(patient, entry, set=package)).succeeded()
    update(region, patient, new_version(entry, new_uuid())).succeeded()
    latest = region.entry_id(entry.unique_id)
    both = approved(patient, Status=listed(APPROVED, DEPRECATED))
    equal(region.found("FindDocuments", both).ids(), {latest}, "documents at the default level")
    equal(region.found("FindDocuments", both | {"$MetadataLevel": "2"}).ids(), {entry.id, latest}, "at level 2")
    contents = {"$XDSSubmissionSetEntryUUID": quoted(package.id)}
    found = region.found("GetSubmissionSetAndContents", contents | {"$MetadataLevel": "2"})
    equal(found.ids("ExtrinsicObject"), {entry.id}, "what the first SubmissionSet holds at level 2")
    by_uuid = {"$XDSDocumentEntryEntryUUID": listed(entry.id)}
    equal(region.found("GetDocuments", by_uuid).ids(), set(), "the old version by entryUUID at the default level")
    equal(region.found("GetDocuments", by_uuid | {"$MetadataLevel": "2"}).ids(), {entry.id}, "at level 2")


@check("ITI-57: an on-demand entry gets a new version")
def updates_on_demand(region):
    patient = region.patient()
    entry = on_demand_entry(patient, new_uuid())
    region.register(submission(patient, entry), REGISTER_ON_DEMAND).succeeded()
    changed = new_version(entry).set_code(TYPE_CODE, "anders")
    update(region, patient, changed).succeeded()
    equal(set(versions(region, entry)), {"1", "2"}, "versions")


@check("ITI-57: after an update the old version can no longer be replaced, the new one can")
def replaces_latest(region):
    patient = region.patient()
    entry = region.published(patient)
    update(region, patient, new_version(entry)).succeeded()
    new = document_entry(patient, new_uuid())
    region.register(submission(patient, new, association(REPLACE, new.id, entry.id))).failed(
        "XDSRegistryDeprecatedDocumentError")
    region.registered(patient, new, association(REPLACE, new.id, region.entry_id(entry.unique_id)))
    equal(region.found("FindDocuments", approved(patient)).ids(), {new.id}, "approved documents")


@check("ITI-57: two documents updated in one request; the SubmissionSet of the update names both")
def updates_two(region):
    patient = region.patient()
    one, two = region.published(patient), region.published(patient)
    package = submission_set(patient, new_uuid())
    ids = new_uuid(), new_uuid()
    update(region, patient, new_version(one, ids[0]), new_version(two, ids[1]), set=package).succeeded()
    found = region.found("GetSubmissionSetAndContents", {"$XDSSubmissionSetEntryUUID": quoted(package.id)})
    equal(found.ids("ExtrinsicObject"), set(ids), "what the SubmissionSet of the update holds")


@check("ITI-57: a request without a trigger, and one without a SubmissionSet, are refused")
def refuses_empty(region):
    patient = region.patient()
    for objects in ([submission_set(patient)], [document_entry(patient)]):
        equal(region.register(objects, UPDATE).status, "Failure", "status")


@check("ITI-57: a used uniqueId of the SubmissionSet is XDSDuplicateUniqueIdInRegistry")
def refuses_used_set(region):
    patient = region.patient()
    package, entry = submission_set(patient), document_entry(patient, new_uuid())
    region.register(submission(patient, entry, set=package)).succeeded()
    update(region, patient, new_version(entry), set=package).failed("XDSDuplicateUniqueIdInRegistry")


@check("ITI-57: errors of an update name the id of the object")
def names_object(region):
    patient = region.patient()
    entry = region.published(patient)
    answer = update(region, patient, new_version(entry, new_uuid()), previous="9").failed("XDSMetadataVersionError")
    expect("urn:uuid:" in answer.contexts, f"no id in: {answer.contexts}")
