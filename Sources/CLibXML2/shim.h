#ifndef CLIBXML2_SHIM_H
#define CLIBXML2_SHIM_H

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlIO.h>
#include <libxml/uri.h>

/// A C type of its own for the pieces libxml2 offers only as variadic functions, so that Swift can use them.
static void clibxml2_ignore_generic(void *context, const char *message, ...) {
    (void)context;
    (void)message;
}

static void clibxml2_ignore_structured(void *context, xmlErrorPtr error) {
    (void)context;
    (void)error;
}

/// Silences the error channels of the calling thread that belong to no parser context. Without this libxml2 writes
/// messages that may quote the document to standard error. Both channels are thread-local, so every entry sets them.
static inline void clibxml2_silence_thread(void) {
    xmlSetGenericErrorFunc(NULL, clibxml2_ignore_generic);
    xmlSetStructuredErrorFunc(NULL, clibxml2_ignore_structured);
}

/// xmlFree is a variable that Swift cannot take for safe; nobody here changes it.
static inline void clibxml2_free(void *memory) {
    xmlFree(memory);
}

#endif
