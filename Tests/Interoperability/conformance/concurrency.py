"""The same thing asked for several times at once: exactly one wins, the others are told why not."""

from concurrent.futures import ThreadPoolExecutor

from patients import MERGE, feed, known, prior_registration
from region import *
from suite import check
from update import new_version, update

AT_ONCE = 8


def at_once(work):
    """Does the work several times at once; it gets its number."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, range(AT_ONCE)))


def one_wins(answers, *codes):
    """One success; every other answer has one of the codes."""
    equal([answer.status for answer in answers].count("Success"), 1, "the number of successes")
    for answer in answers:
        if answer.status != "Success":
            answer.failed(*codes)


@check("At once: of replacements of one document one wins, the others find it Deprecated")
def replaces(region):
    patient = region.patient()
    old = region.published(patient)

    def replace(_):
        new = document_entry(patient, new_uuid())
        return region.register(submission(patient, new, association(REPLACE, new.id, old.id)))

    one_wins(at_once(replace), "XDSRegistryDeprecatedDocumentError")
    equal(len(region.found("FindDocuments", approved(patient)).ids()), 1, "approved documents")


@check("At once: of submissions with one uniqueId of a SubmissionSet one wins")
def registers_set(region):
    patient = region.patient()
    set_id = new_oid()

    def register(_):
        package = submission_set(patient).set_identifier(SET_UNIQUE, set_id)
        return region.register(submission(patient, document_entry(patient), set=package))

    one_wins(at_once(register), "XDSDuplicateUniqueIdInRegistry")
    equal(len(region.found("FindDocuments", approved(patient)).ids()), 1, "documents")


@check("At once: of updates of one version one wins, the others find another latest version")
def updates(region):
    patient = region.patient()
    entry = region.published(patient)
    answers = at_once(lambda number: update(region, patient, new_version(entry, new_uuid())))
    one_wins(answers, "XDSMetadataVersionError")
    found = region.found("GetDocuments", {"$XDSDocumentEntryLogicalID": listed(entry.id), "$MetadataLevel": "2"})
    equal(len(found.objects), 2, "versions")


@check("At once: documents with one uniqueId and different hashes: those of one hash win")
def compares_hashes(region):
    patient, unique_id = region.patient(), new_oid()

    def register(number):
        entry = document_entry(patient, unique_id=unique_id).set_slot("hash", str(number) * 40)
        return region.register(submission(patient, entry))

    one_wins(at_once(register), "XDSNonIdenticalHash")


@check("At once: submissions into one Folder all succeed, and the Folder holds every document")
def fills_folder(region):
    patient = region.patient()
    case = folder(patient, new_uuid())
    region.registered(patient, case)

    def add(_):
        entry = document_entry(patient, new_uuid())
        region.registered(patient, entry, association(HAS_MEMBER, case.id, entry.id))
        return entry.id

    ids = at_once(add)
    found = region.found("GetFolderAndContents", {"$XDSFolderEntryUUID": quoted(case.id)})
    equal(found.ids("ExtrinsicObject"), set(ids), "documents in the Folder")


@check("At once: a merge and submissions for the subsumed id: a document that was accepted is the survivor's")
def merges(region):
    survivor, subsumed = known(region), known(region)

    def work(number):
        if number == AT_ONCE // 2:
            feed(region, MERGE, survivor, prior_registration(subsumed))
            return None
        entry = document_entry(subsumed, new_uuid())
        answer = region.register(submission(subsumed, entry))
        if answer.status == "Success":
            return entry.id
        answer.failed("XDSUnknownPatientId")
        return None

    accepted = {id for id in at_once(work) if id}
    equal(region.found("FindDocuments", approved(survivor)).ids(), accepted, "documents of the survivor")
    equal(region.found("FindDocuments", approved(subsumed)).ids(), set(), "documents of the subsumed id")


@check("At once: a removal and a relation to what is removed: no loose end")
def removes(region):
    for _ in range(4):
        patient = region.patient()
        package, entry = submission_set(patient, new_uuid()), document_entry(patient, new_uuid())
        link = member(package.id, entry.id, id=new_uuid())
        region.register([package, entry, link]).succeeded()

        def work(number):
            if number == AT_ONCE // 2:
                return region.remove(package.id, entry.id, link.id)
            new = document_entry(patient, new_uuid())
            return region.register(submission(patient, new, association(APPEND, new.id, entry.id)))

        answers = at_once(work)
        removal = answers[AT_ONCE // 2].status
        found = region.found("GetAssociations", {"$uuid": listed(entry.id)}).objects
        expect(not found or removal == "Failure", "Associations name a document that was removed")
