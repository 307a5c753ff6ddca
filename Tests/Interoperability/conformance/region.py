"""The gateway under test: sends registry objects, reads answers. Each patient of a check is one nobody else uses."""

import re
import secrets
import subprocess
import xml.etree.ElementTree as ElementTree

import messages
import schemas
from checks import Wrong, equal, expect
from metadata import *
from vocabulary import *
from wire import exchange

RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
RS = "{urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0}"
SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
WSA = "{http://www.w3.org/2005/08/addressing}"
KINDS = {"ExtrinsicObject", "RegistryPackage", "Association", "ObjectRef"}


class RegistryAnswer:
    """RegistryResponse or AdhocQueryResponse, taken apart. A request that was accepted has to be valid by the schemas
    too; None for one that is not meant to be."""

    def __init__(self, answer, action, request):
        self.raw, self.http = answer, answer.status
        if answer.status != 200:
            raise Wrong(f"HTTP {answer.status} {' '.join(answer.fault)}")
        expect(answer.envelope_bytes is not None, "the answer has no SOAP envelope")
        schemas.look(answer.envelope_bytes)
        envelope = ElementTree.fromstring(answer.envelope_bytes)
        found = envelope.findtext(f"{SOAP}Header/{WSA}Action")
        equal(found, RESPONSES.get(action, action + "Response"), "wsa:Action of the answer")
        self.body = envelope.find(f"{SOAP}Body")[0]
        response = self.body if "status" in self.body.attrib else self.body.find(f"{RS}RegistryResponse")
        self.status = response.get("status").rpartition(":")[2]
        self.errors = list(response.iter(f"{RS}RegistryError"))
        self.objects = [item for item in self.body.iter() if item.tag.replace(RIM, "") in KINDS]
        if self.status == "Success" and request is not None:
            schemas.look(request)

    @property
    def codes(self):
        """Codes of the errors, warnings left out."""
        return [error.get("errorCode") for error in self.errors if not error.get("severity", "").endswith("Warning")]

    @property
    def contexts(self):
        return " | ".join(error.get("codeContext", "") for error in self.errors)

    def ids(self, tag=None):
        """The ids of the objects, of one kind or of all."""
        return {item.get("id") for item in self.objects if tag is None or item.tag == RIM + tag}

    def succeeded(self):
        """Itself, if it is a success without an error."""
        if self.status != "Success" or self.codes:
            raise Wrong(f"{self.status} {self.codes} {self.contexts}")
        return self

    def failed(self, *codes):
        """Itself, if it is a Failure with one of the codes and without objects."""
        if self.status != "Failure":
            raise Wrong(f"{self.status}, not a Failure with {' or '.join(codes)}")
        if not set(codes) & set(self.codes):
            raise Wrong(f"{self.codes} ({self.contexts}), not {' or '.join(codes)}")
        expect(all(error.get("codeContext") for error in self.errors), "an error has no codeContext")
        expect(not self.objects, "a Failure brings objects")
        return self


