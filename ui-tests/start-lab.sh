#!/usr/bin/env bash
# start-lab.sh FOLDER PORT: a JupyterLab for the tests, with all that it writes below FOLDER.
set -euo pipefail
cd "$(dirname "$0")"
(umask 077 && mkdir -p "$1"/{runtime,state,cache,config,data,work,bin})
export XDG_RUNTIME_DIR="$1/runtime" XDG_STATE_HOME="$1/state" XDG_CACHE_HOME="$1/cache"
export JUPYTER_CONFIG_DIR="$1/config" JUPYTER_DATA_DIR="$1/data" HEPBATCH_IDLE_MINUTES=1
# Programs, SSH hosts and a Kerberos realm, which the tests write there.
touch "$1/ssh_config" "$1/krb5.conf"
export PATH="$1/bin:$PATH" HEPBATCH_SSH_CONFIG="$1/ssh_config"
export KRB5_CONFIG="$1/krb5.conf" KRB5CCNAME="FILE:$1/krb5cc"
export HEPBATCH_TEST_ROOT="$1/work" HEPBATCH_TEST_PORT="$2"
exec jupyter lab --config jupyter_server_test_config.py
