#!/usr/bin/env bash
# Submits files by ITI-41, finds them by ITI-18 and retrieves them by ITI-43, with curl and messages written here.
# The bytes that come back are compared with cmp.
#
#   curl_submit.sh BASE_URL PKI_DIRECTORY PATIENT_ID FILE...
#
# CERTIFICATE (default hospital) names who does it. Exit status 0 when every step was right.
set -euo pipefail
# In bash 5.2 an "&" in a replacement would stand for what was matched.
shopt -u patsub_replacement 2>/dev/null || true

[ $# -ge 4 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
readonly base=$1 pki=$2 patient=$3 certificate=${CERTIFICATE:-hospital}
shift 3
readonly files=("$@")
readonly success=urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success
readonly codes='2.999.20.1'
work=$(mktemp -d)
readonly work
trap 'rm -rf -- "$work"' EXIT

fail() { printf 'curl: %s\n' "$*" >&2; exit 1; }

new_uuid() { cat /proc/sys/kernel/random/uuid; }

# An OID of our own: a random number of 60 bits below the example arc.
new_oid() { printf '2.999.30.%d' "$((0x$(od -An -N7 -tx1 /dev/urandom | tr -d ' \n')))"; }

xml() { local text=${1//&/&amp;}; text=${text//</&lt;}; printf '%s' "${text//\"/&quot;}"; }

slot() {
    printf '<rim:Slot name="%s"><rim:ValueList><rim:Value>%s</rim:Value></rim:ValueList></rim:Slot>' "$1" "$(xml "$2")"
}

name() { printf '<rim:Name><rim:LocalizedString xml:lang="nl-NL" value="%s"/></rim:Name>' "$(xml "$1")"; }

# code OWNER SCHEME VALUE TEXT
code() {
    printf '<rim:Classification id="code-%s" classifiedObject="%s" classificationScheme="urn:uuid:%s"' "$(new_uuid)" "$1" "$2"
    printf ' nodeRepresentation="%s">%s%s</rim:Classification>' "$3" "$(slot codingScheme "$codes")" "$(name "$4")"
}

# identifier OWNER SCHEME NAME VALUE
identifier() {
    printf '<rim:ExternalIdentifier id="identifier-%s" registryObject="%s"' "$(new_uuid)" "$1"
    printf ' identificationScheme="urn:uuid:%s" value="%s">%s</rim:ExternalIdentifier>' "$2" "$(xml "$4")" "$(name "$3")"
}

media_type() {
    case $1 in
        *.pdf) printf application/pdf ;;
        *.xml) printf text/xml ;;
        *.jpg) printf image/jpeg ;;
        *) printf application/octet-stream ;;
    esac
}

# document_entry SYMBOL UNIQUE_ID FILE
document_entry() {
    printf '<rim:ExtrinsicObject id="%s" mimeType="%s" objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">' \
        "$1" "$(media_type "$3")"
    slot creationTime 20250304101500
    slot languageCode nl-NL
    slot sourcePatientId 'P0077^^^&2.999.10.1&ISO'
    name "${3##*/}"
    code "$1" 41a5887f-8865-4c09-adf7-e362475b143a REPORTS Verslag
    code "$1" f4f85eac-e6cb-4883-b524-f2705394840f N Normaal
    code "$1" a09d5840-386c-46f2-b5ad-9c3699a4309d urn:ihe:iti:xds:2017:mimeTypeSufficient 'Zie mimeType'
    code "$1" f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1 V4 Ziekenhuis
    code "$1" cccf5598-8b07-4b77-a05e-ae952c785ead 0320 Cardiologie
    code "$1" f0306f51-975f-434e-a61c-c59651d33983 11490-0 Ontslagbrief
    identifier "$1" 58a6f841-87b3-4a3e-92fd-a8ffeff98427 XDSDocumentEntry.patientId "$patient"
    identifier "$1" 2e82c1f6-a085-4c72-9da3-8640a32e42ab XDSDocumentEntry.uniqueId "$2"
    printf '</rim:ExtrinsicObject>'
}

