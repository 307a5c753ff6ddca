/* A client made by gSOAP from nothing but the served WSDL: ITI-41 and ITI-43 with MTOM, ITI-42, ITI-18, and an error,
 * over mutual TLS with SOAP 1.2 and WS-Addressing.
 *
 * Usage: client BASE_URL PKI_DIRECTORY PATIENT_ID REPOSITORY_UNIQUE_ID
 * Prints a line for each check; exit status 0 when all were right.
 */
#include <stdio.h>
#include <string.h>

#include "gateway.nsmap"
#include "metadata.h"
#include "wsaapi.h"

#define SUCCESS "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
#define FAILURE "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
#define ERROR "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"
#define APPROVED "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"
#define FIND_DOCUMENTS "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
#define GET_DOCUMENTS "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"

static const char text[] = "Beste collega, de pati\xc3\xabnt is ontslagen.\n";
static const char *base, *patient, *repository;
static char registry_url[512], repository_url[512];
static int failures = 0;

static void check(int right, const char *what, const char *detail) {
    printf("%c gSOAP: %s", right ? '+' : '-', what);
    if (!right && detail) printf(": %s", detail);
    printf("\n");
    if (!right) failures++;
}

/* Puts the WS-Addressing headers of a request into the context. */
static void address(struct soap *soap, const char *url, const char *action) {
    soap_wsa_request(soap, soap_wsa_rand_uuid(soap), url, action);
    soap_wsa_add_ReplyTo(soap, soap_wsa_anonymousURI);
}

/* Why a call failed, in the words of gSOAP. */
static const char *reason(struct soap *soap) {
    static char words[1024];
    soap_sprint_fault(soap, words, sizeof words);
    return words;
}

/* The code of the first error; warnings are passed over. */
static const char *first_error(struct rs__RegistryErrorListType *list) {
    for (int index = 0; list && index < list->__sizeRegistryError; index++) {
        const char *severity = list->RegistryError_[index].severity;
        if (!severity || !strcmp(severity, ERROR)) return list->RegistryError_[index].errorCode;
    }
    return "";
}

/* The headers of the answer: its action, and that it relates to this request. */
static int headers_are_right(struct soap *soap, const char *action, const char *message_id) {
    struct SOAP_ENV__Header *header = soap->header;
    return header && header->wsa5__Action && !strcmp(header->wsa5__Action, action) && header->wsa5__RelatesTo
        && !strcmp(header->wsa5__RelatesTo->__item, message_id);
}

static void submit_metadata(struct soap *soap, const char *unique_id) {
    struct lcm__SubmitObjectsRequestType request;
    struct rs__RegistryResponseType response;
    struct document document = {
        patient, unique_id, repository, "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", "43"};
    soap_default_lcm__SubmitObjectsRequestType(soap, &request);
    request.rim__RegistryObjectList = submission(soap, &document);
    address(soap, registry_url, "urn:ihe:iti:2007:RegisterDocumentSet-b");
    char *message_id = soap_strdup(soap, soap->header->wsa5__MessageID);
    int status = soap_call___xds__DocumentRegistry_USCORERegisterDocumentSet_b(
        soap, registry_url, "urn:ihe:iti:2007:RegisterDocumentSet-b", &request, &response);
    check(status == SOAP_OK && !strcmp(response.status, SUCCESS), "ITI-42 registers a document",
        status ? reason(soap) : first_error(response.RegistryErrorList));
    if (status) return;
    check(headers_are_right(soap, "urn:ihe:iti:2007:RegisterDocumentSet-bResponse", message_id),
        "ITI-42: the answer has its action and relates to the request", "wsa:Action or wsa:RelatesTo");

    /* The same SubmissionSet once more. */
    address(soap, registry_url, "urn:ihe:iti:2007:RegisterDocumentSet-b");
    status = soap_call___xds__DocumentRegistry_USCORERegisterDocumentSet_b(
        soap, registry_url, "urn:ihe:iti:2007:RegisterDocumentSet-b", &request, &response);
    check(status == SOAP_OK && !strcmp(response.status, FAILURE)
            && !strcmp(first_error(response.RegistryErrorList), "XDSDuplicateUniqueIdInRegistry"),
        "ITI-42: the same submission once more is XDSDuplicateUniqueIdInRegistry",
        status ? reason(soap) : first_error(response.RegistryErrorList));
}