class Region:
    """Where the gateway is, who asks, and a supply of patients."""

    domain = "2.16.840.1.113883.2.4.6.3"

    def __init__(self, base, pki, administration, certificate="hospital"):
        self.base, self.administration = base, administration
        self.context = messages.tls(pki, certificate)

    # Patients

    def patient(self):
        """A patient the registry knows and nobody has used."""
        patient = self.unknown_patient()
        subprocess.run(
            [self.administration[0], "patient", "add", patient, *self.administration[1:]], check=True,
            stdout=subprocess.DEVNULL)
        return patient

    def unknown_patient(self):
        """A patient the registry does not know."""
        return f"{100_000_000 + secrets.randbelow(900_000_000)}^^^&{self.domain}&ISO"

    # Transactions

    def send(self, action, body, path="/xds/registry"):
        """A SOAP request in plain packaging."""
        request = messages.envelope(action, body)
        answer = exchange(self.base, self.context, path, messages.SIMPLE_TYPE, request)
        return RegistryAnswer(answer, action, request)

    def send_package(self, action, body):
        """A SOAP request to the repository as an MTOM package of its envelope alone."""
        request = messages.envelope(action, body)
        package = messages.multipart("grens", [(messages.ROOT_PART, request)])
        answer = exchange(self.base, self.context, "/xds/repository", messages.mtom_type("grens"), package)
        return RegistryAnswer(answer, action, request)

    def register(self, objects, action=REGISTER):
        """ITI-42, or another transaction with a SubmitObjectsRequest."""
        listed = "".join(item if isinstance(item, str) else item.xml() for item in objects)
        return self.send(
            action,
            f"<lcm:SubmitObjectsRequest><rim:RegistryObjectList>{listed}</rim:RegistryObjectList>"
            "</lcm:SubmitObjectsRequest>")

    def remove(self, *ids):
        """ITI-62."""
        listed = "".join(f'<rim:ObjectRef id="{id}"/>' for id in ids)
        return self.send(
            REMOVE_METADATA,
            f"<lcm:RemoveObjectsRequest><rim:ObjectRefList>{listed}</rim:ObjectRefList></lcm:RemoveObjectsRequest>")

    def query(self, name, parameters, returns="LeafClass", action=STORED_QUERY, home=None):
        """ITI-18 or ITI-51. Parameters: a dict, or a list of pairs when a name comes twice; a value is its text, a
        list of them becomes several Values."""
        pairs = parameters.items() if isinstance(parameters, dict) else parameters
        slots = [(key, values if isinstance(values, list) else [values]) for key, values in pairs]
        identity = QUERIES.get(name, name)
        community = f' home="{home}"' if home else ""
        return self.send(
            action,
            f'<query:AdhocQueryRequest><query:ResponseOption returnType="{returns}" returnComposedObjects="true"/>'
            f'<rim:AdhocQuery id="urn:uuid:{identity}"{community}>{slots_xml(slots)}</rim:AdhocQuery>'
            "</query:AdhocQueryRequest>")

    # Shorthands

    def found(self, name, parameters, returns="LeafClass", action=STORED_QUERY):
        """The answer of a query that has to succeed."""
        return self.query(name, parameters, returns, action).succeeded()

    def entry(self, unique_id):
        """The one latest DocumentEntry with a uniqueId, as an element."""
        entries = self.found("GetDocuments", {"$XDSDocumentEntryUniqueId": listed(unique_id)}).objects
        equal(len(entries), 1, f"the number of entries with uniqueId {unique_id}")
        return entries[0]

    def entry_id(self, unique_id):
        """entryUUID of a uniqueId."""
        return self.entry(unique_id).get("id")

    def registered(self, patient, *objects, **options):
        """Registers and gives the ids the registry gave, by the ids in the message where they are UUIDs."""
        self.register(submission(patient, *objects, **options)).succeeded()
        return [item.id for item in objects]

    def published(self, patient, **changes):
        """Registers one DocumentEntry under a UUID of its own; changes are Slots."""
        entry = document_entry(patient, new_uuid())
        for name, value in changes.items():
            entry.set_slot(name, value)
        self.registered(patient, entry)
        return entry


def listed(*values):
    """A list of strings in the form that queries use."""
    return "(" + ",".join("'" + value.replace("'", "''") + "'" for value in values) + ")"


def quoted(value):
    """A string in the form that queries use."""
    return "'" + value.replace("'", "''") + "'"


def coded(*codes, system=CODE_SYSTEM):
    """A list of codes in the form that queries use."""
    return listed(*(f"{code}^^{system}" for code in codes))


def approved(patient, **more):
    """Parameters of FindDocuments for the approved documents of a patient."""
    parameters = {"$XDSDocumentEntryPatientId": quoted(patient), "$XDSDocumentEntryStatus": listed(APPROVED)}
    parameters.update({f"$XDSDocumentEntry{name}": value for name, value in more.items()})
    return parameters


def slot_of(element, name):
    """The values of a Slot of an object in an answer, or None."""
    for slot in element.findall(f"{RIM}Slot"):
        if slot.get("name") == name:
            return [value.text for value in slot.iter(f"{RIM}Value")]
    return None


def identifier_of(element, scheme):
    """The value of an ExternalIdentifier of an object in an answer, or None."""
    for identifier in element.findall(f"{RIM}ExternalIdentifier"):
        if identifier.get("identificationScheme") == scheme:
            return identifier.get("value")
    return None


def status_of(element):
    """The last word of the status of an object in an answer."""
    return (element.get("status") or "").rpartition(":")[2]
