#!/usr/bin/env python3
"""Performs the registry's transactions with zeep, from nothing but the WSDL that the gateway serves.

ITI-42, ITI-18 (several queries), ITI-51, ITI-61, ITI-57, ITI-92 and ITI-62 over mutual TLS.

Usage: zeep_registry.py BASE_URL PKI_DIRECTORY PATIENT_ID [--certificate NAME]
The patient must be known and new. Prints a line for each check; exit status 0 when all were right.
"""

import argparse
import pathlib
import sys

import requests
import zeep
from zeep.transports import Transport

sys.path.insert(1, str(pathlib.Path(__file__).parent / "conformance"))

from checks import Checks, Wrong, equal, expect  # noqa: E402
from metadata import *  # noqa: E402, F403
from vocabulary import *  # noqa: E402, F403

SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", help="for instance https://localhost:8443")
    parser.add_argument("pki", help="directory with ca.pem, NAME.pem and NAME.key")
    parser.add_argument("patient", help="for instance 900186021^^^&2.16.840.1.113883.2.4.6.3&ISO")
    parser.add_argument("--certificate", default="hospital", help="who asks; needs every right (default: hospital)")
    return parser.parse_args()


class Registry:
    """The two ports of the registry's WSDL."""

    def __init__(self, options):
        session = requests.Session()
        session.trust_env = False
        session.verify = f"{options.pki}/ca.pem"
        session.cert = (f"{options.pki}/{options.certificate}.pem", f"{options.pki}/{options.certificate}.key")
        # The WSDL states the actions, so zeep adds the WS-Addressing headers by itself.
        transport = Transport(session=session, timeout=30, operation_timeout=30)
        self.client = zeep.Client(f"{options.base}/xds/registry?wsdl", transport=transport)
        self.service = self.client.bind("DocumentRegistry_Service", "DocumentRegistry_Port_Soap12")
        self.updates = self.client.bind("DocumentRegistry_Service", "UpdateResponder_Port_Soap12")
        self.patient = options.patient

    def submit(self, operation, *items, port=None):
        """One of the transactions with a SubmitObjectsRequest."""
        objects = [{item.tag: shape(item)} for item in items]
        return succeeded((port or self.service)[operation](RegistryObjectList={"_value_1": objects}))

    def query(self, name, parameters, operation="DocumentRegistry_RegistryStoredQuery", returns="LeafClass"):
        """The ids of the objects by their element names."""
        answer = self.service[operation](
            ResponseOption={"returnType": returns, "returnComposedObjects": True},
            AdhocQuery={
                "id": f"urn:uuid:{QUERIES[name]}",
                "Slot": [slot(key, [value]) for key, value in parameters.items()]})
        succeeded(answer)
        listed = answer.RegistryObjectList._value_1 if answer.RegistryObjectList else []
        return [(tag, item) for entry in listed for tag, item in entry.items()]

    def ids(self, *query, **options):
        return {item.id for _, item in self.query(*query, **options)}


def succeeded(answer):
    if answer.status != SUCCESS:
        errors = answer.RegistryErrorList.RegistryError if answer.RegistryErrorList else []
        raise Wrong(f"{answer.status}: " + "; ".join(f"{error.errorCode}: {error.codeContext}" for error in errors))
    return answer


def slot(name, values):
    return {"name": name, "ValueList": {"Value": values}}


def text(value):
    return {"LocalizedString": [{"value": value, "lang": "nl-NL"}]}


def shape(item):
    """An object as zeep wants it: dictionaries by the names of the schema."""
    attributes = {"id": item.id, **item.attributes}
    made = attributes | {"Slot": [slot(name, values) for name, values in item.slots]}
    if item.title:
        made["Name"] = text(item.title)
    made["Classification"] = [classification(code, item.id) for code in item.codes]
    made["ExternalIdentifier"] = [
        {
            "id": new_uuid(), "registryObject": item.id, "identificationScheme": scheme, "value": value,
            "Name": text(IDENTIFIER_NAMES[scheme])}
        for scheme, value in item.identifiers.items()]
    return made


def classification(code, owner):
    if code.node:
        return {"id": new_uuid(), "classifiedObject": owner, "classificationNode": code.scheme}
    return {
        "id": new_uuid(), "classifiedObject": owner, "classificationScheme": code.scheme,
        "nodeRepresentation": code.value, "Slot": [slot("codingScheme", [code.system])], "Name": text(code.text)}


def listed(value):
    return f"('{value}')"


