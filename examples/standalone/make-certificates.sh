#!/bin/sh
# Makes certificates/ beside this file: a root, one certificate a service, and one for a gateway to show to the world,
# all good for a day. To try things out; a mesh with an API issues and renews its own.
set -eu
cd "$(dirname "$0")"
mkdir -p certificates
cd certificates
umask 077

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

key root.key
openssl req -x509 -new -key root.key -days 1 -subj '/CN=Example root' -out root.crt
issue() {
  key "$1.key"
  printf 'subjectAltName=critical,%s\n' "$2" >"$1.ext"
  openssl req -new -key "$1.key" -subj / -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA root.crt -CAkey root.key -CAcreateserial -days 1 -extfile "$1.ext" -out "$1.crt"
  rm "$1.csr" "$1.ext"
}
for service in shop orders; do
  issue "$service" "URI:spiffe://mesh.example/service/$service"
done
issue public 'DNS:shop.example.com,DNS:*.example.com'
