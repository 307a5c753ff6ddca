#!/usr/bin/env bash
# The development PKI: certificates to try the gateway with. Never for a network with patients.
#
#   pki.sh [-v] DIR
#
# Writes into DIR, with keys of mode 0600:
#   ca.pem, ca.key            the certificate authority of the demo region
#   crl.pem                   its revocation list
#   stranger-ca.pem, .key     an authority the gateway does not trust
#   NAME.pem, NAME.key        a leaf certificate alone (no chain) and its key, for NAME in
#     server                  localhost, 127.0.0.1, ::1 and this machine's host name
#     hospital, gp            organisations with a URA in the certificate, as a UZI server certificate has it
#     carehome                an organisation without: it is registered by the fingerprint of its public key
#     unregistered            a sound certificate that belongs to no organisation
#     revoked, expired        earlier certificates of the hospital, one on the revocation list, one out of date
#     stranger                names the hospital's URA, but another authority signed it
#   audit.key                 the key that signs checkpoints of the audit trail, audit.pem its public half
#
# What is there and sound stays; what is missing, foreign to ca.pem or expires within 30 days is made again.
# All keys are EC P-256, all signatures ECDSA with SHA-256, certificates live 825 days. Names and URAs are invented.
set -euo pipefail

readonly renew_seconds=$((30 * 24 * 3600)) leaf_days=825 authority_days=3650 list_days=90
exec 8>/dev/null
if [ "${1:-}" = -v ]; then exec 8>&2; shift; fi
if [ $# -ne 1 ]; then sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; fi
mkdir -p "$1"
cd "$1"
umask 077
exec 9>.lock
flock 9

say() { printf '%s\n' "$*" >&8; }

# Runs openssl; shows what it says only when it fails.
quietly() {
    local said
    said=$(openssl "$@" 2>&1) || { printf '%s\nopenssl %s failed\n' "$said" "$1" >&2; return 1; }
}

new_key() { quietly genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

instant() { date -u -d "$1" +%Y%m%d%H%M%SZ; }

sound_for_a_while() { openssl x509 -in "$1" -noout -checkend "$renew_seconds" >/dev/null 2>&1; }

key_fits() {
    [ "$(openssl x509 -in "$1.pem" -noout -pubkey 2>/dev/null)" = "$(openssl pkey -in "$1.key" -pubout 2>/dev/null)" ]
}

# authority NAME COMMON_NAME: NAME.pem, NAME.key and the book keeping of "openssl ca" in .NAME/
authority() {
    local name=$1 common_name=$2
    if sound_for_a_while "$name.pem" && key_fits "$name" && [ -f ".$name/index.txt" ]; then return 0; fi
    say "making $name.pem"
    rm -rf -- ".$name" "$name.pem" "$name.key"
    mkdir -p ".$name/issued"
    : >".$name/index.txt"
    printf 'unique_subject = no\n' >".$name/index.txt.attr"
    printf '01\n' >".$name/crlnumber"
    cat >".$name/openssl.cnf" <<CONF
[ca]
default_ca = authority
[authority]
certificate = $name.pem
private_key = $name.key
database = .$name/index.txt
new_certs_dir = .$name/issued
rand_serial = yes
crlnumber = .$name/crlnumber
default_md = sha256
policy = policy
crl_extensions = crl
[policy]
countryName = supplied
organizationName = supplied
serialNumber = optional
commonName = supplied
[crl]
authorityKeyIdentifier = keyid:always
[req]
prompt = no
distinguished_name = subject
x509_extensions = authority_extensions
[subject]
C = NL
O = ZorgNetOost (development only)
CN = $common_name
[authority_extensions]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
CONF
    new_key "$name.key"
    quietly req -new -x509 -config ".$name/openssl.cnf" -key "$name.key" -sha256 -days "$authority_days" \
        -out "$name.pem.new"
    mv -f -- "$name.pem.new" "$name.pem"
}

# leaf AUTHORITY NAME ORGANISATION COMMON_NAME USAGE ALTERNATIVE_NAMES [UZI_NUMBER] [NOT_BEFORE NOT_AFTER]
leaf() {
    local authority=$1 name=$2 organisation=$3 common_name=$4 usage=$5 alternative_names=$6 uzi_number=${7:-}
    local not_before=${8:-1 hour ago} not_after=${9:-$leaf_days days}
    say "making $name.pem"
    rm -f -- "$name.pem" "$name.key"
    new_key "$name.key"
    cat >".$authority/leaf.cnf" <<CONF
[req]
prompt = no
string_mask = utf8only
utf8 = yes
distinguished_name = subject
[subject]
C = NL
O = $organisation
CN = $common_name
${uzi_number:+serialNumber = $uzi_number}

[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = $usage
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
subjectAltName = $alternative_names
CONF
    quietly req -new -config ".$authority/leaf.cnf" -key "$name.key" -out ".$authority/$name.csr"
    quietly ca -batch -notext -config ".$authority/openssl.cnf" -extfile ".$authority/leaf.cnf" -extensions leaf \
        -startdate "$(instant "$not_before")" -enddate "$(instant "$not_after")" \
        -in ".$authority/$name.csr" -out "$name.pem.new"
    rm -f -- ".$authority/$name.csr" ".$authority/leaf.cnf"
    mv -f -- "$name.pem.new" "$name.pem"
}

# Signed by this authority, whatever the clock says, and with its own key beside it.
belongs_to() {
    openssl verify -no_check_time -CAfile "$1.pem" "$2.pem" >/dev/null 2>&1 && key_fits "$2"
}

usable() { belongs_to "$1" "$2" && sound_for_a_while "$2.pem"; }

# The name of a UZI server certificate: issuing CA, version, UZI number, kind S (server), URA, no role, no AGB code.
uzi_server_name() { printf 'otherName:2.5.5.5;IA5STRING:2.16.528.1.1003.1.3.5.5.5-1-%s-S-%s-00.000-00000000' "$1" "$2"; }

server() {
    local host names='DNS:localhost, IP:127.0.0.1, IP:::1'
    host=$(hostname 2>/dev/null | LC_ALL=C grep -xE '[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?' || true)
    if [ -n "$host" ] && [ "$host" != localhost ]; then names+=", DNS:$host"; fi
    if usable ca server && { [ -z "$host" ] \
        || openssl x509 -in server.pem -noout -checkhost "$host" | grep -q 'does match'; }; then return 0; fi
    leaf ca server 'ZorgNetOost (development only)' localhost 'serverAuth, clientAuth' "$names"
}

clients() {
    local hospital='Ziekenhuis Oost' ura=90000001
    usable ca hospital || leaf ca hospital "$hospital" xds.ziekenhuis-oost.example clientAuth \
        "DNS:xds.ziekenhuis-oost.example, $(uzi_server_name 900000001 $ura)" 900000001
    usable ca gp || leaf ca gp 'Huisartsenpraktijk De Esch' his.de-esch.example clientAuth \
        "DNS:his.de-esch.example, $(uzi_server_name 900000002 90000002)" 900000002
    usable ca carehome || leaf ca carehome 'Verpleeghuis Het Hofje' ecd.het-hofje.example clientAuth \
        'DNS:ecd.het-hofje.example'
    usable ca unregistered || leaf ca unregistered 'Praktijk Onbekend' onbekend.example clientAuth \
        'DNS:onbekend.example'
    usable ca revoked || leaf ca revoked "$hospital" oud.ziekenhuis-oost.example clientAuth \
        "DNS:oud.ziekenhuis-oost.example, $(uzi_server_name 900000003 $ura)" 900000003
    belongs_to ca expired || leaf ca expired "$hospital" verlopen.ziekenhuis-oost.example clientAuth \
        "DNS:verlopen.ziekenhuis-oost.example, $(uzi_server_name 900000004 $ura)" 900000004 '400 days ago' '35 days ago'
    usable stranger-ca stranger || leaf stranger-ca stranger "$hospital" xds.ziekenhuis-oost.example clientAuth \
        "DNS:xds.ziekenhuis-oost.example, $(uzi_server_name 900000001 $ura)" 900000001
}

list_is_good() {
    local serial next
    serial=$(openssl x509 -in revoked.pem -noout -serial | cut -d= -f2)
    openssl crl -in crl.pem -CAfile ca.pem -noout >/dev/null 2>&1 || return 1
    openssl crl -in crl.pem -noout -text | grep -q "Serial Number: $serial\$" || return 1
    next=$(openssl crl -in crl.pem -noout -nextupdate | cut -d= -f2)
    [ "$(date -d "$next" +%s)" -gt $(($(date +%s) + renew_seconds)) ]
}

revocation_list() {
    if [ -f crl.pem ] && list_is_good; then return 0; fi
    say "making crl.pem"
    local serial; serial=$(openssl x509 -in revoked.pem -noout -serial | cut -d= -f2)
    if ! awk -F '\t' -v serial="$serial" '$1 == "R" && $4 == serial { found = 1 } END { exit !found }' .ca/index.txt; then
        quietly ca -batch -config .ca/openssl.cnf -revoke revoked.pem -crl_reason superseded
    fi
    quietly ca -batch -config .ca/openssl.cnf -gencrl -crldays "$list_days" -out crl.pem.new
    mv -f -- crl.pem.new crl.pem
}

audit_key() {
    [ -f audit.key ] || new_key audit.key
    [ -f audit.pem ] || quietly pkey -in audit.key -pubout -out audit.pem
}

authority ca 'ZorgNetOost development CA'
authority stranger-ca 'Some other development CA'
server
clients
revocation_list
audit_key
chmod 0644 ./*.pem