static int provide(struct soap *soap, const char *unique_id) {
    struct xds__ProvideAndRegisterDocumentSetRequestType request;
    struct rs__RegistryResponseType response;
    struct document document = {patient, unique_id, NULL, NULL, NULL};
    soap_default_xds__ProvideAndRegisterDocumentSetRequestType(soap, &request);
    request.lcm__SubmitObjectsRequest = soap_new_lcm__SubmitObjectsRequestType(soap, 1);
    request.lcm__SubmitObjectsRequest->rim__RegistryObjectList = submission(soap, &document);
    request.__sizeDocument = 1;
    request.Document = soap_new_xds__SubmittedDocumentType(soap, 1);
    request.Document->id = "document";
    request.Document->__item.__ptr = (unsigned char *)text;
    request.Document->__item.__size = sizeof text - 1;
    request.Document->__item.type = "text/plain"; /* a type, no id: a part with an id of gSOAP's own */
    address(soap, repository_url, "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b");
    int status = soap_call___xds__DocumentRepository_USCOREProvideAndRegisterDocumentSet_b(
        soap, repository_url, "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b", &request, &response);
    check(status == SOAP_OK && !strcmp(response.status, SUCCESS), "ITI-41 submits a document as an MTOM part",
        status ? reason(soap) : first_error(response.RegistryErrorList));
    return status == SOAP_OK;
}

/* An ITI-18 query of two parameters; the second may be NULL. */
static int query(
    struct soap *soap, const char *id, enum query__ReturnType type, const char *const parameters[4],
    struct query__AdhocQueryResponseType *response) {
    struct query__AdhocQueryRequestType request;
    struct rim__AdhocQueryType *adhoc = soap_new_rim__AdhocQueryType(soap, 1);
    soap_default_query__AdhocQueryRequestType(soap, &request);
    request.ResponseOption = soap_new_query__ResponseOptionType(soap, 1);
    request.ResponseOption->returnType = type;
    request.ResponseOption->returnComposedObjects = xsd__boolean__true_;
    adhoc->id = soap_strdup(soap, id);
    for (int index = 0; index < 4 && parameters[index]; index += 2) {
        add_slot(soap, &adhoc->__sizeSlot, &adhoc->Slot_, parameters[index], parameters[index + 1]);
    }
    request.rim__AdhocQuery = adhoc;
    address(soap, registry_url, "urn:ihe:iti:2007:RegistryStoredQuery");
    return soap_call___xds__DocumentRegistry_USCORERegistryStoredQuery(
        soap, registry_url, "urn:ihe:iti:2007:RegistryStoredQuery", &request, response);
}

static void find(struct soap *soap, const char *unique_id) {
    struct query__AdhocQueryResponseType response;
    char quoted[300], listed[300];
    snprintf(quoted, sizeof quoted, "'%s'", patient);
    const char *const by_patient[4] = {
        "$XDSDocumentEntryPatientId", quoted, "$XDSDocumentEntryStatus", APPROVED};
    int status = query(soap, FIND_DOCUMENTS, query__ReturnType__ObjectRef, by_patient, &response);
    check(status == SOAP_OK && !strcmp(response.status, SUCCESS)
            && response.rim__RegistryObjectList->__size_RegistryObjectListType == 2,
        "ITI-18 FindDocuments gives the ids of both documents", status ? reason(soap) : response.status);

    snprintf(listed, sizeof listed, "('%s')", unique_id);
    const char *const by_id[4] = {"$XDSDocumentEntryUniqueId", listed, NULL, NULL};
    status = query(soap, GET_DOCUMENTS, query__ReturnType__LeafClass, by_id, &response);
    int found = status == SOAP_OK && response.rim__RegistryObjectList->__size_RegistryObjectListType == 1;
    struct __rim__union_RegistryObjectListType *object =
        found ? response.rim__RegistryObjectList->__union_RegistryObjectListType : NULL;
    int whole = object
        && object->__union_RegistryObjectListType == SOAP_UNION__rim__union_RegistryObjectListType_ExtrinsicObject
        && !strcmp(object->union_RegistryObjectListType.ExtrinsicObject->Name->LocalizedString_[0].value,
            "Ontslagbrief van gSOAP");
    check(whole, "ITI-18 GetDocuments gives the whole entry", status ? reason(soap) : response.status);

    const char *const nothing[4] = {NULL, NULL, NULL, NULL};
    status = query(soap, FIND_DOCUMENTS, query__ReturnType__LeafClass, nothing, &response);
    check(status == SOAP_OK && !strcmp(response.status, FAILURE)
            && !strcmp(first_error(response.rs__RegistryErrorList), "XDSStoredQueryMissingParam"),
        "ITI-18 without a patient is XDSStoredQueryMissingParam", status ? reason(soap) : response.status);
}