submission_set() {
    printf '<rim:RegistryPackage id="set">'
    slot submissionTime 20250304102000
    printf '<rim:Classification id="node" classifiedObject="set"'
    printf ' classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"/>'
    code set aa543740-bdda-424e-8c96-df4873be8500 18842-5 Ontslag
    identifier set 6b5aea1a-874d-4603-a4bc-96a0a7b38446 XDSSubmissionSet.patientId "$patient"
    identifier set 554ac39e-e3fe-47fe-b233-965d2a147832 XDSSubmissionSet.sourceId 2.999.10.2
    identifier set 96fdda7c-d067-4183-912e-bf5ee74998a8 XDSSubmissionSet.uniqueId "$(new_oid)"
    printf '</rim:RegistryPackage>'
}

# Everything of an envelope before and after the body's child.
envelope_head() {
    printf '<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    printf ' xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">'
    printf '<s:Header><wsa:Action s:mustUnderstand="1">%s</wsa:Action><wsa:MessageID>urn:uuid:%s</wsa:MessageID>' \
        "$1" "$(new_uuid)"
    printf '<wsa:ReplyTo><wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address></wsa:ReplyTo>'
    printf '<wsa:To>%s</wsa:To></s:Header><s:Body>' "$2"
}
envelope_tail() { printf '</s:Body></s:Envelope>'; }

# post PATH CONTENT_TYPE BODY_FILE ANSWER_NAME: keeps the answer's body and headers, and wants HTTP 200.
post() {
    local status
    status=$(curl --silent --show-error --max-time 300 --output "$work/$4" --dump-header "$work/$4.headers" \
        --write-out '%{http_code}' --cacert "$pki/ca.pem" --cert "$pki/$certificate.pem" --key "$pki/$certificate.key" \
        --header "Content-Type: $2" --request POST --upload-file "$3" "$base$1")
    [ "$status" = 200 ] || { cat "$work/$4" >&2; fail "$4: HTTP $status"; }
    grep -aq "status=\"$success\"" "$work/$4" || { grep -a errorCode "$work/$4" >&2 || true; fail "$4: not a success"; }
}

part_head() { printf -- '--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <%s>\r\n\r\n' "$@"; }

# ITI-41: the envelope, then one part for each file.
submit() {
    local index boundary; boundary=part_$(new_uuid)
    {
        part_head "$boundary" 'application/xop+xml; charset=UTF-8; type="application/soap+xml"' root@curl.example
        envelope_head urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b "$base/xds/repository"
        printf '<xds:ProvideAndRegisterDocumentSetRequest xmlns:xds="urn:ihe:iti:xds-b:2007">'
        printf '<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0">'
        printf '<rim:RegistryObjectList>'
        for index in "${!files[@]}"; do
            document_entry "Document$index" "${unique_ids[index]}" "${files[index]}"
            printf '<rim:Association id="member%s" sourceObject="set" targetObject="Document%s"' "$index" "$index"
            printf ' associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember">'
            slot SubmissionSetStatus Original
            printf '</rim:Association>'
        done
        submission_set
        printf '</rim:RegistryObjectList></lcm:SubmitObjectsRequest>'
        for index in "${!files[@]}"; do
            printf '<xds:Document id="Document%s"><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include"' "$index"
            printf ' href="cid:file%s@curl.example"/></xds:Document>' "$index"
        done
        printf '</xds:ProvideAndRegisterDocumentSetRequest>'
        envelope_tail
        printf '\r\n'
        for index in "${!files[@]}"; do
            part_head "$boundary" "$(media_type "${files[index]}")" "file$index@curl.example"
            cat -- "${files[index]}"
            printf '\r\n'
        done
        printf -- '--%s--\r\n' "$boundary"
    } >"$work/submit.body"
    post /xds/repository "multipart/related; type=\"application/xop+xml\"; start=\"<root@curl.example>\"; \
start-info=\"application/soap+xml\"; boundary=\"$boundary\"" "$work/submit.body" ITI-41
}

