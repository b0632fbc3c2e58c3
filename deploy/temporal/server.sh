#!/bin/sh
# Runs the Temporal server. Its configuration takes the database's password from the environment;
# this reads it from its file, so that it stands in no description of the container.
set -eu
SQL_PASSWORD=$(cat "$SQL_PASSWORD_FILE")
export SQL_PASSWORD
exec temporal-server --config-file /etc/tollgate/temporal/server.yaml --allow-no-auth start