static void retrieve(struct soap *soap, const char *unique_id) {
    struct xds__RetrieveDocumentSetRequestType request;
    struct xds__RetrieveDocumentSetResponseType response;
    soap_default_xds__RetrieveDocumentSetRequestType(soap, &request);
    request.__sizeDocumentRequest = 1;
    request.DocumentRequest = soap_new_xds__DocumentRequestType(soap, 1);
    request.DocumentRequest->RepositoryUniqueId = soap_strdup(soap, repository);
    request.DocumentRequest->DocumentUniqueId = soap_strdup(soap, unique_id);
    address(soap, repository_url, "urn:ihe:iti:2007:RetrieveDocumentSet");
    int status = soap_call___xds__DocumentRepository_USCORERetrieveDocumentSet(
        soap, repository_url, "urn:ihe:iti:2007:RetrieveDocumentSet", &request, &response);
    int same = status == SOAP_OK && response.__sizeDocumentResponse == 1
        && response.DocumentResponse->Document.__size == (int)sizeof text - 1
        && !memcmp(response.DocumentResponse->Document.__ptr, text, sizeof text - 1);
    check(same, "ITI-43 gives the document back, byte for byte, as an MTOM part",
        status ? reason(soap) : response.rs__RegistryResponse->status);
}

int main(int count, char *arguments[]) {
    if (count != 5) {
        fprintf(stderr, "usage: client BASE_URL PKI_DIRECTORY PATIENT_ID REPOSITORY_UNIQUE_ID\n");
        return 2;
    }
    base = arguments[1], patient = arguments[3], repository = arguments[4];
    snprintf(registry_url, sizeof registry_url, "%s/xds/registry", base);
    snprintf(repository_url, sizeof repository_url, "%s/xds/repository", base);
    char authority[1024], identity[2048];
    snprintf(authority, sizeof authority, "%s/ca.pem", arguments[2]);
    /* gSOAP reads certificate and key from one file. */
    snprintf(identity, sizeof identity, "%s", "identity.pem");

    soap_ssl_init();
    struct soap *soap = soap_new1(SOAP_C_UTFSTRING | SOAP_XML_STRICT);
    struct soap *packages = soap_new1(SOAP_C_UTFSTRING | SOAP_XML_STRICT | SOAP_ENC_MTOM);
    struct soap *contexts[] = {soap, packages};
    for (int index = 0; index < 2; index++) {
        contexts[index]->connect_timeout = contexts[index]->send_timeout = contexts[index]->recv_timeout = 30;
        soap_register_plugin(contexts[index], soap_wsa);
        if (soap_ssl_client_context(
                contexts[index], SOAP_SSL_REQUIRE_SERVER_AUTHENTICATION, identity, NULL, authority, NULL, NULL)) {
            fprintf(stderr, "gSOAP: %s\n", reason(contexts[index]));
            return 1;
        }
    }
    char *registered = new_identifier(soap), *provided = new_identifier(soap);
    submit_metadata(soap, registered);
    if (provide(packages, provided)) {
        find(soap, provided);
        retrieve(packages, provided);
    }
    for (int index = 0; index < 2; index++) {
        soap_destroy(contexts[index]);
        soap_end(contexts[index]);
        soap_free(contexts[index]);
    }
    return failures ? 1 : 0;
}
