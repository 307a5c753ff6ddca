"""ITI-62 and ITI-86: metadata and documents removed."""

import uuid

import messages
from region import *
from suite import check


def published(region):
    """A submission of one document with ids that are known: patient, SubmissionSet, entry, HasMember."""
    patient = region.patient()
    package, entry = submission_set(patient, new_uuid()), document_entry(patient, new_uuid())
    link = member(package.id, entry.id, id=new_uuid())
    region.register([package, entry, link]).succeeded()
    return patient, package, entry, link


@check("ITI-62: a whole submission is removed, and no query sees it")
def removes_submission(region):
    patient, package, entry, link = published(region)
    region.remove(package.id, entry.id, link.id).succeeded()
    equal(region.found("FindDocuments", approved(patient)).ids(), set(), "documents")
    equal(region.found("GetAssociations", {"$uuid": listed(package.id, entry.id)}).ids(), set(), "associations")


@check("ITI-62: an unknown id is UnresolvedReferenceException")
def refuses_unknown(region):
    region.remove(new_uuid()).failed("UnresolvedReferenceException")


@check("ITI-62: an object that Associations outside the list name is ReferencesExistException; nothing is removed")
def refuses_referenced(region):
    _, _, entry, _ = published(region)
    region.remove(entry.id).failed("ReferencesExistException")
    equal(region.entry_id(entry.unique_id), entry.id, "the document")


@check("ITI-62: what would be left without any Association is XDSUnreferencedObjectException")
def refuses_orphans(region):
    _, _, entry, link = published(region)
    region.remove(link.id).failed("XDSUnreferencedObjectException")
    region.remove(entry.id, link.id).failed("XDSUnreferencedObjectException")


@check("ITI-62: one unknown id keeps the others from being removed")
def is_atomic(region):
    _, package, entry, link = published(region)
    region.remove(package.id, entry.id, link.id, new_uuid()).failed("UnresolvedReferenceException")
    equal(region.entry_id(entry.unique_id), entry.id, "the document")


@check("ITI-62: a relation alone may be removed; what it deprecated stays Deprecated")
def removes_relation(region):
    patient, _, entry, _ = published(region)
    new = document_entry(patient, new_uuid())
    relation = association(REPLACE, new.id, entry.id, new_uuid())
    region.registered(patient, new, relation)
    region.remove(relation.id).succeeded()
    equal(status_of(region.entry(entry.unique_id)), "Deprecated", "status of the replaced document")
    found = region.found("GetRelatedDocuments", {
        "$XDSDocumentEntryEntryUUID": quoted(new.id), "$AssociationTypes": listed(REPLACE)})
    equal(found.ids(), set(), "related documents")


@check("ITI-62: a removed uniqueId may be registered again with another hash")
def frees_unique_id(region):
    patient, package, entry, link = published(region)
    region.remove(package.id, entry.id, link.id).succeeded()
    again = document_entry(patient, unique_id=entry.unique_id).set_slot("hash", "2" * 40)
    region.register(submission(patient, again)).succeeded()


# ITI-86


def provide(region, patient, unique_id, content):
    """ITI-41 with the document inside the envelope."""
    documents = {"document": (unique_id, "text/plain", "Brief", messages.inline(content))}
    return region.send_package(PROVIDE, messages.provide(patient, documents))


def request(repository, *unique_ids):
    return "".join(
        f"<xds:DocumentRequest><xds:RepositoryUniqueId>{repository}</xds:RepositoryUniqueId>"
        f"<xds:DocumentUniqueId>{unique_id}</xds:DocumentUniqueId></xds:DocumentRequest>" for unique_id in unique_ids)


def remove_documents(region, *unique_ids, repository=REPOSITORY):
    namespace = 'xmlns:rmd="urn:ihe:iti:rmd:2017"'
    body = f"<rmd:RemoveDocumentsRequest {namespace}>{request(repository, *unique_ids)}</rmd:RemoveDocumentsRequest>"
    return region.send(REMOVE_DOCUMENTS, body, "/xds/repository")


