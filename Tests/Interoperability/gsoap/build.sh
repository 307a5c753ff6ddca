#!/usr/bin/env bash
# Makes the gSOAP client from the WSDL and XSD files that a running gateway serves.
#
#   build.sh BASE_URL PKI_DIRECTORY FOLDER     everything it makes is in FOLDER; the program is FOLDER/client
set -euo pipefail

readonly base=$1 folder=$3
pki=$(realpath "$2")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here pki share=/usr/share/gsoap

mkdir -p "$folder"
cd "$folder"
fetch() { curl -sS --fail --noproxy '*' --cacert "$pki/ca.pem" --cert "$pki/gp.pem" --key "$pki/gp.key" "$base$1"; }
# On the server each file is a query of the service's address; here they lie beside each other.
local_names() { sed 's/schemaLocation="?xsd=/schemaLocation="/g'; }

for service in registry repository; do
    fetch "/xds/$service?wsdl" | local_names >"$service.wsdl"
    for schema in $(sed -nE 's/.*schemaLocation="([^"]+)".*/\1/p' "$service.wsdl") rim.xsd xml.xsd lcm.xsd; do
        [ -e "$schema" ] || fetch "/xds/$service?xsd=$schema" | local_names >"$schema"
    done
done
# The patient feed is only read: its messages are open inside.
fetch '/pix?wsdl' | local_names >pix.wsdl
fetch '/pix?xsd=pix.xsd' >pix.xsd
wsdl2h -c -L -W -o pix.h pix.wsdl >/dev/null 2>pix.log || { cat pix.log >&2; exit 1; }
cp "$here/typemap.dat" .
wsdl2h -c -L -W -t typemap.dat -o gateway.h registry.wsdl repository.wsdl >/dev/null 2>wsdl2h.log \
    || { cat wsdl2h.log >&2; exit 1; }
# All services in one program: one table of namespaces is enough.
soapcpp2 -c -C -2 -L -w -x -I"$share/import" gateway.h >soapcpp2.log 2>&1 || { cat soapcpp2.log >&2; exit 1; }
mv -f -- *.nsmap gateway.nsmap
cat "$pki/gp.pem" "$pki/gp.key" >identity.pem
read -ra flags <<<"$(pkg-config --cflags gsoapssl)"
read -ra libraries <<<"$(pkg-config --libs gsoapssl)"
gcc -O0 "${flags[@]}" -I. -I"$here" -I"$share/import" -I"$share/plugin" -o client \
    "$here/client.c" "$here/metadata.c" soapC.c soapClient.c "$share/plugin/wsaapi.c" \
    "${libraries[@]}" -lssl -lcrypto -lz
