#!/usr/bin/env bash
# Sees that what the tests need beside Go is there: PostgreSQL's server programs.
set -euo pipefail

have_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1; }

have_postgres && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests start a PostgreSQL server of their own and need its programs." >&2
  echo "Install them, e.g.: sudo apt-get install postgresql" >&2
  exit 1
fi
echo "Installing PostgreSQL for the tests"
export DEBIAN_FRONTEND=noninteractive
# No cluster of the system's own: the tests make and remove theirs.
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
apt-get update -q >/dev/null
apt-get install -y -q --no-install-recommends postgresql >/dev/null
have_postgres
