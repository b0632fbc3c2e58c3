#!/bin/sh
# Creates the secrets that docker-compose.yml passes on, each a file of its own in a folder
# (default: secrets). Safe to repeat: existing files are kept.
set -eu
folder=${1:-secrets}
umask 077
mkdir -p "$folder"

keep() {
  if [ ! -e "$folder/$1" ]; then cat >"$folder/$1"; fi
}
hex() { od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'; }

for name in postgres_password temporal_database_password \
  database_writer_password database_reader_password webhook_secret; do
  hex 24 | keep "$name"
done
printf 'k1:%s' "$(head -c 32 /dev/urandom | base64)" | keep encryption_keys
# Only hosts over SSH need these two.
: | keep hosts_ssh_key
: | keep hosts_known_hosts
# Hosts are added by command; those of a file are imported once.
echo '[]' | keep hosts.json

# Gateways without a key are off.
: | keep cryptobot_token
: | keep tbank_password
: | keep toncenter_api_key

# Only its owner can enter the folder; containers see single files and run as other users.
chmod 700 "$folder"
chmod 444 "$folder"/*

for name in bot_token; do
  [ -e "$folder/$name" ] || echo "Still missing: $folder/$name (see docs/production.md)"
done
