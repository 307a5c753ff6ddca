"""ITI-44 on /pix: patients made known, revised and merged by HL7 version 3, and what queries say after it."""

import time
import xml.etree.ElementTree as ElementTree

import messages
from region import *
from suite import check
from wire import exchange

HL7 = "{urn:hl7-org:v3}"
ADD, REVISE, MERGE = "PRPA_IN201301UV02", "PRPA_IN201302UV02", "PRPA_IN201304UV02"
INTERACTIONS = "2.16.840.1.113883.1.6"


def identifier(patient):
    """The id element of a patient id in CX form."""
    extension, _, authority = patient.partition("^^^&")
    return f'<id root="{authority.partition("&")[0]}" extension="{extension}"/>'


def interaction(kind, patient, prior=""):
    """The message; prior is the replaced registration of a merge."""
    return f"""
    <{kind} xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0">
      <id root="2.999.60.1" extension="{new_uuid()[-12:]}"/>
      <creationTime value="{time.strftime("%Y%m%d%H%M%S", time.gmtime())}"/>
      <interactionId root="{INTERACTIONS}" extension="{kind}"/>
      <processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="AL"/>
      <receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.60.2"/></device>
      </receiver>
      <sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.60.3"/></device></sender>
      <controlActProcess classCode="CACT" moodCode="EVN">
        <code code="{kind.replace("_IN", "_TE")}" codeSystem="{INTERACTIONS}"/>
        <subject typeCode="SUBJ" contextConductionInd="false">
          <registrationEvent classCode="REG" moodCode="EVN">
            <statusCode code="active"/>
            <subject1 typeCode="SBJ">
              <patient classCode="PAT">
                {identifier(patient)}
                <statusCode code="active"/>
                <patientPerson classCode="PSN" determinerCode="INSTANCE">
                  <name><family>Jansen</family><given>Anna</given></name>
                </patientPerson>
                <providerOrganization classCode="ORG" determinerCode="INSTANCE"><id root="2.999.60.4"/>
                  <contactParty classCode="CON"/></providerOrganization>
              </patient>
            </subject1>
            <custodian typeCode="CST"><assignedEntity classCode="ASSIGNED"><id root="2.999.60.5"/></assignedEntity>
            </custodian>
            {prior}
          </registrationEvent>
        </subject>
      </controlActProcess>
    </{kind}>"""


def prior_registration(patient):
    return f"""<replacementOf typeCode="RPLC"><priorRegistration classCode="REG" moodCode="EVN">
      <statusCode code="obsolete"/><subject1 typeCode="SBJ"><priorRegisteredRole classCode="PAT">
      {identifier(patient)}</priorRegisteredRole></subject1></priorRegistration></replacementOf>"""


def feed(region, kind, patient, prior=""):
    """typeCode of the acknowledgement."""
    action = f"urn:hl7-org:v3:{kind}"
    request = messages.envelope(action, interaction(kind, patient, prior))
    answer = exchange(region.base, region.context, "/pix", messages.SIMPLE_TYPE, request)
    if answer.status != 200:
        raise Wrong(f"HTTP {answer.status} {' '.join(answer.fault)}")
    envelope = ElementTree.fromstring(answer.envelope_bytes)
    equal(envelope.findtext(f"{SOAP}Header/{WSA}Action"), "urn:hl7-org:v3:MCCI_IN000002UV01", "wsa:Action")
    acknowledgement = envelope.find(f".//{HL7}acknowledgement")
    expect(acknowledgement is not None, "no acknowledgement")
    return acknowledgement.find(f"{HL7}typeCode").get("code")


ACCEPTED = ("CA", "AA")


def accepted(code):
    expect(code in ACCEPTED, f"the acknowledgement is {code}")


def refused(code):
    expect(code not in ACCEPTED, f"the acknowledgement is {code}")


def known(region):
    """A patient made known by ITI-44."""
    patient = region.unknown_patient()
    accepted(feed(region, ADD, patient))
    return patient


@check("ITI-44: add makes a patient known: refused before, registered after")
def adds(region):
    patient = region.unknown_patient()
    region.register(submission(patient, document_entry(patient))).failed("XDSUnknownPatientId")
    accepted(feed(region, ADD, patient))
    region.register(submission(patient, document_entry(patient))).succeeded()


@check("ITI-44: revise is acknowledged")
def revises(region):
    accepted(feed(region, REVISE, known(region)))


@check("ITI-44: merge: the survivor has the documents of both under its own id, the subsumed id none")
def merges(region):
    survivor, subsumed = known(region), known(region)
    mine, theirs = region.published(survivor), region.published(subsumed)
    accepted(feed(region, MERGE, survivor, prior_registration(subsumed)))
    found = region.found("FindDocuments", approved(survivor))
    equal(found.ids(), {mine.id, theirs.id}, "documents of the survivor")
    equal({identifier_of(item, ENTRY_PATIENT) for item in found.objects}, {survivor}, "patientId of the documents")
    equal(region.found("FindDocuments", approved(subsumed)).ids(), set(), "documents of the subsumed id")
    region.register(submission(subsumed, document_entry(subsumed))).failed("XDSUnknownPatientId")


@check("ITI-44: after a merge folders and sets have moved, and a document can replace one of the subsumed patient")
def relates_after_merge(region):
    survivor, subsumed = known(region), known(region)
    case, old = folder(subsumed, new_uuid()), document_entry(subsumed, new_uuid())
    region.registered(subsumed, case, old, association(HAS_MEMBER, case.id, old.id))
    accepted(feed(region, MERGE, survivor, prior_registration(subsumed)))
    new = document_entry(survivor, new_uuid())
    region.registered(survivor, new, association(REPLACE, new.id, old.id))
    found = region.found("GetFolderAndContents", {"$XDSFolderEntryUUID": quoted(case.id)})
    equal(found.ids("ExtrinsicObject"), {old.id, new.id}, "documents in the Folder")
    package = region.found("GetFolders", {"$XDSFolderEntryUUID": listed(case.id)}).objects[0]
    equal(identifier_of(package, FOLDER_PATIENT), survivor, "patientId of the Folder")


@check("ITI-44: merges chain; equal, unknown and subsumed ids are refused without a change")
def refuses_merges(region):
    first, second, third = known(region), known(region), known(region)
    entry = region.published(first)
    accepted(feed(region, MERGE, second, prior_registration(first)))
    accepted(feed(region, MERGE, third, prior_registration(second)))
    equal(region.found("FindDocuments", approved(third)).ids(), {entry.id}, "documents of the last survivor")
    for survivor, prior in ((third, third), (third, first), (first, third), (third, region.unknown_patient())):
        refused(feed(region, MERGE, survivor, prior_registration(prior)))
    equal(region.found("FindDocuments", approved(third)).ids(), {entry.id}, "documents after the refusals")


@check("ITI-44: an id of another domain alone is refused")
def refuses_foreign_domain(region):
    refused(feed(region, ADD, "12345^^^&2.999.99&ISO"))
