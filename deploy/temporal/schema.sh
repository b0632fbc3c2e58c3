#!/bin/sh
# Makes and upgrades the tables of Temporal's two databases; deploy/database.ts has made the
# databases themselves. Safe to repeat. Before a newer server starts, this runs from that server's
# version.
set -eu
SQL_PASSWORD=$(cat "$SQL_PASSWORD_FILE")
export SQL_PASSWORD

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  temporal-sql-tool --db "$database" setup-schema -v 0.0
  temporal-sql-tool --db "$database" update-schema --schema-name "postgresql/v12/${pair##*:}"
done
