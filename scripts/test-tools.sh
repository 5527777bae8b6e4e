#!/usr/bin/env bash
# Sees that what the tests need beside Go is there: Node, PostgreSQL's server programs,
# and Chromium for the browser tests.
set -euo pipefail

have_node() { command -v node >/dev/null && command -v npm >/dev/null; }
have_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1; }
have_chromium() { [ -x "${REMIT_CHROMIUM:-/usr/bin/chromium}" ]; }

missing=()
have_node || missing+=(nodejs npm)
have_postgres || missing+=(postgresql)
have_chromium || missing+=(chromium)
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need what is not here: ${missing[*]}" >&2
  echo "They start a PostgreSQL server of their own, and drive the web app in Chromium (REMIT_CHROMIUM names it where it is elsewhere)." >&2
  echo "Install them, e.g.: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "Installing for the tests: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# No cluster of the system's own: the tests make and remove theirs.
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
apt-get update -q >/dev/null
apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
have_node && have_postgres && have_chromium
