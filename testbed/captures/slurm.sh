# shellcheck shell=bash disable=SC2016
# What the commands of Slurm say of a job in each state, and how they refuse. Once for each variant.
version=$(sinfo -V | cut -d ' ' -f 2)
case $RUN in
  *-acct) program slurm "$version-acct" ;;
  *) program slurm "$version" ;;
esac

cat >task.sh <<'SH'
#!/bin/bash
echo "start $*"
sleep "${1:-0}"
exit "${2:-0}"
SH
printf 'sleep 1\n' >no-shebang.sh

# submitted OPTION...: submits a job of task.sh; its number.
submitted() { sbatch --parsable -n 1 --mem=100M -t 5 -o '%x.%j.out' "$@"; }

# is JOB STATE: whether Slurm says so of the job, or of a task of it.
is() { [[ " $(scontrol -o show job "$1") " == *" JobState=$2 "* ]]; }

record version sinfo -V
record partitions sinfo -h -o '%P|%a|%l|%D|%T|%c|%m'
record partitions-json sinfo --json
record q-none-json squeue --json
record q-unknown squeue -j 999999
record show-unknown scontrol show job 999999
record cancel-unknown scancel 999999

# A generation that ignores -j tells of every job here, so this comes first.
failed=$(submitted -J first --comment=sub-0 task.sh 0 5)
until_so 30 is "$failed" FAILED
record q-failed-json squeue -t all --json -j "$failed"

# An array: some run, some wait, one is held, one is cancelled.
record submit-array sbatch --parsable -J GJet -n 1 --mem=100M -t 5 -o '%x.%A_%a.out' --comment=sub-1 --array=0-3%2 task.sh 300
array=$(said submit-array)
until_so 30 is "${array}_1" RUNNING
record hold-task scontrol hold "${array}_3"
record q-array-json squeue --json -j "$array"
record q-array squeue -j "$array"
record q-array-each squeue -r -h -j "$array" -o '%i|%A|%F|%K|%T|%r|%j|%M|%l|%k|%R'
record show-array scontrol -o show job "$array"
record release-task scontrol release "${array}_3"
record cancel-task scancel "${array}_3"
record show-cancelled-task scontrol -o show job "${array}_3"
record requeue-running scontrol requeue "${array}_0"
record q-requeued squeue -r -h -j "$array" -o '%i|%T|%r'
record cancel-array scancel "$array"

# Waiting, each for another reason.
record submit sbatch -J one -n 1 --mem=100M -t 5 task.sh 300
running=$(said submit | sed 's/.* //')
record submit-held sbatch --hold -n 1 --mem=100M task.sh
held=$(said submit-held | sed 's/.* //')
later=$(submitted -J later --begin=now+1hour task.sh)
never=$(submitted -J never -d "afterok:$held" task.sh)
big=$(submitted -J big -c 8 --exclusive task.sh)
until_so 30 is "$running" RUNNING
record q-waiting squeue -h -j "$held,$later,$never,$big" -o '%i|%j|%T|%r|%S|%E'
record show-held scontrol show job "$held"
record show-running scontrol show job "$running"
record show-running-json scontrol show job "$running" --json
record release scontrol release "$held"
record update scontrol update "jobid=$running" comment=changed
record cancel scancel "$running" "$later" "$never" "$big"
until_so 30 is "$running" CANCELLED

# Ended: well, with a code, by a signal, by memory, by the rules.
declare -A ended
ended[succeeded]=$(submitted -J succeeded --comment=sub-1 task.sh)
ended[failed]=$(submitted -J failed task.sh 0 5)
ended[killed]=$(submitted -J killed --wrap 'kill -9 $$')
ended[memory]=$(submitted -J memory --wrap "python3 -c 'import time; eaten = bytearray(300 << 20); time.sleep(60)'")
ended[no-folder]=$(submitted -J no-folder -o /none/of/these/%j.out task.sh)
until_so 30 is "${ended[succeeded]}" COMPLETED
for name in failed killed memory no-folder; do until_so 60 is "${ended[$name]}" FAILED; done
all=$(IFS=, && echo "${ended[*]}")
record q-ended squeue -t all -h -j "$all" -o '%i|%j|%T|%r|%S|%e|%k'
for name in succeeded failed killed memory no-folder; do
  record "show-$name" scontrol -o show job "${ended[$name]}"
done
keep output-memory "memory.${ended[memory]}.out"
record requeue-ended scontrol requeue "${ended[failed]}"
record completions sed -n '1,$p' "$STATE/slurm/$RUN/log/jobcomp.log"
record accounting sacct -P -j "$all" --format=JobID,JobName,State,ExitCode,Elapsed,MaxRSS,Comment
record accounting-json sacct --json -j "${ended[failed]}"
record accounting-none sacct -P -j 999999 --format=JobID,State

# Refused at submission.
record submit-no-partition sbatch -p none --wrap true
record submit-too-much-memory sbatch --mem=999G --wrap true
record submit-too-many-cores sbatch -c 999 --wrap true
record submit-too-long sbatch -p short -t 10-0 --wrap true
record submit-bad-time sbatch -t banana --wrap true
record submit-no-account sbatch -A none --wrap true
record submit-no-script sbatch none.sh
record submit-no-shebang sbatch no-shebang.sh
record submit-bad-option sbatch --none --wrap true
scancel -u "$(id -un)"

# Nobody there.
sed 's/^SlurmctldPort=.*/SlurmctldPort=1/; s/^MessageTimeout=.*//; $a MessageTimeout=2' "$STATE/slurm/$RUN/etc/slurm.conf" >slurm.conf
# The programs themselves, since those on PATH name their own configuration.
export SLURM_CONF=$PWD/slurm.conf PATH=$STATE/slurm/$RUN/root/usr/bin:$PATH
record down-q squeue
record down-q-json squeue --json
record down-submit sbatch --wrap true
record down-cancel scancel 1
