"""Replace, append, transform, sign: what they do to the documents they point at."""

from region import *
from suite import check


def related(region, kind):
    """A document, and a second one in that relation to it: patient, first, second."""
    patient = region.patient()
    first = region.published(patient)
    second = document_entry(patient, new_uuid())
    region.registered(patient, second, association(kind, second.id, first.id))
    return patient, first, second


def status(region, entry):
    return status_of(region.entry(entry.unique_id))


@check("RPLC: the replaced document is Deprecated, the new one Approved")
def replaces(region):
    patient, first, second = related(region, REPLACE)
    equal((status(region, first), status(region, second)), ("Deprecated", "Approved"), "statuses")
    equal(region.found("FindDocuments", approved(patient)).ids(), {second.id}, "approved documents")


@check("XFRM_RPLC: the replaced document is Deprecated")
def transforms_and_replaces(region):
    _, first, second = related(region, TRANSFORM_REPLACE)
    equal((status(region, first), status(region, second)), ("Deprecated", "Approved"), "statuses")


@check("APND, XFRM and signs: the target stays Approved")
def leaves_approved(region):
    for kind in (APPEND, TRANSFORM, SIGNS):
        _, first, second = related(region, kind)
        equal((status(region, first), status(region, second)), ("Approved", "Approved"), f"statuses after {kind}")


@check("RPLC: transforms and appendices of the replaced document are Deprecated with it")
def deprecates_children(region):
    for kind in (APPEND, TRANSFORM):
        patient, first, child = related(region, kind)
        new = document_entry(patient, new_uuid())
        region.registered(patient, new, association(REPLACE, new.id, first.id))
        equal((status(region, first), status(region, child)), ("Deprecated", "Deprecated"), f"statuses, {kind}")


@check("RPLC of a deprecated document is XDSRegistryDeprecatedDocumentError")
def refuses_deprecated(region):
    patient, first, _ = related(region, REPLACE)
    new = document_entry(patient, new_uuid())
    region.register(submission(patient, new, association(REPLACE, new.id, first.id))).failed(
        "XDSRegistryDeprecatedDocumentError")


@check("APND and XFRM to a deprecated document are XDSRegistryDeprecatedDocumentError")
def refuses_relations_to_deprecated(region):
    patient, first, _ = related(region, REPLACE)
    for kind in (APPEND, TRANSFORM):
        new = document_entry(patient, new_uuid())
        region.register(submission(patient, new, association(kind, new.id, first.id))).failed(
            "XDSRegistryDeprecatedDocumentError")


@check("RPLC, APND, XFRM of an unknown document are UnresolvedReferenceException")
def refuses_unknown(region):
    patient = region.patient()
    for kind in (REPLACE, APPEND, TRANSFORM, TRANSFORM_REPLACE):
        new = document_entry(patient, new_uuid())
        region.register(submission(patient, new, association(kind, new.id, new_uuid()))).failed(
            "UnresolvedReferenceException")


@check("RPLC of a document in the same submission is refused")
def refuses_replacing_own(region):
    patient = region.patient()
    one, two = document_entry(patient, "one"), document_entry(patient, "two")
    region.register(submission(patient, one, two, association(REPLACE, "two", "one"))).failed(
        "UnresolvedReferenceException", "XDSRegistryMetadataError")


@check("APND of a document in the same submission is accepted")
def appends_own(region):
    patient = region.patient()
    one, two = document_entry(patient, "one"), document_entry(patient, "two")
    region.register(submission(patient, one, two, association(APPEND, "two", "one"))).succeeded()


@check("A relation across patients is XDSPatientIdDoesNotMatch")
def refuses_other_patient(region):
    first = region.published(region.patient())
    other = region.patient()
    for kind in (REPLACE, APPEND, TRANSFORM):
        new = document_entry(other, new_uuid())
        region.register(submission(other, new, association(kind, new.id, first.id))).failed("XDSPatientIdDoesNotMatch")


