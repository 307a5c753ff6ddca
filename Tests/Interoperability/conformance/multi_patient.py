"""ITI-51: queries over several patients."""

from region import *
from suite import check


class Two:
    """Two patients with a document and a folder each, marked by a code of their own."""

    made = {}

    @classmethod
    def of(cls, region):
        if region not in cls.made:
            cls.made[region] = cls(region)
        return cls.made[region]

    def __init__(self, region):
        self.mark = f"mark-{new_uuid()[-12:]}"
        self.patients, self.entries, self.folders = [region.patient(), region.patient()], [], []
        for patient in self.patients:
            entry, case = document_entry(patient, new_uuid()), folder(patient, new_uuid())
            entry.set_code(CLASS_CODE, self.mark).set_code(EVENT_CODE, self.mark).set_code(FACILITY, self.mark)
            order = f"{self.mark}^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order"
            entry.set_slot("urn:ihe:iti:xds:2013:referenceIdList", order)
            case.set_code(FOLDER_CODE, self.mark)
            region.registered(patient, entry, case)
            self.entries.append(entry.id)
            self.folders.append(case.id)


def multi(region, name, parameters, returns="LeafClass"):
    return region.query(name, parameters, returns, MULTI_PATIENT_QUERY)


STATUS = {"$XDSDocumentEntryStatus": listed(APPROVED)}


@check("FindDocumentsForMultiplePatients: documents of several patients in one answer, in both forms")
def documents_of_two(region):
    two = Two.of(region)
    parameters = STATUS | {"$XDSDocumentEntryPatientId": listed(*two.patients)}
    for returns in ("LeafClass", "ObjectRef"):
        found = multi(region, "FindDocumentsForMultiplePatients", parameters, returns).succeeded()
        equal(found.ids(), set(two.entries), f"documents as {returns}")


@check("FindDocumentsForMultiplePatients: without a patient, by class, event or facility code")
def documents_without_patient(region):
    two = Two.of(region)
    for name in ("ClassCode", "EventCodeList", "HealthcareFacilityTypeCode"):
        parameters = STATUS | {f"$XDSDocumentEntry{name}": coded(two.mark)}
        found = multi(region, "FindDocumentsForMultiplePatients", parameters).succeeded()
        equal(found.ids(), set(two.entries), f"documents by {name}")


@check("FindDocumentsForMultiplePatients: none of the four, or no status, is XDSStoredQueryMissingParam")
def documents_need_one(region):
    two = Two.of(region)
    multi(region, "FindDocumentsForMultiplePatients", STATUS).failed("XDSStoredQueryMissingParam")
    multi(region, "FindDocumentsForMultiplePatients", STATUS | {"$XDSDocumentEntryTypeCode": coded("x")}).failed(
        "XDSStoredQueryMissingParam")
    multi(region, "FindDocumentsForMultiplePatients", {"$XDSDocumentEntryPatientId": listed(*two.patients)}).failed(
        "XDSStoredQueryMissingParam")


@check("FindFoldersForMultiplePatients: by patients and by code; one of them is required")
def folders_of_two(region):
    two = Two.of(region)
    status = {"$XDSFolderStatus": listed(APPROVED)}
    for more in ({"$XDSFolderPatientId": listed(*two.patients)}, {"$XDSFolderCodeList": coded(two.mark)}):
        found = multi(region, "FindFoldersForMultiplePatients", status | more).succeeded()
        equal(found.ids("RegistryPackage"), set(two.folders), f"Folders by {more}")
    multi(region, "FindFoldersForMultiplePatients", status).failed("XDSStoredQueryMissingParam")


@check("FindDocumentsByReferenceIdForMultiplePatients: over all patients, or over those named")
def references_of_two(region):
    two = Two.of(region)
    parameters = STATUS | {"$XDSDocumentEntryReferenceIdList": listed(f"{two.mark}%")}
    name = "FindDocumentsByReferenceIdForMultiplePatients"
    equal(multi(region, name, parameters).succeeded().ids(), set(two.entries), "documents of all patients")
    one = parameters | {"$XDSDocumentEntryPatientId": listed(two.patients[0])}
    equal(multi(region, name, one).succeeded().ids(), {two.entries[0]}, "documents of one patient")


@check("ITI-51: an ordinary query with this action is refused")
def refuses_ordinary(region):
    multi(region, "FindDocuments", approved(Two.of(region).patients[0])).failed("XDSUnknownStoredQuery")
