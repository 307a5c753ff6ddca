"""Registry objects as values that a check may change before they are sent."""

import dataclasses
import uuid
from xml.sax.saxutils import escape, quoteattr

from vocabulary import *

CODE_SYSTEM = "2.999.20.1"
REPOSITORY = "2.999.1.2"
SOURCE = "2.999.10.2"


def new_oid():
    """An OID nobody has used."""
    return f"2.25.{uuid.uuid4().int}"


def new_uuid():
    """A UUID URN nobody has used."""
    return f"urn:uuid:{uuid.uuid4()}"


@dataclasses.dataclass
class Code:
    """A Classification: a coded attribute, an author (with an empty code), or the node of a package."""

    scheme: str
    value: str = ""
    text: str = ""
    system: str | None = CODE_SYSTEM
    slots: list = dataclasses.field(default_factory=list)
    node: bool = False
    owner: str | None = None

    def xml(self, owner):
        kind = "classificationNode" if self.node else "classificationScheme"
        attributes = [("id", new_uuid()), ("classifiedObject", self.owner or owner), (kind, self.scheme)]
        if not self.node:
            attributes.append(("nodeRepresentation", self.value))
        slots = list(self.slots)
        if not self.node and self.value and self.system is not None:
            slots.append(("codingScheme", [self.system]))
        return element("Classification", attributes, slots_xml(slots) + text_xml("Name", self.text))


@dataclasses.dataclass
class Item:
    """A DocumentEntry, SubmissionSet, Folder or Association."""

    tag: str
    id: str
    attributes: dict = dataclasses.field(default_factory=dict)
    slots: list = dataclasses.field(default_factory=list)
    title: str | None = None
    comments: str | None = None
    version: str | None = None
    codes: list = dataclasses.field(default_factory=list)
    identifiers: dict = dataclasses.field(default_factory=dict)

    def slot(self, name):
        """The values of a Slot, or None."""
        return next((values for key, values in self.slots if key == name), None)

    def set_slot(self, name, *values):
        """Replaces a Slot; without values it is taken out."""
        self.slots = [(key, old) for key, old in self.slots if key != name]
        if values:
            self.slots.append((name, list(values)))
        return self

    def set_code(self, scheme, *values):
        """Replaces the codes under a scheme."""
        self.codes = [code for code in self.codes if code.scheme != scheme]
        for value in values:
            self.codes.append(value if isinstance(value, Code) else Code(scheme, value, f"Naam van {value}"))
        return self

    def set_identifier(self, scheme, value):
        """Replaces an ExternalIdentifier; None takes it out."""
        self.identifiers.pop(scheme, None)
        if value is not None:
            self.identifiers[scheme] = value
        return self

    def set_author(self, scheme, *persons):
        """Replaces the authors."""
        self.codes = [code for code in self.codes if code.scheme != scheme]
        self.codes += [Code(scheme, slots=[("authorPerson", [person])]) for person in persons]
        return self

    @property
    def unique_id(self):
        schemes = (ENTRY_UNIQUE, SET_UNIQUE, FOLDER_UNIQUE)
        return next((self.identifiers[scheme] for scheme in schemes if scheme in self.identifiers), None)

    def copy(self, **changes):
        """A copy that shares nothing with this one."""
        made = dataclasses.replace(
            self, attributes=dict(self.attributes), slots=[(name, list(values)) for name, values in self.slots],
            codes=[dataclasses.replace(code, slots=list(code.slots)) for code in self.codes],
            identifiers=dict(self.identifiers))
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    def xml(self):
        identifiers = "".join(
            element(
                "ExternalIdentifier",
                [("id", new_uuid()), ("registryObject", self.id), ("identificationScheme", scheme), ("value", value)],
                text_xml("Name", IDENTIFIER_NAMES[scheme]))
            for scheme, value in self.identifiers.items())
        content = (
            slots_xml(self.slots) + text_xml("Name", self.title) + text_xml("Description", self.comments)
            + (f'<rim:VersionInfo versionName="{self.version}"/>' if self.version else "")
            + "".join(code.xml(self.id) for code in self.codes) + identifiers)
        return element(self.tag, [("id", self.id), *self.attributes.items()], content)


