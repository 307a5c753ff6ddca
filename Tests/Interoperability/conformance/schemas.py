"""Every answer of a run, and every request that was accepted, against schemas: our own, and the official ones where
they are at hand."""

import pathlib

from lxml import etree

ROOT = pathlib.Path(__file__).resolve().parents[3]
OWN = ROOT / "schemas" / "xsd"
OFFICIAL = ROOT.parent / "shared" / "reference" / "schemas"
"""The schemas as OASIS and IHE publish them; no part of the product."""

PREFIX = "urn:oasis:names:tc:ebxml-regrep:xsd:"
SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
XOP = "{http://www.w3.org/2004/08/xop/include}"
NAMESPACES = {
    f"{PREFIX}query:3.0": ("query.xsd", "ebRS/query.xsd"), f"{PREFIX}lcm:3.0": ("lcm.xsd", "ebRS/lcm.xsd"),
    "urn:ihe:iti:xds-b:2007": ("xds.xsd", "IHE/XDS.b_DocumentRepository.xsd"),
    "urn:ihe:iti:rmd:2017": ("rmd.xsd", "IHE/RMD.xsd")}


class SchemaCheck:
    """What a set of schemas found wrong so far."""

    def __init__(self, name, folder, column):
        imports = "".join(
            f'<xs:import namespace="{namespace}" schemaLocation="{(folder / files[column]).as_uri()}"/>'
            for namespace, files in NAMESPACES.items())
        driver = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
        self.schema = etree.XMLSchema(etree.fromstring(driver))
        self.name, self.count, self.wrong = name, 0, {}

    def look(self, payload):
        self.count += 1
        if not self.schema.validate(payload):
            for error in self.schema.error_log:
                self.wrong.setdefault(error.message[:300], 0)
                self.wrong[error.message[:300]] += 1


def available():
    """The sets of schemas that are at hand."""
    sets = [SchemaCheck("our schemas", OWN, 0)]
    if OFFICIAL.is_dir():
        sets.append(SchemaCheck("the official schemas", OFFICIAL, 1))
    return sets


CHECKS = available()


def look(envelope):
    """Takes in the payload of an envelope; faults are of no schema of ours."""
    body = etree.fromstring(envelope).find(f"{SOAP}Body")
    payload = body[0]
    if payload.tag == f"{SOAP}Fault":
        return
    for include in list(payload.iter(f"{XOP}Include")):
        include.getparent().remove(include)
    for check in CHECKS:
        check.look(payload)


def report(checks):
    """A line for each set of schemas; one that is not there is named."""
    for check in CHECKS:
        words = f"{check.count} answers and accepted requests are valid against {check.name}"
        problem = "; ".join(f"{count} x {message}" for message, count in check.wrong.items()) or None
        checks.report(words, problem)
    if len(CHECKS) == 1:
        print(f"  {checks.title}: the official schemas are not at hand: only our own were used", flush=True)
