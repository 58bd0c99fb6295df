# shellcheck shell=sh
# Read by each login of the user: the commands and the realm of the services that are up at that moment.
# Of Slurm's variants the first one counts.
bed_path=
for bed_bin in @STATE@/htcondor/bin @STATE@/slurm/*/bin; do
  [ ! -d "$bed_bin" ] || bed_path=$bed_path$bed_bin:
done
export PATH="$bed_path$PATH"
unset bed_path bed_bin
[ ! -e @STATE@/kerberos/krb5.conf ] || export KRB5_CONFIG=@STATE@/kerberos/krb5.conf
