#include "metadata.h"

#include <stdio.h>
#include <string.h>

#define STABLE "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
#define SUBMISSION_SET "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
#define OBJECT_TYPE "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:"

struct coded {
    const char *scheme, *code, *text;
};

static const struct coded document_codes[] = {
    {"urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a", "REPORTS", "Verslag"},
    {"urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f", "N", "Normaal"},
    {"urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d", "urn:ihe:iti:xds:2017:mimeTypeSufficient", "Zie mimeType"},
    {"urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", "V4", "Ziekenhuis"},
    {"urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead", "0320", "Cardiologie"},
    {"urn:uuid:f0306f51-975f-434e-a61c-c59651d33983", "11490-0", "Ontslagbrief"},
};

static char *copy(struct soap *soap, const char *text) { return text ? soap_strdup(soap, text) : NULL; }

char *new_identifier(struct soap *soap) {
    char text[64];
    unsigned long parts[3];
    for (int index = 0; index < 3; index++) parts[index] = (unsigned long)soap_random % 1000000000UL;
    snprintf(text, sizeof text, "2.25.%lu%09lu%09lu", parts[0] + 1, parts[1], parts[2]);
    return copy(soap, text);
}

void add_slot(struct soap *soap, int *count, struct rim__SlotType1 **slots, const char *name, const char *value) {
    struct rim__SlotType1 *longer = soap_new_rim__SlotType1(soap, *count + 1);
    struct rim__SlotType1 *slot = &longer[*count];
    if (*count > 0) memcpy(longer, *slots, sizeof(struct rim__SlotType1) * (size_t)*count);
    slot->name = copy(soap, name);
    slot->ValueList = soap_new_rim__ValueListType(soap, 1);
    slot->ValueList->__sizeValue = 1;
    slot->ValueList->Value_ = (char **)soap_malloc(soap, sizeof(char *));
    slot->ValueList->Value_[0] = copy(soap, value);
    *slots = longer;
    *count += 1;
}

static struct rim__InternationalStringType *label(struct soap *soap, const char *text) {
    struct rim__InternationalStringType *label = soap_new_rim__InternationalStringType(soap, 1);
    label->__sizeLocalizedString = 1;
    label->LocalizedString_ = soap_new_rim__LocalizedStringType(soap, 1);
    label->LocalizedString_->value = copy(soap, text);
    label->LocalizedString_->xml__lang = copy(soap, "nl-NL");
    return label;
}

static char *component_id(struct soap *soap) { return copy(soap, soap_rand_uuid(soap, "urn:uuid:")); }

static void classify(struct soap *soap, struct rim__ClassificationType *into, const char *owner, struct coded coded) {
    into->id = component_id(soap);
    into->objectType = copy(soap, OBJECT_TYPE "Classification");
    into->classifiedObject = copy(soap, owner);
    into->classificationScheme = copy(soap, coded.scheme);
    into->nodeRepresentation = copy(soap, coded.code);
    into->Name = label(soap, coded.text);
    add_slot(soap, &into->__sizeSlot, &into->Slot_, "codingScheme", "2.999.20.1");
}

static void identify(
    struct soap *soap, struct rim__ExternalIdentifierType *into, const char *owner, const char *scheme,
    const char *name, const char *value) {
    into->id = component_id(soap);
    into->objectType = copy(soap, OBJECT_TYPE "ExternalIdentifier");
    into->registryObject = copy(soap, owner);
    into->identificationScheme = copy(soap, scheme);
    into->value = copy(soap, value);
    into->Name = label(soap, name);
}

