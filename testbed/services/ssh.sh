# shellcheck shell=bash disable=SC2034
# ssh: servers that let the user of the bed in, each in its own way, all with OpenSSH's sshd.
#   a   key                       b   password by method, then a one-time code
#   c   key, a jump host to a     b2  password and one-time code in one dialogue, as at CERN
#   d   Kerberos ticket           c2  a jump host to a that asks as b2 does
#   e   password
# Without root there are a and c alone, and they let the current user in.

# shellcheck source=testbed/ssh/client.sh
. "$BED/ssh/client.sh"

PATH=$PATH:/usr/sbin
ALL_SERVERS=(a b b2 c c2 d e)
SERVERS=("${ALL_SERVERS[@]}")
[ "$(id -u)" = 0 ] || SERVERS=(a c)

# port_of SERVER
port_of() {
  local i
  for i in "${!ALL_SERVERS[@]}"; do
    [ "${ALL_SERVERS[i]}" != "$1" ] || echo $((${HEPBATCH_SSH_PORT:-21201} + i))
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
    need_modules
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
  make_client_files "$bed"
  tell "$bed"
}

need_modules() {
  local module
  for module in oath google_authenticator; do
    compgen -G "/usr/lib/*/security/pam_$module.so" >/dev/null ||
      need "pam_$module.so" libpam-oath libpam-google-authenticator
  done
}

# make_account BED: what root alone can give the user of the bed: password, secret, PAM.
make_account() {
  local bed=$1 secret server
  make_user
  echo "$BED_USER:$BED_PASSWORD" | chpasswd
  fill "$BED/ssh/login.sh" >"$bed/login.sh"
  forget_logins
  # As the user: root writes nothing where the user could have put a link.
  as_user sh -c '{ echo "[ ! -r $1 ] || . $1"; cat ~/.bashrc; } >~/.bashrc.new; mv ~/.bashrc.new ~/.bashrc' sh "$bed/login.sh"
  as_user sh -c 'printf "%s\n" "$@" >~/.k5login' \
    sh "$(read_env kerberos principal)" "$(read_env kerberos briefPrincipal)"
  secret=$(random_hex 20)
  umask 077
  echo "HOTP/T30/6 $BED_USER - $secret" >"$bed/pam/oath"
  printf '%s\n" WINDOW_SIZE 100\n" TOTP_AUTH\n' "$(base32_of "$secret")" >"$bed/pam/google-authenticator"
  umask 022
  echo 0 >"$bed/last-code"
  chmod 666 "$bed/last-code" # whoever runs the tests asks for codes
  install -m 755 "$BED/ssh/first-factor-passed" "$bed/pam/"
  fill "$BED/ssh/pam-method-then-code" >"/etc/pam.d/$(name_of b)"
  for server in b2 c2; do fill "$BED/ssh/pam-one-dialogue" >"/etc/pam.d/$(name_of "$server")"; done
  # sshd insists on this folder, and its place is compiled in.
  [ -d /run/sshd ] || { mkdir -m 755 /run/sshd && touch /run/sshd/made-by-hepbatch; }
}

# forget_logins: the user's shell does not read the file of this bed any more.
forget_logins() {
  as_user sh -c 'touch ~/.bashrc; { grep -vF "$1" ~/.bashrc || true; } >~/.bashrc.new; mv ~/.bashrc.new ~/.bashrc' \
    sh "$STATE/ssh/login.sh"
}

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
  local jump=(PermitOpen "127.0.0.1:$(port_of a)" "localhost:$(port_of a)")
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
  case $1 in c | c2) printf '%s\n' "${jump[*]}" 'PermitTTY no' 'AllowStreamLocalForwarding no' ;; esac
}

service_check() {
  local bed=$STATE/ssh host hosts=(a a-via-c)
  if [ "$(id -u)" = 0 ]; then
    hosts+=(b b2 a-via-c2 d e)
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
  local bed=$STATE/ssh file
  # shellcheck disable=SC2046
  end_processes "ssh servers" $(running_from "$bed")
  # shellcheck disable=SC2046
  end_processes "ssh sessions" $(sessions)
  [ "$(id -u)" = 0 ] || return 0
  for file in /etc/pam.d/hepbatch-sshd-*; do
    [ ! -f "$file" ] || ! grep -qF "$bed/" "$file" || rm -f "$file"
  done
  [ ! -e /run/sshd/made-by-hepbatch ] || pgrep -r D,R,S sshd >/dev/null || rm -rf /run/sshd
  getent passwd "$BED_USER" >/dev/null || return 0
  forget_logins
  find /tmp -maxdepth 1 -user "$BED_USER" -name 'krb5cc_*' -delete
}

# sessions: what runs because somebody came through our servers, also where the server was killed.
sessions() {
  local ports
  ports=$(seq -s '|' "$(port_of a)" "$(port_of e)")
  grep -lzsE "^SSH_CONNECTION=.* 127\.0\.0\.1 ($ports)\$" /proc/[0-9]*/environ | cut -d / -f 3 || true
}
