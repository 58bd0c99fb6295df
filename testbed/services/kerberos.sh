# shellcheck shell=bash disable=SC2034
# kerberos: a KDC for a realm of our own, and keytabs for the services of this machine.
# Needs no root where the packages are installed.

# Its programs lie where the PATH of an ordinary user does not go.
PATH=$PATH:/usr/sbin

REALM=TEST.LOCAL

service_is_up() {
  local bed=$STATE/kerberos
  is_program "$bed/run/kdc.pid" "$bed/sbin/krb5kdc" && [ -s "$bed/env.json" ]
}

service_up() {
  local bed=$STATE/kerberos port=${HEPBATCH_KERBEROS_PORT:-21088} program
  for program in krb5kdc kadmin.local kinit; do
    need_idle "krb5-kdc krb5-admin-server" "$program" krb5-kdc krb5-admin-server krb5-user
  done
  want_port "$port" HEPBATCH_KERBEROS_PORT
  rm -rf "${bed:?}"
  mkdir -p "$bed"/{sbin,log,run,database,keytabs}
  chmod 700 "$bed"/{database,keytabs}
  # A copy, so that a process is known to be ours by its program.
  cp "$(command -v krb5kdc)" "$bed/sbin/krb5kdc"
  sed -e "s|@BED@|$bed|g" -e "s|@REALM@|$REALM|g" -e "s|@PORT@|$port|g" "$BED/ssh/krb5.conf" >"$bed/krb5.conf"
  export KRB5_CONFIG=$bed/krb5.conf KRB5_KDC_PROFILE=/dev/null
  make_principals "$bed" >"$bed/log/kadmin.log" 2>&1 || die "no database of principals; see $bed/log/kadmin.log"
  "$bed/sbin/krb5kdc" -r "$REALM" -P "$bed/run/kdc.pid"
  wait_for_port 10 krb5kdc "$port" || die "krb5kdc does not listen; see $bed/log/kdc.log"
  write_env kerberos probe "$port" kdcPort "$port" realm "$REALM" krb5Config "$bed/krb5.conf" \
    principal "$BED_USER@$REALM" briefPrincipal "$BED_USER/brief@$REALM" password "$BED_PASSWORD" \
    hostKeytab "$bed/keytabs/host" xrootdKeytab "$bed/keytabs/xrootd"
}

# The tickets of USER/brief last ten seconds whatever is asked for.
make_principals() {
  kdb5_util -r "$REALM" create -s -P "$(random_hex 16)"
  kadmin.local -r "$REALM" <<KADMIN
addprinc -pw $BED_PASSWORD $BED_USER
addprinc -pw $BED_PASSWORD -maxlife "10 seconds" $BED_USER/brief
addprinc -randkey host/localhost
ktadd -k $1/keytabs/host host/localhost
addprinc -randkey xrootd/localhost
ktadd -k $1/keytabs/xrootd xrootd/localhost
KADMIN
  [ -s "$1/keytabs/host" ] && [ -s "$1/keytabs/xrootd" ] # kadmin.local ends with 0 after an error, too
}

service_check() {
  local bed=$STATE/kerberos
  export KRB5_CONFIG=$bed/krb5.conf KRB5CCNAME=FILE:$bed/run/check
  kinit "$(read_env kerberos principal)" <<<"$BED_PASSWORD" >"$bed/log/kinit.log" 2>&1 && klist -s ||
    die "kinit failed; see $bed/log/kinit.log and $bed/log/kdc.log"
  kdestroy -q
  CHECKED="a ticket by kinit"
}

service_down() {
  # shellcheck disable=SC2046
  end_processes kerberos $(running_from "$STATE/kerberos")
}