# ITI-18 GetDocuments by uniqueId; sets repository.
find_them() {
    local list; list=$(printf "'%s'," "${unique_ids[@]}")
    {
        envelope_head urn:ihe:iti:2007:RegistryStoredQuery "$base/xds/registry"
        printf '<query:AdhocQueryRequest xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0">'
        printf '<query:ResponseOption returnType="LeafClass" returnComposedObjects="true"/>'
        printf '<rim:AdhocQuery id="urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4">'
        slot "\$XDSDocumentEntryUniqueId" "(${list%,})"
        printf '</rim:AdhocQuery></query:AdhocQueryRequest>'
        envelope_tail
    } >"$work/query.body"
    post /xds/registry 'application/soap+xml; charset=UTF-8' "$work/query.body" ITI-18
    local id
    for id in "${unique_ids[@]}"; do
        grep -qF "value=\"$id\"" "$work/ITI-18" || fail "ITI-18 does not show $id"
    done
    repository=$(tr -d '\n' <"$work/ITI-18" \
        | sed -nE 's/.*name="repositoryUniqueId"[^>]*>\s*<[^>]*ValueList[^>]*>\s*<[^>]*Value[^>]*>\s*([0-9.]+).*/\1/p')
    [ -n "$repository" ] || fail "ITI-18 shows no repositoryUniqueId"
}

# retrieve UNIQUE_ID FILE: ITI-43 in an MTOM package without attachments, as the transaction asks.
retrieve() {
    local boundary answer_boundary content_id
    boundary=part_$(new_uuid)
    {
        part_head "$boundary" 'application/xop+xml; charset=UTF-8; type="application/soap+xml"' root@curl.example
        envelope_head urn:ihe:iti:2007:RetrieveDocumentSet "$base/xds/repository"
        printf '<RetrieveDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007"><DocumentRequest>'
        printf '<RepositoryUniqueId>%s</RepositoryUniqueId><DocumentUniqueId>%s</DocumentUniqueId>' "$repository" "$1"
        printf '</DocumentRequest></RetrieveDocumentSetRequest>'
        envelope_tail
        printf '\r\n--%s--\r\n' "$boundary"
    } >"$work/retrieve.body"
    post /xds/repository "multipart/related; type=\"application/xop+xml\"; start=\"<root@curl.example>\"; \
start-info=\"application/soap+xml\"; boundary=$boundary" "$work/retrieve.body" ITI-43
    answer_boundary=$(sed -nE 's/^content-type:.*boundary="?([^";[:cntrl:]]+)"?.*/\1/Ip' "$work/ITI-43.headers")
    [ -n "$answer_boundary" ] || fail "ITI-43 was not answered with an MTOM package"
    content_id=$(grep -aoE 'href="cid:[^"]+"' "$work/ITI-43" | head -n 1 | sed -E 's/href="cid:(.*)"/\1/')
    [ -n "$content_id" ] || fail "the answer to ITI-43 refers to no attachment"
    extract_part "$work/ITI-43" "$answer_boundary" "$content_id" >"$work/document"
    cmp -- "$work/document" "$2" || fail "$2 came back different"
}

# extract_part FILE BOUNDARY CONTENT_ID: writes the bytes of that part.
extract_part() {
    local -a starts
    local index begin end blank
    mapfile -t starts < <(LC_ALL=C grep -aboF -- "--$2" "$1" | cut -d: -f1)
    for ((index = 0; index + 1 < ${#starts[@]}; index++)); do
        begin=${starts[index]} end=${starts[index + 1]}
        tail -c "+$((begin + 1))" "$1" | head -c 4096 >"$work/part.head" || true
        # The headers end with the first empty line.
        blank=$(LC_ALL=C grep -abxm1 $'\r' "$work/part.head" | cut -d: -f1)
        if head -c "$blank" "$work/part.head" | grep -aqF "<$3>"; then
            tail -c "+$((begin + blank + 3))" "$1" | head -c "$((end - begin - blank - 4))" || true
            return 0
        fi
    done
    fail "the answer has no part <$3>"
}

unique_ids=()
for _ in "${files[@]}"; do unique_ids+=("$(new_oid)"); done
submit
find_them
for index in "${!files[@]}"; do retrieve "${unique_ids[index]}" "${files[index]}"; done
printf 'curl: %d documents submitted, found and retrieved, all bytes equal\n' "${#files[@]}"
