#!/usr/bin/env bash
# Creates .kube/certificates/HOST.{key,crt} by this checkout's own authority, if missing: host-certificate.sh HOST
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=kind/settings.sh
source ./settings.sh
# shellcheck source=kind/progress.sh
source ./progress.sh
# shellcheck source=kind/certificates.sh
source ./certificates.sh
ensure_certificates "$1" "$1"
