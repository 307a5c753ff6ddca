/* Metadata in the structures that gSOAP makes of the served schemas. Everything lives as long as the soap context. */
#ifndef METADATA_H
#define METADATA_H

#include "soapH.h"

/* What a submission says of its document. */
struct document {
    const char *patient;
    const char *unique_id;
    const char *repository; /* NULL: left to the repository, as hash and size are */
    const char *hash;
    const char *size;
};

/* A new identifier below 2.25. */
char *new_identifier(struct soap *soap);

/* A SubmissionSet, one DocumentEntry with the id "document", and the HasMember between them. */
struct rim__RegistryObjectListType *submission(struct soap *soap, const struct document *document);

/* A list of Slots, in the form that objects and queries hold it. */
void add_slot(struct soap *soap, int *count, struct rim__SlotType1 **slots, const char *name, const char *value);

#endif
