#!/bin/sh
# Creates the namespace unless it exists. The worker adds the search attributes and the Schedules.
set -eu
known() { temporal operator namespace describe --namespace "$1" >/dev/null 2>&1; }

for _ in $(seq 60); do
  if known "$TEMPORAL_NAMESPACE"; then exit 0; fi
  # It fails when another one was quicker or the server is still starting: the next round tells.
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" \
    --retention "$TEMPORAL_RETENTION" || sleep 1
done
echo "The namespace $TEMPORAL_NAMESPACE could not be made: see the log of temporal." >&2
exit 1
