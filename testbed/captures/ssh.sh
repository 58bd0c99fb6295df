# shellcheck shell=bash disable=SC2016
# What OpenSSH asks, through SSH_ASKPASS, and what it says where it is not let in.
program openssh "$(ssh -V 2>&1 | sed 's/^OpenSSH_\([^ ,]*\).*/\1/')"
config=$(told sshConfig)
sed /IdentityFile/d "$config" >no-key
PASSWORD=$(told password) PASSPHRASE=$(told keyPassphrase) ONE_TIME_CODE=$(told oneTimeCode)
export PASSWORD PASSPHRASE ONE_TIME_CODE HEPBATCH_TESTBED=$STATE

cat >askpass <<'SH'
#!/bin/sh
printf '%s\n----\n' "$1" >>asked
case $1 in
  *'(yes/no'* | *"'yes', 'no'"*) echo "${HOST_KEY:-no}" ;;
  *"${WRONG:-nothing is answered wrongly}"*) echo wrong ;;
  *'One-time password'*) "$ONE_TIME_CODE" --unused ;;
  *'2nd factor'*) "$ONE_TIME_CODE" ;;
  *passphrase*) echo "$PASSPHRASE" ;;
  *assword*) echo "$PASSWORD" ;;
esac
SH
chmod 755 askpass
export SSH_ASKPASS=$PWD/askpass SSH_ASKPASS_REQUIRE=force

# login NAME ARGUMENT...: records a call of ssh, and as NAME-asked what it asked, each question followed by ----.
login() {
  : >asked
  record "$1" ssh -F "$config" "${@:2}"
  [ ! -s asked ] || keep "$1-asked" asked
}

record version ssh -V

login key hep-a true
login password-then-code hep-b true
login one-dialogue hep-b2 true
login password hep-e true
login jump hep-a-via-c2 true
login encrypted-key -F no-key -i "$(told keys)/encrypted" hep-a true

WRONG=passphrase login wrong-passphrase -F no-key -i "$(told keys)/encrypted" hep-a true
WRONG=assword login wrong-password hep-b true
WRONG='One-time password' login wrong-code hep-b true
WRONG='2nd factor' login wrong-code-in-dialogue hep-b2 true
WRONG=assword login wrong-password-at-jump hep-a-via-c2 true

# Without anybody to ask.
for server in a b b2 d; do
  login "batch-$server" -F no-key -o BatchMode=yes "hep-$server" true
done
login batch-unknown-host -o BatchMode=yes -o UserKnownHostsFile=unwritten hep-a true

# The key of the host: unknown and refused, unknown and taken, another one.
login unknown-host -o StrictHostKeyChecking=ask -o UserKnownHostsFile=refused hep-a true
HOST_KEY=yes login unknown-host-taken -o StrictHostKeyChecking=ask -o UserKnownHostsFile=taken hep-a true
keep known-hosts taken
login changed-host -o UserKnownHostsFile="$(told knownHostsChanged)" hep-a true

# Kerberos: no ticket, a ticket, and one that was handed on.
KRB5_CONFIG=$(told krb5Config)
export KRB5_CONFIG KRB5CCNAME=FILE:$PWD/ticket
login no-ticket hep-d true
record no-ticket-klist klist
kinit "$(told principal)" <<<"$PASSWORD" >kinit.log
login ticket hep-d klist -f
record ticket-klist klist -f

# Nobody there.
login refused -p 1 hep-a true
login unknown-name -o HostName=no-such-host.invalid hep-a true
login jump-forbids -J hep-c -p "$(told ePort)" localhost true

# A command that fails, and one that is killed, whose name the status does not tell.
login exit-status hep-a 'echo out; echo err >&2; exit 3'
login killed hep-a 'kill -9 $$'

# One connection for many commands. Its path is short, since ssh appends to it.
socket=$(mktemp -u /tmp/hepbatch-XXXXXX)
record master-none ssh -F "$config" -S "$socket" -O check hep-a
ssh -F "$config" -S "$socket" -M -f -N hep-a </dev/null >/dev/null 2>&1
record master-check ssh -F "$config" -S "$socket" -O check hep-a
record master-exec ssh -F "$config" -S "$socket" hep-a echo through
record master-forward ssh -F "$config" -S "$socket" -O forward -L "$PWD/forward:127.0.0.1:1" hep-a
record master-forward-again ssh -F "$config" -S "$socket" -O forward -L "$PWD/forward:127.0.0.1:1" hep-a
record master-forward-port-0 ssh -F "$config" -S "$socket" -O forward -L 127.0.0.1:0:127.0.0.1:1 hep-a
record master-cancel ssh -F "$config" -S "$socket" -O cancel -L "$PWD/forward:127.0.0.1:1" hep-a
record master-exit ssh -F "$config" -S "$socket" -O exit hep-a
record path-too-long ssh -F "$config" -S "/tmp/$(printf 'x%.0s' {1..100})" -M hep-a true
rm -f "$socket"
