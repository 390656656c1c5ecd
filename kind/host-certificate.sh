#!/usr/bin/env bash
# Makes .kube/certificates/HOST.{key,crt} by this checkout's own CA, where they are missing: host-certificate.sh HOST
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=kind/settings.sh
source ./settings.sh
# shellcheck source=kind/progress.sh
source ./progress.sh
# shellcheck source=kind/certificates.sh
source ./certificates.sh
ensure_certificates "$1" "$1"
