"""What is measured: for each case the requests, what a right answer is, and how pgbench asks the same."""

import metadata
import messages
import numbering
from messages import APPROVED, listed, quoted
from numbering import BIG, cx, entry_uuid, order, set_uuid

FIND_DOCUMENTS = "14d4debf-8f97-4251-9a74-a90016b0af0d"
GET_DOCUMENTS = "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
BY_REFERENCE = "12941a89-e02e-4be5-967c-ce4bfc8fe492"
SET_AND_CONTENTS = "e8e3cb2c-e39c-46b9-99e4-c12f57260b83"
REQUESTS = 10_000
"""Different requests of a case; patients are spread evenly."""


class Case:
    """A stored query.

    `requests`: pairs of bytes and expectation, the first of which shows its SQL. `rotations`: what of the values of the
    first request rotates in pgbench: value -> expression. `settings`: lines of a pgbench script that choose at random.
    With `variants`, values that no expression can make: as many scripts with constants from the captured values."""

    def __init__(self, requests, settings="", rotations=None, variants=1):
        self.requests, self.settings, self.rotations = requests, settings, rotations or {}
        self.variants = variants


def sampled(count):
    """Indexes of the asked patients that requests are made for."""
    return range(0, count, max(1, count // REQUESTS))


def asked(numbers):
    """pgbench: a patient of those that are asked for, its first entry and set."""
    first = numbers.big + 1
    return (
        f"\\set i random(0, {numbers.asked - 1})\n\\set k {first} + :i * {numbers.stride}\n"
        f"\\set e {numbers.big * BIG} + (:k - {first}) * 10\n\\set s :e / 2\n"
    )


def patient_expression():
    return f"(:bsn::text || '^^^&{metadata.BSN}&ISO')"


def uuid_expression(kind, number):
    return f"(left(md5('{kind}' || {number}), 28) || '0000')::uuid"


def find(numbers, return_type, close=False):
    """FindDocuments of a patient with ten entries."""
    requests = []
    for index in sampled(numbers.asked):
        patient = cx(numbers.asked_patient(index))
        parameters = {"XDSDocumentEntryPatientId": [quoted(patient)], "XDSDocumentEntryStatus": [APPROVED]}
        requests.append((messages.query(FIND_DOCUMENTS, return_type, parameters, close), (True, 10, 1000)))
    settings = asked(numbers) + numbering.BSN_PGBENCH
    return Case(requests, settings, {cx(numbers.asked_patient(0)): patient_expression()})


def find_filtered(numbers):
    """FindDocuments with six filters on a patient with 1,000 entries."""
    kind, first, last = 3, "20200101", "20220101"
    _, class_code, type_code, format_code, setting = metadata.KINDS[kind]
    key = lambda coded: f"{coded[0]}^^{coded[1]}"  # noqa: E731
    days = [numbering.day(index).strftime("%Y%m%d") for index in range(kind, BIG, 10)]
    found = sum(first <= day < last for day in days)
    requests = []
    for patient in range(1, numbers.big + 1):
        parameters = {
            "XDSDocumentEntryPatientId": [quoted(cx(patient))],
            "XDSDocumentEntryStatus": [APPROVED],
            "XDSDocumentEntryClassCode": [listed(key(class_code))],
            "XDSDocumentEntryTypeCode": [listed(key(type_code))],
            "XDSDocumentEntryPracticeSettingCode": [listed(key(setting))],
            "XDSDocumentEntryFormatCode": [listed(key(format_code))],
            "XDSDocumentEntryCreationTimeFrom": [first],
            "XDSDocumentEntryCreationTimeTo": [last],
        }
        requests.append((messages.query(FIND_DOCUMENTS, "LeafClass", parameters), (True, found, 1000)))
    settings = f"\\set k random(1, {numbers.big})\n" + numbering.BSN_PGBENCH
    return Case(requests, settings, {cx(1): patient_expression()})


def get_one(numbers):
    """GetDocuments by one entryUUID."""
    requests = []
    for index in sampled(numbers.asked):
        name = entry_uuid(numbers.first_entry(numbers.asked_patient(index)))
        parameters = {"XDSDocumentEntryEntryUUID": [listed(f"urn:uuid:{name}")]}
        requests.append((messages.query(GET_DOCUMENTS, "LeafClass", parameters), (True, 1, 1000)))
    name = entry_uuid(numbers.first_entry(numbers.asked_patient(0)))
    return Case(requests, asked(numbers), {f"{{{name}}}": f"array[{uuid_expression('entry', ':e')}]"})


def get_fifty(numbers):
    """GetDocuments by fifty entryUUIDs of one patient."""
    requests = []
    for patient in range(1, numbers.big + 1):
        for start in range(0, BIG, 100):
            ids = [entry_uuid(numbers.first_entry(patient) + start + index) for index in range(50)]
            parameters = {"XDSDocumentEntryEntryUUID": [listed(*(f"urn:uuid:{name}" for name in ids))]}
            requests.append((messages.query(GET_DOCUMENTS, "LeafClass", parameters), (True, 50, 1000)))
    return Case(requests, variants=8)


def by_reference(numbers):
    """FindDocumentsByReferenceId: the two entries of one order."""
    requests = []
    for index in sampled(numbers.asked):
        patient = numbers.asked_patient(index)
        parameters = {
            "XDSDocumentEntryPatientId": [quoted(cx(patient))],
            "XDSDocumentEntryStatus": [APPROVED],
            "XDSDocumentEntryReferenceIdList": [listed(order(numbers.first_set(patient)))],
        }
        requests.append((messages.query(BY_REFERENCE, "LeafClass", parameters), (True, 2, 1000)))
    first = numbers.asked_patient(0)
    number = numbers.first_set(first)
    rotations = {
        cx(first): patient_expression(),
        f"{{{order(number)}}}": f"array['OPDRACHT' || :s || '{order('')[8:]}']",
    }
    return Case(requests, asked(numbers) + numbering.BSN_PGBENCH, rotations)


def set_and_contents(numbers):
    """GetSubmissionSetAndContents: a set, its two entries, their memberships."""
    requests = []
    for index in sampled(numbers.asked):
        name = set_uuid(numbers.first_set(numbers.asked_patient(index)) + 1)
        parameters = {"XDSSubmissionSetEntryUUID": [quoted(f"urn:uuid:{name}")]}
        requests.append((messages.query(SET_AND_CONTENTS, "LeafClass", parameters), (True, 2, 1000)))
    name = set_uuid(numbers.first_set(numbers.asked_patient(0)) + 1)
    settings = asked(numbers) + "\\set second :s + 1\n"
    expression = uuid_expression("set", ":second")
    return Case(requests, settings, {f"{{{name}}}": f"array[{expression}]", name: expression})


def submitted(patient, kinds, registered):
    """The objects of a new submission of these kinds; `registered`: hash and size are known, as in ITI-42."""
    objects = metadata.submission_set("set", patient, f"2.999.8.3.{messages.MARK}")
    for index, kind in enumerate(kinds):
        values = {
            "patient": patient,
            "unique_id": f"2.999.7.3.{messages.MARK}.{index}",
            "creation": "20260304101500",
            "start": "20260304090000",
            "stop": "20260304093000",
            "source_patient": "P0077^^^&2.999.10.1&ISO",
            "reference": f"OPDRACHT{messages.MARK}^^^&2.999.11&ISO^urn:ihe:iti:xds:2013:order",
        }
        if registered:
            values |= {"hash": "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "size": "100000"}
            values["repositoryUniqueId"] = metadata.REPOSITORY
        objects += metadata.entry(f"document{index}", kind, values)
        objects += metadata.member(f"member{index}", "set", f"document{index}")
    return objects


def writers(numbers):
    return range(numbers.patients + 1, numbers.patients + numbering.WRITERS + 1)


def register(numbers, entries=1):
    """ITI-42 of a new submission."""
    requests = [
        (messages.register(submitted(cx(patient), range(entries), True)), (True, 0, 0))
        for patient in list(writers(numbers))[:: max(1, entries)]
    ]
    first, last = writers(numbers)[0], writers(numbers)[-1]
    settings = (
        f"\\set seq random(100000000000, 999999999999999)\n\\set k random({first}, {last})\n{numbering.BSN_PGBENCH}"
    )
    return Case(requests, settings, {cx(first): patient_expression()})


def document(size):
    """Bytes of a document that differ in each sending."""
    line = f"{messages.MARK} verslag van de polikliniek, besproken met de patiënt en verzonden\n".encode()
    return (line + b"%PDF-1.7 " * (size // 9 + 1))[:size]


def provide(numbers, size):
    """ITI-41 of a new document."""
    return Case(
        [
            (messages.provide(submitted(cx(patient), [0], False), {"document0": document(size)}), (True, 0, 0))
            for patient in list(writers(numbers))[::20]
        ]
    )


def retrieve(unique_id, size):
    """ITI-43 of one document."""
    return Case([(messages.retrieve(metadata.REPOSITORY, unique_id), (True, -1, size))])
