#!/bin/sh
# Makes certificates/ beside this file: a root and one certificate a service, good for a day. To try things out;
# a mesh with an API issues and renews its own.
set -eu
cd "$(dirname "$0")"
mkdir -p certificates
cd certificates
umask 077

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

key root.key
openssl req -x509 -new -key root.key -days 1 -subj '/CN=Example root' -out root.crt
for service in shop orders; do
  key "$service.key"
  printf 'subjectAltName=critical,URI:spiffe://mesh.example/service/%s\n' "$service" >"$service.ext"
  openssl req -new -key "$service.key" -subj / -out "$service.csr"
  openssl x509 -req -in "$service.csr" -CA root.crt -CAkey root.key -CAcreateserial -days 1 -extfile "$service.ext" -out "$service.crt"
  rm "$service.csr" "$service.ext"
done
