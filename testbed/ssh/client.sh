# shellcheck shell=bash
# What a client of the SSH servers needs: keys, known hosts, aliases, and env.json. Sourced by services/ssh.sh.

# make_keys BED: those of the servers, and those of the user.
make_keys() {
  local keys=$1/keys server
  for server in "${SERVERS[@]}" changed; do
    ssh-keygen -q -t ed25519 -N '' -C "server-$server" -f "$1/hostkeys/$server"
  done
  ssh-keygen -q -t ed25519 -N '' -C ed25519 -f "$keys/ed25519"
  ssh-keygen -q -t ed25519 -N key-pass -C encrypted -f "$keys/encrypted"
  ssh-keygen -q -t rsa -b 3072 -m PEM -N '' -C rsa-pem -f "$keys/rsa-pem"
  ssh-keygen -q -t ecdsa -b 256 -N '' -C ecdsa -f "$keys/ecdsa"
  cat "$keys"/*.pub >"$1/authorized_keys"
  [ "$(id -u)" = 0 ] || return 0
  # ssh refuses a key that others can read only to its owner: so nobody owns it, and all can use it.
  chown nobody "$keys"/*
  chmod 644 "$keys"/*
}

# make_client_files BED: known hosts, plain, hashed and with another key for a; and the aliases hep-*.
make_client_files() {
  local bed=$1 server
  for server in "${SERVERS[@]}"; do known "$server" "$server"; done >"$bed/known_hosts"
  known a changed >"$bed/known_hosts.changed"
  cp "$bed/known_hosts" "$bed/known_hosts.hashed"
  ssh-keygen -q -H -f "$bed/known_hosts.hashed" >/dev/null 2>&1
  rm "$bed/known_hosts.hashed.old"
  {
    for server in "${SERVERS[@]}"; do alias_of "$server"; done
    for server in "${SERVERS[@]}"; do
      case $server in c*) printf 'Host hep-a-via-%s\n  ProxyJump hep-%s\n  HostName 127.0.0.1\n  Port %s\n' \
        "$server" "$server" "$(port_of a)" ;; esac
    done
    fill "$BED/ssh/ssh_config"
  } >"$bed/ssh_config"
}

# known SERVER KEY: lines of known_hosts, by both names of the machine.
known() {
  local name
  for name in localhost 127.0.0.1; do echo "[$name]:$(port_of "$1") $(cut -d' ' -f1,2 "$STATE/ssh/hostkeys/$2.pub")"; done
}

alias_of() {
  printf 'Host hep-%s\n  Port %s\n' "$1" "$(port_of "$1")"
  case $1 in
    b | b2 | c2 | e) printf '  PubkeyAuthentication no\n' ;;
    d) printf '  %s\n' 'PubkeyAuthentication no' 'GSSAPIAuthentication yes' 'GSSAPIDelegateCredentials yes' ;;
  esac
}

# tell BED: what tests need to know, in env.json.
tell() {
  local bed=$1 server facts=()
  for server in "${SERVERS[@]}"; do facts+=("${server}Port" "$(port_of "$server")"); done
  if [ "$(id -u)" = 0 ]; then
    facts+=(password "$BED_PASSWORD" totpSecret "$(head -n 1 "$bed/pam/google-authenticator")"
      krb5Config "$STATE/kerberos/krb5.conf" principal "$(read_env kerberos principal)")
  fi
  write_env ssh probe "$(port_of a)" user "$BED_USER" servers "${SERVERS[*]}" keys "$bed/keys" keyPassphrase key-pass \
    hostKeys "$bed/hostkeys" knownHosts "$bed/known_hosts" knownHostsHashed "$bed/known_hosts.hashed" \
    knownHostsChanged "$bed/known_hosts.changed" sshConfig "$bed/ssh_config" \
    oneTimeCode "$BED/one-time-code" "${facts[@]}"
}
