"""ITI-92: Restricted Update Document Set."""

from region import *
from suite import check
from update import new_version, update, versions


def restricted(region, patient, *objects, **options):
    return update(region, patient, *objects, action=RESTRICTED_UPDATE, **options)


@check("ITI-92: title, codes and confidentiality may change; the new version is Approved, the old one Deprecated")
def updates(region):
    patient = region.patient()
    entry = region.published(patient)
    changed = new_version(entry).set_code(CONFIDENTIALITY, "R").set_code(TYPE_CODE, "ander")
    changed.title = "Anders"
    restricted(region, patient, changed).succeeded()
    equal({key: status_of(item) for key, item in versions(region, entry).items()},
          {"1": "Deprecated", "2": "Approved"}, "versions")


@check("ITI-92: another uniqueId is XDSMetadataIdentifierError")
def refuses_unique_id(region):
    patient = region.patient()
    entry = region.published(patient)
    restricted(region, patient, new_version(entry).set_identifier(ENTRY_UNIQUE, new_oid())).failed(
        "XDSMetadataIdentifierError")


@check("ITI-92: another patient is XDSPatientIDReconciliationError")
def refuses_patient(region):
    patient, other = region.patient(), region.patient()
    entry = region.published(patient)
    restricted(region, other, new_version(entry).set_identifier(ENTRY_PATIENT, other)).failed(
        "XDSPatientIDReconciliationError")


@check("ITI-92: protected attributes are UnmodifiableMetadataError")
def refuses_protected(region):
    patient = region.patient()
    entry = region.published(patient)
    for name, value in {
        "sourcePatientId": "X1^^^&2.999.10.9&ISO", "repositoryUniqueId": "2.999.1.99",
        "documentAvailability": "urn:ihe:iti:2010:DocumentAvailability:Offline"}.items():
        restricted(region, patient, new_version(entry).set_slot(name, value)).failed("UnmodifiableMetadataError")


@check("ITI-92: an unknown logicalID or a wrong PreviousVersion is XDSMetadataVersionError")
def refuses_versions(region):
    patient = region.patient()
    entry = region.published(patient)
    restricted(region, patient, new_version(entry), previous="9").failed("XDSMetadataVersionError")
    unknown = new_version(entry)
    unknown.attributes["lid"] = new_uuid()
    restricted(region, patient, unknown).failed("XDSMetadataVersionError")


@check("ITI-92: a Folder is refused")
def refuses_folder(region):
    patient = region.patient()
    case = folder(patient, new_uuid())
    region.registered(patient, case)
    restricted(region, patient, new_version(case)).failed(
        "XDSObjectTypeError", "UnmodifiableMetadataError", "XDSMetadataUpdateError")


@check("ITI-92: a first version is refused")
def refuses_first_version(region):
    patient = region.patient()
    equal(region.register(submission(patient, document_entry(patient)), RESTRICTED_UPDATE).status, "Failure", "status")


@check("ITI-92: AssociationPropagation no is XDSMetadataAnnotationError")
def refuses_propagation(region):
    patient = region.patient()
    entry = region.published(patient)
    restricted(region, patient, new_version(entry), AssociationPropagation="no").failed("XDSMetadataAnnotationError")


@check("ITI-92: incomplete metadata is XDSRegistryMetadataError")
def needs_whole_metadata(region):
    patient = region.patient()
    entry = region.published(patient)
    restricted(region, patient, new_version(entry).set_code(CLASS_CODE)).failed("XDSRegistryMetadataError")


@check("ITI-92: the new version keeps its place in the Folder")
def propagates(region):
    patient = region.patient()
    case, entry = folder(patient, new_uuid()), document_entry(patient, new_uuid())
    region.registered(patient, case, entry, association(HAS_MEMBER, case.id, entry.id))
    restricted(region, patient, new_version(entry, new_uuid())).succeeded()
    found = region.found("GetFolderAndContents", {"$XDSFolderEntryUUID": quoted(case.id)})
    equal(found.ids("ExtrinsicObject"), {region.entry_id(entry.unique_id)}, "documents in the Folder")