def element(tag, attributes, content):
    listed = "".join(f" {name}={quoteattr(value)}" for name, value in attributes if value is not None)
    return f"<rim:{tag}{listed}>{content}</rim:{tag}>"


def slots_xml(slots):
    return "".join(
        f"<rim:Slot name={quoteattr(name)}><rim:ValueList>"
        + "".join(f"<rim:Value>{escape(value)}</rim:Value>" for value in values)
        + "</rim:ValueList></rim:Slot>"
        for name, values in slots)


def text_xml(tag, text):
    if text is None or text == "":
        return ""
    return f'<rim:{tag}><rim:LocalizedString xml:lang="nl-NL" charset="UTF-8" value={quoteattr(text)}/></rim:{tag}>'


def document_entry(patient, id="document", **options):
    """A stable DocumentEntry with every required attribute, as a repository registers it."""
    unique_id = options.get("unique_id") or new_oid()
    entry = Item(
        "ExtrinsicObject", id, {"mimeType": "application/pdf", "objectType": STABLE},
        slots=[
            ("creationTime", ["20250304101500"]), ("languageCode", ["nl-NL"]),
            ("sourcePatientId", ["P0077^^^&2.999.10.1&ISO"]), ("repositoryUniqueId", [REPOSITORY]),
            ("hash", ["2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"]), ("size", ["43"])],
        title="Ontslagbrief",
        codes=[
            Code(CLASS_CODE, "REPORTS", "Verslag"), Code(CONFIDENTIALITY, "N", "Normaal"),
            Code(FORMAT_CODE, "urn:ihe:iti:xds:2017:mimeTypeSufficient", "Zie mimeType"),
            Code(FACILITY, "V4", "Ziekenhuis"), Code(PRACTICE, "0320", "Cardiologie"),
            Code(TYPE_CODE, "11490-0", "Ontslagbrief")],
        identifiers={ENTRY_PATIENT: patient, ENTRY_UNIQUE: unique_id})
    return entry


def on_demand_entry(patient, id="document", **options):
    """An on-demand DocumentEntry: without creationTime, hash and size."""
    entry = document_entry(patient, id, **options)
    entry.attributes["objectType"] = ON_DEMAND
    for name in ("creationTime", "hash", "size"):
        entry.set_slot(name)
    return entry


def submission_set(patient, id="set"):
    """A SubmissionSet with every required attribute."""
    return Item(
        "RegistryPackage", id, slots=[("submissionTime", ["20250304102000"])],
        codes=[Code(SUBMISSION_SET, node=True), Code(CONTENT_TYPE, "18842-5", "Ontslag")],
        identifiers={SET_PATIENT: patient, SET_SOURCE: SOURCE, SET_UNIQUE: new_oid()})


def folder(patient, id="folder"):
    """A Folder with every required attribute."""
    return Item(
        "RegistryPackage", id, title="Opname cardiologie",
        codes=[Code(FOLDER, node=True), Code(FOLDER_CODE, "OPNAME", "Opname")],
        identifiers={FOLDER_PATIENT: patient, FOLDER_UNIQUE: new_oid()})


def association(kind, source, target, id=None, **slots):
    """An Association; keyword arguments are its Slots."""
    return Item(
        "Association", id or f"association-{uuid.uuid4()}",
        {"associationType": kind, "sourceObject": source, "targetObject": target},
        slots=[(name, [value]) for name, value in slots.items()])


def member(source, target, status="Original", id=None, **slots):
    """HasMember of the SubmissionSet; status None for what is no DocumentEntry."""
    if status:
        slots = {"SubmissionSetStatus": status, **slots}
    return association(HAS_MEMBER, source, target, id, **slots)


def submission(patient, *objects, set=None):
    """A SubmissionSet with the objects as its members, in the order they are sent. Associations among the objects are
    sent as they are; memberships of Folders among them become members of the set as well."""
    package = set or submission_set(patient)
    sent = [package, *objects]
    for item in objects:
        if item.tag == "ExtrinsicObject":
            sent.append(member(package.id, item.id))
        elif item.tag == "RegistryPackage":
            sent.append(member(package.id, item.id, None))
        elif item.attributes["associationType"] == HAS_MEMBER and item.attributes["sourceObject"] != package.id:
            sent.append(member(package.id, item.id, None))
    return sent