@check("A transformation cannot be appended to")
def refuses_appending_to_transform(region):
    patient, _, child = related(region, TRANSFORM)
    new = document_entry(patient, new_uuid())
    region.register(submission(patient, new, association(APPEND, new.id, child.id))).failed("XDSRegistryMetadataError")


@check("The source of a relation must be a document of the submission")
def needs_new_source(region):
    patient = region.patient()
    first, second = region.published(patient), region.published(patient)
    region.register([submission_set(patient), association(APPEND, second.id, first.id)]).failed(
        "UnresolvedReferenceException")


@check("An unknown associationType is refused")
def refuses_unknown_type(region):
    patient = region.patient()
    first = region.published(patient)
    new = document_entry(patient, new_uuid())
    region.register(submission(patient, new, association("urn:example:relation", new.id, first.id))).failed(
        "XDSRegistryMetadataError")


@check("The reason of a relation, a documentation Classification, comes back")
def keeps_reason(region):
    patient = region.patient()
    first = region.published(patient)
    new = document_entry(patient, new_uuid())
    link = association(TRANSFORM, new.id, first.id, new_uuid())
    link.codes.append(Code(REASON, "vertaling", "Vertaling in het Fries"))
    region.registered(patient, new, link)
    found = region.found("GetAssociations", {"$uuid": listed(first.id)})
    kept = [item for item in found.objects if item.get("id") == link.id]
    equal(len(kept), 1, "the number of the relation's Associations")
    classification = kept[0].find(f"{RIM}Classification")
    expect(classification is not None, "the Classification is gone")
    equal(classification.get("nodeRepresentation"), "vertaling", "the reason")


@check("Replacing three times: one approved document, three deprecated")
def replaces_again(region):
    patient, first, last = related(region, REPLACE)
    for _ in range(2):
        new = document_entry(patient, new_uuid())
        region.registered(patient, new, association(REPLACE, new.id, last.id))
        last = new
    equal(region.found("FindDocuments", approved(patient)).ids(), {last.id}, "approved documents")
    every = approved(patient, Status=listed(APPROVED, DEPRECATED))
    equal(len(region.found("FindDocuments", every).ids()), 4, "all documents")


@check("A document replaces two others in one submission; it cannot be replaced twice in one")
def replaces_two(region):
    patient = region.patient()
    one, two = region.published(patient), region.published(patient)
    new = document_entry(patient, new_uuid())
    region.registered(
        patient, new, association(REPLACE, new.id, one.id), association(REPLACE, new.id, two.id))
    equal((status(region, one), status(region, two)), ("Deprecated", "Deprecated"), "statuses")
    first, second = document_entry(patient, "a"), document_entry(patient, "b")
    links = association(REPLACE, "a", new.id), association(REPLACE, "b", new.id)
    equal(region.register(submission(patient, first, second, *links)).status, "Failure", "status")


@check("A relation of a document with itself is refused")
def refuses_self(region):
    patient = region.patient()
    for kind in (APPEND, TRANSFORM, REPLACE):
        new = document_entry(patient, new_uuid())
        equal(region.register(submission(patient, new, association(kind, new.id, new.id))).status, "Failure", kind)


@check("A replaced document keeps its entryUUID, uniqueId and metadata")
def keeps_replaced(region):
    patient, first, _ = related(region, REPLACE)
    found = region.entry(first.unique_id)
    equal((found.get("id"), slot_of(found, "hash")), (first.id, first.slot("hash")), "id and hash")
    equal(found.find(f"{RIM}VersionInfo").get("versionName"), "1", "version")


@check("A relation is shown with status, type and both ends by GetDocumentsAndAssociations")
def shows_relation(region):
    _, first, second = related(region, TRANSFORM)
    found = region.found("GetDocumentsAndAssociations", {"$XDSDocumentEntryUniqueId": listed(first.unique_id)})
    relation, = [item for item in found.objects if item.get("associationType") == TRANSFORM]
    ends = relation.get("sourceObject"), relation.get("targetObject"), status_of(relation)
    equal(ends, (second.id, first.id, "Approved"), "source, target and status")
