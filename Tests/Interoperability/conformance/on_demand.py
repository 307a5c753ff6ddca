"""ITI-61: on-demand entries."""

from region import *
from suite import check


def registers(region, patient, *objects):
    return region.register(submission(patient, *objects), REGISTER_ON_DEMAND)


@check("ITI-61: an on-demand entry is registered and comes back without creationTime, hash and size")
def registers_on_demand(region):
    patient = region.patient()
    entry = on_demand_entry(patient, new_uuid())
    registers(region, patient, entry).succeeded()
    found = region.entry(entry.unique_id)
    equal(found.get("objectType"), ON_DEMAND, "objectType")
    for name in ("creationTime", "hash", "size"):
        equal(slot_of(found, name), None, name)


@check("ITI-61: creationTime, hash and size are refused")
def refuses_content(region):
    patient = region.patient()
    for name, value in {"creationTime": "20250101", "hash": "0" * 40, "size": "1"}.items():
        registers(region, patient, on_demand_entry(patient).set_slot(name, value)).failed("XDSRegistryMetadataError")


@check("ITI-61: a stable entry is refused")
def refuses_stable(region):
    patient = region.patient()
    registers(region, patient, document_entry(patient)).failed("XDSRegistryMetadataError")


@check("ITI-61: repositoryUniqueId and the codes are required")
def needs_attributes(region):
    patient = region.patient()
    without_repository = on_demand_entry(patient).set_slot("repositoryUniqueId")
    for entry in (without_repository, on_demand_entry(patient).set_code(TYPE_CODE)):
        registers(region, patient, entry).failed("XDSRegistryMetadataError")


@check("ITI-61: the uniqueId of another on-demand entry is accepted, of a stable one it is not")
def checks_unique_id(region):
    patient = region.patient()
    first = on_demand_entry(patient)
    registers(region, patient, first).succeeded()
    registers(region, patient, on_demand_entry(patient, unique_id=first.unique_id)).succeeded()
    stable = region.published(patient)
    equal(
        registers(region, patient, on_demand_entry(patient, unique_id=stable.unique_id)).status, "Failure", "status")


@check("ITI-61: an unknown patient is XDSUnknownPatientId")
def refuses_unknown_patient(region):
    patient = region.unknown_patient()
    registers(region, patient, on_demand_entry(patient)).failed("XDSUnknownPatientId")


@check("IsSnapshotOf: a stable document as snapshot of an on-demand entry, which stays Approved")
def snapshots(region):
    patient = region.patient()
    source = on_demand_entry(patient, new_uuid())
    registers(region, patient, source).succeeded()
    copy = document_entry(patient, new_uuid())
    region.registered(patient, copy, association(SNAPSHOT, copy.id, source.id))
    equal(status_of(region.entry(source.unique_id)), "Approved", "status of the on-demand entry")
    related = {"$XDSDocumentEntryEntryUUID": quoted(source.id), "$AssociationTypes": listed(SNAPSHOT)}
    both = related | {"$XDSDocumentEntryType": listed(STABLE, ON_DEMAND)}
    expect({source.id, copy.id} <= region.found("GetRelatedDocuments", both).ids(), "the snapshot is not related")


@check("IsSnapshotOf a stable document is refused")
def refuses_snapshot_of_stable(region):
    patient = region.patient()
    source, copy = region.published(patient), document_entry(patient, new_uuid())
    region.register(submission(patient, copy, association(SNAPSHOT, copy.id, source.id))).failed(
        "XDSRegistryMetadataError")


@check("ITI-61: RPLC deprecates the replaced on-demand entry")
def replaces(region):
    patient = region.patient()
    old, new = on_demand_entry(patient, new_uuid()), on_demand_entry(patient, new_uuid())
    registers(region, patient, old).succeeded()
    registers(region, patient, new, association(REPLACE, new.id, old.id)).succeeded()
    equal(status_of(region.entry(old.unique_id)), "Deprecated", "status of the replaced entry")
