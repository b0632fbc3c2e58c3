#!/bin/sh
# Creates and upgrades the tables of Temporal's two databases; deploy/database.ts has created the
# databases. Safe to repeat. Before a newer server starts, run this with that server's version of
# the tool.
set -eu
SQL_PASSWORD=$(cat "$SQL_PASSWORD_FILE")
export SQL_PASSWORD

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  temporal-sql-tool --db "$database" setup-schema -v 0.0
  temporal-sql-tool --db "$database" update-schema --schema-name "postgresql/v12/${pair##*:}"
done