def retrieve(region, *unique_ids):
    """ITI-43."""
    return region.send_package(RETRIEVE, messages.retrieve(REPOSITORY, *unique_ids))


@check("ITI-86: a document is removed; ITI-43 answers XDSDocumentUniqueIdError; equal bytes of another stay")
def removes_document(region):
    patient, one, two = region.patient(), new_oid(), new_oid()
    content = uuid.uuid4().bytes
    for unique_id in (one, two):
        provide(region, patient, unique_id, content).succeeded()
    remove_documents(region, one).succeeded()
    retrieve(region, one).failed("XDSDocumentUniqueIdError")
    expect(content in retrieve(region, two).succeeded().raw.body, "the other document is not there as it was")
    remove_documents(region, one).failed("XDSDocumentUniqueIdError")


@check("ITI-86: some removed is PartialSuccess")
def removes_some(region):
    patient, one, unknown = region.patient(), new_oid(), new_oid()
    provide(region, patient, one, b"tekst").succeeded()
    answer = remove_documents(region, one, unknown)
    equal((answer.status, answer.codes), ("PartialSuccess", ["XDSDocumentUniqueIdError"]), "answer")
    expect(unknown in answer.contexts, f"the id is not in: {answer.contexts}")


@check("ITI-86: another repository is XDSUnknownRepositoryId")
def refuses_other_repository(region):
    remove_documents(region, new_oid(), repository="2.999.1.99").failed("XDSUnknownRepositoryId")


@check("ITI-62: a Folder with its memberships is removed, its document stays")
def removes_folder(region):
    patient, package, entry, link = published(region)
    second, case = submission_set(patient, new_uuid()), folder(patient, new_uuid())
    membership = association(HAS_MEMBER, case.id, entry.id, new_uuid())
    members = member(second.id, case.id, None, new_uuid()), member(second.id, membership.id, None, new_uuid())
    region.register([second, case, membership, *members]).succeeded()
    region.remove(case.id, membership.id).failed("ReferencesExistException")
    region.remove(second.id, case.id, membership.id, *(item.id for item in members)).succeeded()
    equal(region.found("GetFolders", {"$XDSFolderEntryUUID": listed(case.id)}).ids(), set(), "Folders")
    equal(region.entry_id(entry.unique_id), entry.id, "the document")


@check("ITI-62: every version of a document is removed with the SubmissionSets that hold them")
def removes_versions(region):
    patient, package, entry, link = published(region)
    second, version = submission_set(patient, new_uuid()), entry.copy(id=new_uuid())
    version.attributes["lid"] = entry.id
    update_link = member(second.id, version.id, id=new_uuid(), PreviousVersion="1")
    region.register([second, version, update_link], UPDATE).succeeded()
    region.remove(package.id, link.id, entry.id, second.id, update_link.id, version.id).succeeded()
    found = region.found("GetDocuments", {"$XDSDocumentEntryLogicalID": listed(entry.id), "$MetadataLevel": "2"})
    equal(found.ids(), set(), "versions")


@check("ITI-62: an empty list is refused")
def refuses_nothing(region):
    equal(region.remove().status, "Failure", "status")


@check("ITI-86: metadata first, then the document: the normal order")
def removes_all(region):
    patient, unique_id = region.patient(), new_oid()
    provide(region, patient, unique_id, b"wordt verwijderd").succeeded()
    entry = region.entry_id(unique_id)
    sets = region.found("GetSubmissionSets", {"$uuid": listed(entry)})
    region.remove(entry, *sets.ids()).succeeded()
    remove_documents(region, unique_id).succeeded()
    retrieve(region, unique_id).failed("XDSDocumentUniqueIdError")
    provide(region, patient, unique_id, b"een ander document").succeeded()
