#!/usr/bin/env python3
"""Performs ITI-18 FindDocuments with zeep, from nothing but the WSDL that the gateway serves over mutual TLS.

Usage: zeep_query.py BASE_URL PKI_DIRECTORY PATIENT_ID [--certificate NAME] [--expect COUNT]
Exit status 0 when both forms of the answer are a success and agree.
"""

import argparse
import sys

import requests
import zeep
from zeep.transports import Transport

from messages import APPROVED, FIND_DOCUMENTS, SUCCESS


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", help="for instance https://localhost:8443")
    parser.add_argument("pki", help="directory with ca.pem, NAME.pem and NAME.key")
    parser.add_argument("patient", help="for instance 900186021^^^&2.16.840.1.113883.2.4.6.3&ISO")
    parser.add_argument("--certificate", default="gp", help="who asks (default: gp)")
    parser.add_argument("--expect", type=int, help="how many documents there must be")
    return parser.parse_args()


def client(base, pki, certificate):
    session = requests.Session()
    session.trust_env = False
    session.verify = f"{pki}/ca.pem"
    session.cert = (f"{pki}/{certificate}.pem", f"{pki}/{certificate}.key")
    # The WSDL states the actions, so zeep adds the WS-Addressing headers by itself.
    return zeep.Client(
        f"{base}/xds/registry?wsdl", transport=Transport(session=session, timeout=30, operation_timeout=30)
    )


def slot(name, value):
    return {"name": name, "ValueList": {"Value": [value]}}


def find(service, patient, return_type):
    answer = service["DocumentRegistry_RegistryStoredQuery"](
        ResponseOption={"returnType": return_type, "returnComposedObjects": True},
        AdhocQuery={
            "id": FIND_DOCUMENTS,
            "Slot": [
                slot("$XDSDocumentEntryPatientId", "'" + patient.replace("'", "''") + "'"),
                slot("$XDSDocumentEntryStatus", f"('{APPROVED}')"),
            ],
        },
    )
    if answer.status != SUCCESS:
        errors = answer.RegistryErrorList.RegistryError if answer.RegistryErrorList else []
        sys.exit(
            f"zeep: {return_type}: {answer.status}: " + "; ".join(f"{e.errorCode}: {e.codeContext}" for e in errors)
        )
    return answer.RegistryObjectList._value_1 if answer.RegistryObjectList else []


def main():
    options = arguments()
    service = client(options.base, options.pki, options.certificate).service
    references = {entry["ObjectRef"].id for entry in find(service, options.patient, "ObjectRef")}
    entries = [entry["ExtrinsicObject"] for entry in find(service, options.patient, "LeafClass")]
    if {entry.id for entry in entries} != references:
        sys.exit("zeep: ObjectRef and LeafClass name different documents")
    if options.expect is not None and len(entries) != options.expect:
        sys.exit(f"zeep: {len(entries)} documents, {options.expect} expected")
    for entry in entries:
        if {"hash", "size", "repositoryUniqueId"} - {item.name for item in entry.Slot}:
            sys.exit(f"zeep: {entry.id} lacks hash, size or repositoryUniqueId")
    print(f"zeep: {len(references)} ObjectRefs, {len(entries)} ExtrinsicObjects, both Success")


main()