class Walk:
    """What is done, step by step, with one patient."""

    def __init__(self, registry):
        self.registry, self.patient = registry, registry.patient
        self.set, self.entry = submission_set(self.patient, new_uuid()), document_entry(self.patient, new_uuid())
        self.case, self.live = folder(self.patient, new_uuid()), on_demand_entry(self.patient, new_uuid())
        self.link = association(HAS_MEMBER, self.case.id, self.entry.id, new_uuid())
        self.members = [
            member(self.set.id, self.entry.id, id=new_uuid()), member(self.set.id, self.case.id, None, id=new_uuid()),
            member(self.set.id, self.link.id, None, id=new_uuid())]

    def register(self):
        self.registry.submit(
            "DocumentRegistry_RegisterDocumentSet-b", self.set, self.entry, self.case, self.link, *self.members)

    def register_on_demand(self):
        package = submission_set(self.patient)
        self.registry.submit(
            "DocumentRegistry_RegisterOnDemandDocumentEntry", package, self.live, member(package.id, self.live.id))

    def find_documents(self):
        parameters = {
            "$XDSDocumentEntryPatientId": f"'{self.patient}'", "$XDSDocumentEntryStatus": listed(APPROVED),
            "$XDSDocumentEntryType": f"('{STABLE}','{ON_DEMAND}')"}
        expected = {self.entry.id, self.live.id}
        equal(self.registry.ids("FindDocuments", parameters), expected, "LeafClass")
        equal(self.registry.ids("FindDocuments", parameters, returns="ObjectRef"), expected, "ObjectRef")

    def get_everything(self):
        found = self.registry.ids("GetSubmissionSetAndContents", {"$XDSSubmissionSetEntryUUID": f"'{self.set.id}'"})
        sent = {item.id for item in (self.set, self.entry, self.case, self.link, *self.members)}
        equal(found, sent, "GetSubmissionSetAndContents")
        found = self.registry.ids("GetFolderAndContents", {"$XDSFolderEntryUUID": f"'{self.case.id}'"})
        equal(found, {self.case.id, self.entry.id, self.link.id}, "GetFolderAndContents")

    def find_over_patients(self):
        parameters = {
            "$XDSDocumentEntryPatientId": listed(self.patient), "$XDSDocumentEntryStatus": listed(APPROVED)}
        found = self.registry.ids(
            "FindDocumentsForMultiplePatients", parameters, "DocumentRegistry_MultiPatientStoredQuery")
        equal(found, {self.entry.id}, "documents")

    def update(self):
        self.new_version("DocumentRegistry_UpdateDocumentSet", "1", None)
        equal(self.latest_version(), "2", "version")

    def update_restricted(self):
        self.new_version("UpdateResponder_RestrictedUpdateDocumentSet", "2", self.registry.updates)
        equal(self.latest_version(), "3", "version")

    def new_version(self, operation, previous, port):
        package, version = submission_set(self.patient), self.entry.copy(id="version", title=f"Versie na {previous}")
        version.attributes["lid"] = self.entry.id
        link = member(package.id, version.id, PreviousVersion=previous)
        self.registry.submit(operation, package, version, link, port=port)

    def latest_version(self):
        found = self.registry.query("GetDocuments", {"$XDSDocumentEntryUniqueId": listed(self.entry.unique_id)})
        equal(len(found), 1, "the number of latest versions")
        return found[0][1].VersionInfo.versionName

    def remove(self):
        package, entry = submission_set(self.patient, new_uuid()), document_entry(self.patient, new_uuid())
        link = member(package.id, entry.id, id=new_uuid())
        self.registry.submit("DocumentRegistry_RegisterDocumentSet-b", package, entry, link)
        ids = [{"id": item.id} for item in (package, entry, link)]
        succeeded(self.registry.service["DocumentRegistry_DeleteDocumentSet"](ObjectRefList={"ObjectRef": ids}))
        found = self.registry.ids("GetDocuments", {"$XDSDocumentEntryEntryUUID": listed(entry.id)})
        expect(not found, "the document is still there")


def main():
    checks = Checks("zeep")
    registry = checks.run("reads the served WSDL", Registry, arguments())
    if registry is None:
        checks.end()
    walk = Walk(registry)
    checks.run("ITI-42 registers a document in a folder", walk.register)
    checks.run("ITI-61 registers an on-demand entry", walk.register_on_demand)
    checks.run("ITI-18 FindDocuments, LeafClass and ObjectRef", walk.find_documents)
    checks.run("ITI-18 GetSubmissionSetAndContents and GetFolderAndContents", walk.get_everything)
    checks.run("ITI-51 FindDocumentsForMultiplePatients", walk.find_over_patients)
    checks.run("ITI-57 makes version 2", walk.update)
    checks.run("ITI-92 makes version 3", walk.update_restricted)
    checks.run("ITI-62 removes a submission", walk.remove)
    checks.end()


main()
