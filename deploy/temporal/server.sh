#!/bin/sh
# Runs the Temporal server. Its configuration takes the database's password from the environment;
# this script reads it from a file, so that no description of the container contains it.
set -eu
SQL_PASSWORD=$(cat "$SQL_PASSWORD_FILE")
export SQL_PASSWORD
exec temporal-server --config-file /etc/tollgate/temporal/server.yaml --allow-no-auth start
