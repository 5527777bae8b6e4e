#!/usr/bin/env bash
# Brings the Maven Analytics "CRM Sales Opportunities" data set into Remit.
#
#   examples/maven/import.sh DATABASE_URL DATA_DIR
#   examples/maven/import.sh sqlite:maven.db ~/maven-crm
#
# DATA_DIR holds accounts.csv, products.csv, sales_teams.csv and
# sales_pipeline.csv. The script may be run again: records are recognised by
# their key and brought up to date.
set -euo pipefail

if [ $# != 2 ]; then
  sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
database=$1
data=$2
here=$(cd "$(dirname "$0")" && pwd)
remit=${REMIT:-$here/../../bin/remit}
[ -x "$remit" ] || { echo "no $remit: run make build first, or set REMIT" >&2; exit 1; }

run() { "$remit" import --database "$database" "$@"; }

# The 35 agents with their managers and offices. They have no addresses in the
# files, so they get first.last@maven.test.
run people "$data/sales_teams.csv" \
  --map sales_agent=name --map manager=manager --map regional_office=department \
  --email-domain maven.test --role sales-rep --manager-role sales-manager

# The executive, whom the files do not know.
run people "$here/executives.csv"

run products "$data/products.csv" --key name \
  --map product=name --map series=family --map sales_price=list_price

run accounts "$data/accounts.csv" --key name \
  --map account=name --map sector=industry --map year_established=founded_year \
  --map revenue=annual_revenue --map employees=employees \
  --map office_location=country --map subsidiary_of=parent

# One product is spelled in two ways. Open deals have no account, date or value
# yet: their cells stay empty.
run opportunities "$data/sales_pipeline.csv" --key external_ref \
  --map opportunity_id=external_ref --map opportunity_id=name \
  --map sales_agent=owner --map product=product --map account=account \
  --map deal_stage=stage --map engage_date=engage_date \
  --map close_date=close_date --map close_value=amount \
  --replace product:GTXPro="GTX Pro"
