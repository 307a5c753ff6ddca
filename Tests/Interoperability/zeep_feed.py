#!/usr/bin/env python3
"""Performs ITI-44 with zeep, from nothing but the WSDL that the gateway serves at /pix: add, then merge.

Usage: zeep_feed.py BASE_URL PKI_DIRECTORY [--certificate NAME]
Prints a line for each check; exit status 0 when all were right.
"""

import argparse
import pathlib
import secrets
import sys

import requests
import zeep
from lxml import etree
from zeep.transports import Transport

sys.path.insert(1, str(pathlib.Path(__file__).parent / "conformance"))

import patients  # noqa: E402
from checks import Checks, expect  # noqa: E402


class Feed:
    """The port of the feed's WSDL."""

    def __init__(self, options):
        session = requests.Session()
        session.trust_env = False
        session.verify = f"{options.pki}/ca.pem"
        session.cert = (f"{options.pki}/{options.certificate}.pem", f"{options.pki}/{options.certificate}.key")
        transport = Transport(session=session, timeout=30, operation_timeout=30)
        self.service = zeep.Client(f"{options.base}/pix?wsdl", transport=transport).service

    def send(self, operation, kind, patient, prior=""):
        """typeCode of the acknowledgement."""
        message = etree.fromstring(patients.interaction(kind, patient, prior))
        act = message.find(f"{patients.HL7}controlActProcess")
        device = {"classCode": "DEV", "determinerCode": "INSTANCE", "id": [{"root": "2.999.60.3"}]}
        answer = self.service[operation](
            id={"root": "2.999.60.1", "extension": str(secrets.randbelow(10**12))},
            creationTime={"value": message.find(f"{patients.HL7}creationTime").get("value")},
            interactionId={"root": patients.INTERACTIONS, "extension": kind},
            processingCode={"code": "P"}, processingModeCode={"code": "T"}, acceptAckCode={"code": "AL"},
            receiver=[{"typeCode": "RCV", "device": device}], sender={"typeCode": "SND", "device": device},
            controlActProcess={"_value_1": list(act), "_attr_1": dict(act.attrib)}, ITSVersion="XML_1.0")
        return answer.acknowledgement[0].typeCode.code

    def patient(self):
        return f"{100_000_000 + secrets.randbelow(900_000_000)}^^^&2.16.840.1.113883.2.4.6.3&ISO"

    def add(self):
        patient = self.patient()
        code = self.send("PatientIdentityFeed_Add", patients.ADD, patient)
        expect(code in patients.ACCEPTED, f"the acknowledgement is {code}")
        return patient

    def merge(self):
        survivor, subsumed = self.add(), self.add()
        prior = patients.prior_registration(subsumed)
        for accepted in (True, False):  # A second time, the prior id is subsumed already.
            code = self.send("PatientIdentityFeed_Merge", patients.MERGE, survivor, prior)
            expect((code in patients.ACCEPTED) == accepted, f"the acknowledgement is {code}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", help="for instance https://localhost:8443")
    parser.add_argument("pki", help="directory with ca.pem, NAME.pem and NAME.key")
    parser.add_argument("--certificate", default="hospital", help="who feeds (default: hospital)")
    checks = Checks("zeep")
    feed = checks.run("reads the served WSDL of the patient feed", Feed, parser.parse_args())
    if feed is None:
        checks.end()
    checks.run("ITI-44 makes a patient known", feed.add)
    checks.run("ITI-44 merges two patients, and refuses it the second time", feed.merge)
    checks.end()


main()
