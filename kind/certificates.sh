# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# A CA of this checkout's own, and certificates for its hosts. Made once; renewed a week before they end.
certificates=$state/certificates

# Trusting this CA in a browser is safe: it may speak for names under localhost and for nothing else.
make_authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
    -subj '/CN=IOD Functions local CA' -keyout "$certificates/ca.key" -out "$certificates/ca.crt" \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -addext 'nameConstraints=critical,permitted;DNS:localhost'
}

# make_server_certificate NAME HOST: NAME.key and NAME.crt, for HOST.
make_server_certificate() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
    -keyout "$certificates/$1.key" -out "$certificates/$1.csr"
  openssl x509 -req -in "$certificates/$1.csr" -CA "$certificates/ca.crt" -CAkey "$certificates/ca.key" \
    -days 397 -out "$certificates/$1.crt" -extfile - <<EOF
subjectAltName = DNS:$2
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
EOF
}

lasts_another_week() { openssl x509 -in "$1" -noout -checkend $((7 * 24 * 3600)) >/dev/null 2>&1; }

# ensure_certificates NAME HOST: the CA, and NAME.key and NAME.crt for HOST.
ensure_certificates() {
  mkdir -p "$certificates"
  (
    umask 077
    lasts_another_week "$certificates/ca.crt" || { rm -f "$certificates"/*.crt; make_authority; }
    lasts_another_week "$certificates/$1.crt" || make_server_certificate "$1" "$2"
  ) 2>"$certificates/openssl.log" || { cat "$certificates/openssl.log" >&2; stop 'openssl could not make the certificates.'; }
}