static struct rim__ExtrinsicObjectType *document_entry(struct soap *soap, const struct document *document) {
    struct rim__ExtrinsicObjectType *entry = soap_new_rim__ExtrinsicObjectType(soap, 1);
    int codes = sizeof document_codes / sizeof document_codes[0];
    entry->id = copy(soap, "document");
    entry->mimeType = copy(soap, "text/plain");
    entry->objectType = copy(soap, STABLE);
    add_slot(soap, &entry->__sizeSlot, &entry->Slot_, "creationTime", "20250304101500");
    add_slot(soap, &entry->__sizeSlot, &entry->Slot_, "languageCode", "nl-NL");
    add_slot(soap, &entry->__sizeSlot, &entry->Slot_, "sourcePatientId", "P0077^^^&2.999.10.1&ISO");
    if (document->repository) {
        add_slot(soap, &entry->__sizeSlot, &entry->Slot_, "repositoryUniqueId", document->repository);
        add_slot(soap, &entry->__sizeSlot, &entry->Slot_, "hash", document->hash);
        add_slot(soap, &entry->__sizeSlot, &entry->Slot_, "size", document->size);
    }
    entry->Name = label(soap, "Ontslagbrief van gSOAP");
    entry->__sizeClassification = codes;
    entry->Classification_ = soap_new_rim__ClassificationType(soap, codes);
    for (int index = 0; index < codes; index++) {
        classify(soap, &entry->Classification_[index], "document", document_codes[index]);
    }
    entry->__sizeExternalIdentifier = 2;
    entry->ExternalIdentifier_ = soap_new_rim__ExternalIdentifierType(soap, 2);
    identify(
        soap, &entry->ExternalIdentifier_[0], "document", "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427",
        "XDSDocumentEntry.patientId", document->patient);
    identify(
        soap, &entry->ExternalIdentifier_[1], "document", "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab",
        "XDSDocumentEntry.uniqueId", document->unique_id);
    return entry;
}

static struct rim__RegistryPackageType *submission_set(struct soap *soap, const char *patient) {
    struct rim__RegistryPackageType *set = soap_new_rim__RegistryPackageType(soap, 1);
    struct coded content_type = {"urn:uuid:aa543740-bdda-424e-8c96-df4873be8500", "18842-5", "Ontslag"};
    set->id = copy(soap, "set");
    set->objectType = copy(soap, OBJECT_TYPE "RegistryPackage");
    add_slot(soap, &set->__sizeSlot, &set->Slot_, "submissionTime", "20250304102000");
    set->__sizeClassification = 2;
    set->Classification_ = soap_new_rim__ClassificationType(soap, 2);
    set->Classification_[0].id = component_id(soap);
    set->Classification_[0].classifiedObject = copy(soap, "set");
    set->Classification_[0].classificationNode = copy(soap, SUBMISSION_SET);
    classify(soap, &set->Classification_[1], "set", content_type);
    set->__sizeExternalIdentifier = 3;
    set->ExternalIdentifier_ = soap_new_rim__ExternalIdentifierType(soap, 3);
    identify(
        soap, &set->ExternalIdentifier_[0], "set", "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446",
        "XDSSubmissionSet.patientId", patient);
    identify(
        soap, &set->ExternalIdentifier_[1], "set", "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832",
        "XDSSubmissionSet.sourceId", "2.999.10.2");
    identify(
        soap, &set->ExternalIdentifier_[2], "set", "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8",
        "XDSSubmissionSet.uniqueId", new_identifier(soap));
    return set;
}

static struct rim__AssociationType1 *membership(struct soap *soap) {
    struct rim__AssociationType1 *member = soap_new_rim__AssociationType1(soap, 1);
    member->id = copy(soap, "member");
    member->objectType = copy(soap, OBJECT_TYPE "Association");
    member->associationType = copy(soap, "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember");
    member->sourceObject = copy(soap, "set");
    member->targetObject = copy(soap, "document");
    add_slot(soap, &member->__sizeSlot, &member->Slot_, "SubmissionSetStatus", "Original");
    return member;
}

struct rim__RegistryObjectListType *submission(struct soap *soap, const struct document *document) {
    struct rim__RegistryObjectListType *list = soap_new_rim__RegistryObjectListType(soap, 1);
    struct __rim__union_RegistryObjectListType *objects = soap_new___rim__union_RegistryObjectListType(soap, 3);
    objects[0].__union_RegistryObjectListType = SOAP_UNION__rim__union_RegistryObjectListType_ExtrinsicObject;
    objects[0].union_RegistryObjectListType.ExtrinsicObject = document_entry(soap, document);
    objects[1].__union_RegistryObjectListType = SOAP_UNION__rim__union_RegistryObjectListType_RegistryPackage;
    objects[1].union_RegistryObjectListType.RegistryPackage = submission_set(soap, document->patient);
    objects[2].__union_RegistryObjectListType = SOAP_UNION__rim__union_RegistryObjectListType_Association;
    objects[2].union_RegistryObjectListType.Association = membership(soap);
    list->__size_RegistryObjectListType = 3;
    list->__union_RegistryObjectListType = objects;
    return list;
}
