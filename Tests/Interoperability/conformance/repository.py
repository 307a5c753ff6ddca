"""ITI-41 and ITI-43: what the repository adds to the registry's rules."""

import base64
import hashlib

from region import *
from removal import provide, retrieve
from suite import check


def provide_objects(region, objects, documents):
    """ITI-41 of any objects; documents: id -> bytes."""
    listed_objects = "".join(item.xml() for item in objects)
    contents = "".join(
        f'<xds:Document id="{id}">{base64.b64encode(content).decode()}</xds:Document>'
        for id, content in documents.items())
    body = (
        "<xds:ProvideAndRegisterDocumentSetRequest><lcm:SubmitObjectsRequest><rim:RegistryObjectList>"
        f"{listed_objects}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>{contents}"
        "</xds:ProvideAndRegisterDocumentSetRequest>")
    return region.send_package(PROVIDE, body)


def plain_entry(patient, id="document"):
    """An entry as a Document Source sends it."""
    entry = document_entry(patient, id)
    for name in ("hash", "size", "repositoryUniqueId"):
        entry.set_slot(name)
    return entry


@check("ITI-41: hash, size and repositoryUniqueId are added; ITI-43 gives the bytes")
def completes(region):
    patient, content = region.patient(), "Beste collega, de patiënt is thuis.".encode()
    entry = plain_entry(patient)
    provide_objects(region, submission(patient, entry), {entry.id: content}).succeeded()
    found = region.entry(entry.unique_id)
    equal(slot_of(found, "hash"), [hashlib.sha1(content).hexdigest()], "hash")
    equal(slot_of(found, "size"), [str(len(content))], "size")
    equal(slot_of(found, "repositoryUniqueId"), [REPOSITORY], "repositoryUniqueId")
    expect(content in retrieve(region, entry.unique_id).succeeded().raw.body, "the bytes are not in the answer")


@check("ITI-41: a hash or size that the bytes do not have is XDSRepositoryMetadataError")
def refuses_wrong_hash(region):
    patient = region.patient()
    for name, value in {"hash": "0" * 40, "size": "7"}.items():
        entry = plain_entry(patient).set_slot(name, value)
        provide_objects(region, submission(patient, entry), {entry.id: b"tekst"}).failed("XDSRepositoryMetadataError")


@check("ITI-41: an entry without Document is XDSMissingDocument")
def needs_document(region):
    patient = region.patient()
    provide_objects(region, submission(patient, plain_entry(patient)), {}).failed("XDSMissingDocument")


@check("ITI-41: a Document without entry is XDSMissingDocumentMetadata")
def needs_entry(region):
    patient = region.patient()
    entry = plain_entry(patient)
    provide_objects(region, submission(patient, entry), {entry.id: b"a", "ander": b"b"}).failed(
        "XDSMissingDocumentMetadata")


@check("ITI-41: a uniqueId twice is XDSRepositoryDuplicateUniqueIdInMessage")
def refuses_duplicates(region):
    patient = region.patient()
    one, two = plain_entry(patient, "one"), plain_entry(patient, "two")
    two.set_identifier(ENTRY_UNIQUE, one.unique_id)
    provide_objects(region, submission(patient, one, two), {"one": b"a", "two": b"a"}).failed(
        "XDSRepositoryDuplicateUniqueIdInMessage")


@check("ITI-41: the same uniqueId with other bytes is XDSNonIdenticalHash, with the same bytes it is accepted")
def compares_bytes(region):
    patient, unique_id = region.patient(), new_oid()
    provide(region, patient, unique_id, b"eerste").succeeded()
    provide(region, patient, unique_id, b"eerste").succeeded()
    provide(region, patient, unique_id, b"tweede").failed("XDSNonIdenticalHash")


@check("ITI-41: folders and associations alone need no Document")
def needs_no_document(region):
    patient = region.patient()
    provide_objects(region, submission(patient, folder(patient)), {}).succeeded()


@check("ITI-41: errors of the registry are relayed, and the document is not there")
def relays_errors(region):
    patient = region.unknown_patient()
    entry = plain_entry(patient)
    provide_objects(region, submission(patient, entry), {entry.id: b"a"}).failed("XDSUnknownPatientId")
    retrieve(region, entry.unique_id).failed("XDSDocumentUniqueIdError")


@check("ITI-43: one of two documents is PartialSuccess")
def retrieves_some(region):
    patient, unique_id = region.patient(), new_oid()
    provide(region, patient, unique_id, b"tekst van de brief").succeeded()
    answer = retrieve(region, unique_id, new_oid())
    equal((answer.status, answer.codes), ("PartialSuccess", ["XDSDocumentUniqueIdError"]), "answer")
    expect(b"tekst van de brief" in answer.raw.body, "the document is missing")
