# shellcheck shell=bash disable=SC2034
# ssh: servers that let the user of the bed in, each in its own way, all with OpenSSH's sshd.
#   a   key                       b   password by method, then a one-time code
#   c   key, a jump host to a     b2  password and one-time code in one dialogue, as at CERN
#   d   Kerberos ticket           c2  a jump host to a that asks as b2 does
#   e   password
# Without root there are a and c alone, and they let the current user in.

PATH=$PATH:/usr/sbin

SERVERS=(a b b2 c c2 d e)
[ "$(id -u)" = 0 ] || SERVERS=(a c)

# port_of SERVER
port_of() {
  local ports=(a b b2 c c2 d e) i
  for i in "${!ports[@]}"; do
    [ "${ports[i]}" != "$1" ] || echo $((${HEPBATCH_SSH_PORT:-21201} + i))
  done
}

# OpenSSH 9 asks PAM for a service named like its program, and that name is the machine's.
name_of() { echo "hepbatch-sshd-$(port_of "$1")"; }

service_is_up() {
  local bed=$STATE/ssh server
  [ -s "$bed/env.json" ] || return 1
  for server in "${SERVERS[@]}"; do
    is_program "$bed/run/$server.pid" "$bed/sbin/$(name_of "$server")" || return 1
  done
}

service_up() {
  local bed=$STATE/ssh server
  [[ $STATE != *[[:space:]\"]* ]] || die "sshd and PAM take no spaces in $STATE; put it elsewhere with HEPBATCH_TESTBED"
  need_idle ssh sshd openssh-server openssh-client
  if [ "$(id -u)" = 0 ]; then
    need google-authenticator libpam-google-authenticator libpam-oath oathtool
    need oathtool oathtool libpam-oath
    "$BED/up" kerberos >&2 # the server d lets in with its tickets
  else
    say "without root there are only the servers a and c, and only for $BED_USER"
  fi
  for server in "${SERVERS[@]}"; do want_port "$(port_of "$server")" HEPBATCH_SSH_PORT; done
  rm -rf "${bed:?}"
  mkdir -p "$bed"/{sbin,log,run,hostkeys,keys,pam}
  make_keys "$bed"
  [ "$(id -u)" != 0 ] || make_account "$bed"
  for server in "${SERVERS[@]}"; do start "$bed" "$server"; done
  for server in "${SERVERS[@]}"; do
    wait_for_port 10 "server $server" "$(port_of "$server")" || die "sshd does not listen; see $bed/log/$server.log"
  done
  write_clients_files "$bed"
  tell "$bed"
}

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

# make_account BED: what the user of the bed has as root alone can give: password, secret, PATH, PAM.
make_account() {
  local bed=$1 home secret server
  make_user
  home=$(home_of "$BED_USER")
  echo "$BED_USER:$BED_PASSWORD" | chpasswd
  fill "$BED/ssh/login.sh" >"$bed/login.sh"
  unmark "$home/.bashrc"
  sed -i "1i [ ! -r $bed/login.sh ] || . $bed/login.sh # $BED_USER_MARK" "$home/.bashrc"
  read_env kerberos principal >"$home/.k5login"
  read_env kerberos briefPrincipal >>"$home/.k5login"
  chown "$BED_USER:" "$home/.k5login"
  secret=$(random_hex 20)
  umask 077
  echo "HOTP/T30/6 $BED_USER - $secret" >"$bed/pam/oath"
  printf '%s\n" WINDOW_SIZE 100\n" TOTP_AUTH\n' "$(base32_of "$secret")" >"$bed/pam/google-authenticator"
  umask 022
  echo 0 >"$bed/last-code"
  chmod 666 "$bed/last-code"
  install -m 755 "$BED/ssh/first-factor-passed" "$bed/pam/"
  fill "$BED/ssh/pam-method-then-code" >"/etc/pam.d/$(name_of b)"
  for server in b2 c2; do fill "$BED/ssh/pam-one-dialogue" >"/etc/pam.d/$(name_of "$server")"; done
  # sshd insists on this empty folder; its place is compiled in.
  [ -d /run/sshd ] || { mkdir -m 755 /run/sshd && touch "$bed/made-run-sshd"; }
}

unmark() { sed -i "/# $BED_USER_MARK\$/d" "$1"; }

base32_of() { python3 -c 'import base64, sys; print(base64.b32encode(bytes.fromhex(sys.argv[1])).decode())' "$1"; }

# fill TEMPLATE [SERVER]
fill() {
  sed -e "s|@STATE@|$STATE|g" -e "s|@BED@|$STATE/ssh|g" -e "s|@USER@|$BED_USER|g" \
    -e "s|@SERVER@|${2:-}|g" -e "s|@PORT@|$(port_of "${2:-a}")|g" "$1"
}

start() {
  local bed=$1 server=$2 program config
  program=$bed/sbin/$(name_of "$server")
  config=$bed/sshd_config.$server
  cp "$(command -v sshd)" "$program"
  # The first value of a keyword counts.
  { settings_of "$server" && fill "$BED/ssh/sshd_config" "$server"; } >"$config"
  KRB5_CONFIG=$STATE/kerberos/krb5.conf KRB5_KTNAME=FILE:$STATE/kerberos/keytabs/host \
    "$program" -f "$config" -E "$bed/log/$server.log" || die "sshd refuses $config; see $bed/log/$server.log"
}

settings_of() {
  case $1 in
    a | c) printf '%s\n' 'PubkeyAuthentication yes' 'AuthenticationMethods publickey' ;;
    b)
      printf '%s\n' 'UsePAM yes' 'PasswordAuthentication yes' 'KbdInteractiveAuthentication yes' \
        'AuthenticationMethods password,keyboard-interactive'
      ;;
    b2 | c2) printf '%s\n' 'UsePAM yes' 'KbdInteractiveAuthentication yes' 'AuthenticationMethods keyboard-interactive' ;;
    d) printf '%s\n' 'GSSAPIAuthentication yes' 'GSSAPIStrictAcceptorCheck no' 'AuthenticationMethods gssapi-with-mic' ;;
    e) printf '%s\n' 'PasswordAuthentication yes' 'AuthenticationMethods password' ;;
  esac
  case $1 in
    c | c2) printf '%s\n' "PermitOpen 127.0.0.1:$(port_of a) localhost:$(port_of a)" 'PermitTTY no' 'AllowStreamLocalForwarding no' ;;
  esac
}

