# shellcheck shell=sh
# Read by each login of the user: the commands of the schedulers that are up at that moment.
for bed_service in slurm htcondor; do
  if [ -e "@STATE@/$bed_service/env.json" ] && [ -d "@STATE@/$bed_service/bin" ]; then
    PATH=@STATE@/$bed_service/bin:$PATH
  fi
done
export PATH
unset bed_service
