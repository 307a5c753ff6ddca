#!/usr/bin/env python3
"""Feeds patients with the MLLP client of the PyPI package "hl7" over mutual TLS: ADT A01, A04, A05, A08, A40 (ITI-8)
and A43 (ITI-64).

Usage: mllp_feed.py BASE_URL PKI_DIRECTORY MLLP_PORT [--certificate NAME] [--domain OID]
Checks each acknowledgement, and what came of it by ITI-42 and ITI-18. Prints a line for each check; exit status 0 when
all were right.
"""

import argparse
import pathlib
import secrets
import sys
import time
import urllib.parse

import hl7
from hl7.client import MLLPClient

sys.path.insert(1, str(pathlib.Path(__file__).parent / "conformance"))

import messages  # noqa: E402
from checks import Checks, equal, expect  # noqa: E402
from region import Region, approved  # noqa: E402
from metadata import document_entry, submission  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", help="for instance https://localhost:8443")
    parser.add_argument("pki", help="directory with ca.pem, NAME.pem and NAME.key")
    parser.add_argument("port", type=int, help="for instance 2575")
    parser.add_argument("--certificate", default="hospital", help="who feeds (default: hospital)")
    parser.add_argument("--domain", default="2.16.840.1.113883.2.4.6.3", help="the patients' assigning authority")
    return parser.parse_args()


class TLSClient(MLLPClient):
    """The package's client on a socket inside TLS."""

    def __init__(self, host, port, context):
        super().__init__(host, port)
        self.socket = context.wrap_socket(self.socket, server_hostname=host)
        self.socket.settimeout(30)


class Feed:
    """A connection, and the messages: HL7 version 2.3.1, for a link change 2.5."""

    def __init__(self, options):
        self.domain = options.domain
        host = urllib.parse.urlsplit(options.base).hostname
        self.client = TLSClient(host, options.port, messages.tls(options.pki, options.certificate))
        self.region = Region(options.base, options.pki, [], options.certificate)

    def patient(self):
        """An id nobody has used."""
        return str(100_000_000 + secrets.randbelow(900_000_000))

    def identifier(self, patient):
        """PID-3 or MRG-1."""
        return f"{patient}^^^&{self.domain}&ISO"

    def send(self, event, *segments, structure=None, sender="EPD", version="2.3.1"):
        """Sends an ADT message and gives its acknowledgement."""
        control = f"{event}{secrets.randbelow(10**12)}"
        kind = f"ADT^{event}" + (f"^{structure}" if structure else "")
        now = time.strftime("%Y%m%d%H%M%S", time.gmtime())
        head = f"MSH|^~\\&|{sender}|ZIEKENHUIS|XDS|ZORGNETOOST|{now}||{kind}|{control}|P|{version}"
        lines = [head, f"EVN|{event}|{now}"]
        answer = self.client.send_message("\r".join([*lines, *segments]) + "\r")
        acknowledgement = hl7.parse(answer.strip(b"\x0b\x1c\r"), encoding="utf-8")
        equal(str(acknowledgement.segment("MSA")[2]), control, "MSA-2")
        return acknowledgement

    def person(self, patient):
        """PID and PV1 of an invented person."""
        return [f"PID|||{self.identifier(patient)}||Jansen^Anna||19500117|F", "PV1||I"]

    def register(self, patient, local="P0077"):
        """ITI-42 of one document, whose source knows the patient by a local id: the answer."""
        cx = self.identifier(patient)
        entry = document_entry(cx).set_slot("sourcePatientId", self.local(local))
        return self.region.register(submission(cx, entry))

    def local(self, patient):
        """An id in the domain of the source."""
        return f"{patient}^^^&2.999.10.1&ISO"

    def documents(self, patient):
        """How many approved documents the patient has."""
        return len(self.region.found("FindDocuments", approved(self.identifier(patient))).objects)

    # Checks

    def makes_known(self, event):
        patient = self.patient()
        self.register(patient).failed("XDSUnknownPatientId")
        equal(code(self.send(event, *self.person(patient))), "AA", "MSA-1")
        self.register(patient).succeeded()

    def ignores_update(self):
        patient = self.patient()
        self.send("A04", *self.person(patient))
        equal(code(self.send("A08", *self.person(patient))), "AA", "MSA-1")

    def merge(self, survivor, subsumed):
        segments = [f"PID|||{self.identifier(survivor)}||Jansen^Anna", f"MRG|{self.identifier(subsumed)}"]
        return self.send("A40", *segments, structure="ADT_A39")

    def merges(self):
        survivor, subsumed = self.patient(), self.patient()
        for patient in (survivor, subsumed):
            self.send("A04", *self.person(patient))
            self.register(patient).succeeded()
        equal(code(self.merge(survivor, subsumed)), "AA", "MSA-1")
        equal((self.documents(survivor), self.documents(subsumed)), (2, 0), "documents of survivor and subsumed")
        self.register(subsumed).failed("XDSUnknownPatientId")
        equal(code(self.merge(survivor, subsumed)), "AE", "MSA-1 of the same merge again")

    def refuses_unknown_merge(self):
        known = self.patient()
        self.send("A04", *self.person(known))
        acknowledgement = self.merge(known, self.patient())
        equal(code(acknowledgement), "AE", "MSA-1")
        expect("ERR" in [str(segment[0]) for segment in acknowledgement], "no ERR segment says why")
        equal(code(self.merge(known, known)), "AE", "MSA-1 of a merge with itself")

    def refuses_foreign_domain(self):
        segments = ["PID|||12345^^^&2.999.99&ISO||Jansen^Anna", "PV1||I"]
        equal(code(self.send("A04", *segments)), "AE", "MSA-1")

    def changes_link(self):
        new, previous = self.patient(), self.patient()
        for patient in (new, previous):
            self.send("A04", *self.person(patient))
        self.register(previous, local="L1").succeeded()
        self.register(previous, local="L2").succeeded()
        segments = [
            f"PID|||{self.identifier(new)}~{self.local('L1')}|| ", f"MRG|{self.identifier(previous)}"]
        acknowledgement = self.send("A43", *segments, structure="ADT_A43", sender="2.999.10.2", version="2.5")
        equal(code(acknowledgement), "AA", "MSA-1")
        equal((self.documents(new), self.documents(previous)), (1, 1), "documents of the new and the previous id")

    def refuses_other_message(self):
        acknowledgement = self.send("A99", *self.person(self.patient()))
        expect(code(acknowledgement) in ("AR", "AE"), f"MSA-1 is {code(acknowledgement)}")


def code(acknowledgement):
    """MSA-1."""
    return str(acknowledgement.segment("MSA")[1])


def main():
    checks = Checks("HL7 v2")
    feed = checks.run("connects with MLLP inside mutual TLS", Feed, arguments())
    if feed is None:
        checks.end()
    for event in ("A01", "A04", "A05"):
        checks.run(f"ADT {event} makes a patient known: refused before, registered after", feed.makes_known, event)
    checks.run("ADT A08 is acknowledged", feed.ignores_update)
    checks.run("ADT A40: the survivor has the documents of both, the subsumed id is not known any more", feed.merges)
    checks.run("ADT A40 of unknown or equal ids is refused, and ERR says why", feed.refuses_unknown_merge)
    checks.run("an id of another domain alone is refused", feed.refuses_foreign_domain)
    checks.run("ADT A43 moves the documents of one local id to another patient", feed.changes_link)
    checks.run("an event that is no feed is refused", feed.refuses_other_message)
    feed.client.close()
    checks.end()


main()
