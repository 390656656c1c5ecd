# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# A certificate authority of this checkout, and certificates for its hosts; renewed a week before they expire.
certificates=$state/certificates

# A browser can trust this authority safely: it may only issue for names under localhost.
create_authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
    -subj '/CN=IOD Functions local CA' -keyout "$certificates/ca.key" -out "$certificates/ca.crt" \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -addext 'nameConstraints=critical,permitted;DNS:localhost'
}

# create_server_certificate NAME HOST: NAME.key and NAME.crt, for HOST.
create_server_certificate() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
    -keyout "$certificates/$1.key" -out "$certificates/$1.csr"
  openssl x509 -req -in "$certificates/$1.csr" -CA "$certificates/ca.crt" -CAkey "$certificates/ca.key" \
    -days 397 -out "$certificates/$1.crt" -extfile - <<EXTENSIONS
subjectAltName = DNS:$2
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
EXTENSIONS
}

lasts_another_week() { openssl x509 -in "$1" -noout -checkend $((7 * 24 * 3600)) >/dev/null 2>&1; }

# ensure_certificates NAME HOST: the authority, and NAME.key and NAME.crt for HOST.
ensure_certificates() {
  mkdir -p "$certificates"
  (
    umask 077
    lasts_another_week "$certificates/ca.crt" || { rm -f "$certificates"/*.crt; create_authority; }
    lasts_another_week "$certificates/$1.crt" || create_server_certificate "$1" "$2"
  ) 2>"$certificates/openssl.log" ||
    { cat "$certificates/openssl.log" >&2; stop 'openssl could not create the certificates.'; }
}