write_clients_files() {
  local bed=$1 server
  for server in "${SERVERS[@]}"; do known "$server" "$server"; done >"$bed/known_hosts"
  known a changed >"$bed/known_hosts.changed"
  cp "$bed/known_hosts" "$bed/known_hosts.hashed"
  ssh-keygen -q -H -f "$bed/known_hosts.hashed" >/dev/null 2>&1
  rm "$bed/known_hosts.hashed.old"
  {
    for server in "${SERVERS[@]}"; do alias_of "$server"; done
    printf 'Host hep-a-via-c\n  ProxyJump hep-c\n  HostName 127.0.0.1\n  Port %s\n' "$(port_of a)"
    [ "$(id -u)" != 0 ] || printf 'Host hep-a-via-c2\n  ProxyJump hep-c2\n  HostName 127.0.0.1\n  Port %s\n' "$(port_of a)"
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

service_check() {
  local bed=$STATE/ssh host hosts=(a-via-c) server
  for server in "${SERVERS[@]}"; do case $server in c*) ;; *) hosts+=("$server") ;; esac done
  if [ "$(id -u)" = 0 ]; then
    hosts+=(a-via-c2)
    export KRB5_CONFIG=$STATE/kerberos/krb5.conf KRB5CCNAME=FILE:$bed/run/check
    kinit "$(read_env kerberos principal)" <<<"$BED_PASSWORD" >/dev/null ||
      die "no ticket for the server d; testbed/up kerberos"
  fi
  for host in "${hosts[@]}"; do
    SSH_ASKPASS=$BED/ssh/askpass SSH_ASKPASS_REQUIRE=force timeout 30 \
      ssh -F "$bed/ssh_config" "hep-$host" true </dev/null >"$bed/log/check" 2>&1 ||
      die "no login to $host: $(cat "$bed/log/check"); see $bed/log"
  done
  rm -f "$bed/run/check"
  CHECKED="logins to ${hosts[*]}"
}

service_down() {
  local bed=$STATE/ssh file home
  # shellcheck disable=SC2046
  end_processes "ssh servers" $(running_from "$bed/sbin")
  [ "$(id -u)" = 0 ] || return 0
  # shellcheck disable=SC2046
  end_processes "ssh sessions" $(sessions)
  for file in /etc/pam.d/hepbatch-sshd-*; do
    [ ! -f "$file" ] || ! grep -qF "$bed/" "$file" || rm -f "$file"
  done
  [ ! -e "$bed/made-run-sshd" ] || ps -eo stat=,comm= | grep -qE '^[^Z]\S* +(hepbatch-)?sshd' || rm -rf /run/sshd
  home=$(home_of "$BED_USER") || return 0
  [ ! -f "$home/.bashrc" ] || unmark "$home/.bashrc"
  find /tmp -maxdepth 1 -user "$BED_USER" -name 'krb5cc_*' -delete
}

# sessions: what runs because somebody came through our servers, also where the server was killed.
sessions() {
  local proc server ports=
  for server in "${SERVERS[@]}"; do ports+="|$(port_of "$server")"; done
  for proc in $(pgrep -u "$BED_USER" 2>/dev/null || true); do
    ! tr '\0' '\n' 2>/dev/null <"/proc/$proc/environ" | grep -qE "^SSH_CONNECTION=.* 127.0.0.1 (${ports#|})$" || echo "$proc"
  done
}
