#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

#include <stdint.h>
#include <string.h>
#include <time.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/* What OpenSSL offers as macros, as functions Swift can see. Nothing else belongs here. */

static inline STACK_OF(X509) *copenssl_certificates_new(void) { return sk_X509_new_null(); }

/* Takes a reference of its own. */
static inline int copenssl_certificates_push(STACK_OF(X509) *stack, X509 *certificate) {
    if (X509_up_ref(certificate) != 1) return 0;
    if (sk_X509_push(stack, certificate) > 0) return 1;
    X509_free(certificate);
    return 0;
}

static inline void copenssl_certificates_free(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }

static inline int copenssl_certificates_count(const STACK_OF(X509) *stack) {
    return stack == NULL ? 0 : sk_X509_num(stack);
}

static inline X509 *copenssl_certificate_at(const STACK_OF(X509) *stack, int index) {
    return stack == NULL ? NULL : sk_X509_value(stack, index);
}

static inline int copenssl_points_count(const CRL_DIST_POINTS *points) { return sk_DIST_POINT_num(points); }

/* The full names of a distribution point, NULL when it has none. */
static inline const GENERAL_NAMES *copenssl_point_names(const CRL_DIST_POINTS *points, int index) {
    const DIST_POINT *point = sk_DIST_POINT_value(points, index);
    if (point == NULL || point->distpoint == NULL || point->distpoint->type != 0) return NULL;
    return point->distpoint->name.fullname;
}

static inline int copenssl_accesses_count(const AUTHORITY_INFO_ACCESS *accesses) {
    return sk_ACCESS_DESCRIPTION_num(accesses);
}

/* Where a status is asked by OCSP, NULL when this access is another one. */
static inline const GENERAL_NAME *copenssl_ocsp_access(const AUTHORITY_INFO_ACCESS *accesses, int index) {
    const ACCESS_DESCRIPTION *access = sk_ACCESS_DESCRIPTION_value(accesses, index);
    return access != NULL && OBJ_obj2nid(access->method) == NID_ad_OCSP ? access->location : NULL;
}

static inline int copenssl_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }

static inline const GENERAL_NAME *copenssl_name_at(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}

static inline int copenssl_revoked_count(X509_CRL *list) {
    STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(list);
    return entries == NULL ? 0 : sk_X509_REVOKED_num(entries);
}

/* A reader of bytes that stay where they are; the caller keeps them alive. */
static inline BIO *copenssl_reader(const void *bytes, int count) { return BIO_new_mem_buf(bytes, count); }

/* The bytes a memory writer holds, without a copy. */
static inline long copenssl_written(BIO *writer, char **bytes) { return BIO_get_mem_data(writer, bytes); }

/* Seconds since 1970-01-01T00:00:00Z. Returns 0 when the time is malformed. */
static inline int copenssl_seconds(const ASN1_TIME *time, int64_t *seconds) {
    struct tm parts;
    memset(&parts, 0, sizeof parts);
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    *seconds = (int64_t)timegm(&parts);
    return 1;
}

/* Stands in for the prompt OpenSSL would print for an encrypted key: gives no password. */
static inline int copenssl_no_password(char *buffer, int size, int writing, void *context) {
    (void)buffer;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static inline X509 *copenssl_read_certificate(BIO *reader) {
    return PEM_read_bio_X509(reader, NULL, copenssl_no_password, NULL);
}

static inline X509_CRL *copenssl_read_list(BIO *reader) {
    return PEM_read_bio_X509_CRL(reader, NULL, copenssl_no_password, NULL);
}

static inline EVP_PKEY *copenssl_read_private_key(BIO *reader) {
    return PEM_read_bio_PrivateKey(reader, NULL, copenssl_no_password, NULL);
}

static inline void *copenssl_check_context(X509_STORE_CTX *check) { return X509_STORE_CTX_get_app_data(check); }

static inline int copenssl_set_check_context(X509_STORE_CTX *check, void *context) {
    return X509_STORE_CTX_set_app_data(check, context);
}

/* RFC 4514 text with UTF-8 left readable. */
static const unsigned long COPENSSL_RFC4514 = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;

static const uint32_t COPENSSL_EXTENDED_USAGE_CLIENT = XKU_SSL_CLIENT;
static const uint32_t COPENSSL_EXTENDED_USAGE_SERVER = XKU_SSL_SERVER;
static const uint32_t COPENSSL_EXTENDED_USAGE_ANY = XKU_ANYEKU;

#endif
