# shellcheck shell=bash disable=SC2016
# What the commands of HTCondor say of a job in each state, and how they refuse.
program htcondor "$(told version)"

FEW=ClusterId,ProcId,JobStatus,LastJobStatus,EnteredCurrentStatus,HoldReason,HoldReasonCode,HoldReasonSubCode
FEW+=,JobBatchName,Token,RequestMemory,MemoryUsage,ResidentSetSize,NumJobStarts,RemoteHost,ServerTime
ENDED=ClusterId,ProcId,JobStatus,ExitCode,ExitBySignal,ExitSignal,RemoveReason,CompletionDate
ENDED+=,RemoteWallClockTime,RemoteUserCpu,MemoryUsage,DiskUsage,LastRemoteHost,NumJobStarts,NumJobCompletions

cat >work.sh <<'SH'
#!/bin/sh
echo "start $*"
sleep "${2:-0}"
exit "${3:-0}"
SH
chmod 755 work.sh
printf '#!/bin/sh\nkill -9 $$\n' >killed.sh && chmod 755 killed.sh
cp work.sh forbidden.sh && chmod 644 forbidden.sh

# describe NAME LINE...: a submit description; what is said last counts.
describe() {
  local name=$1
  shift
  printf '%s\n' 'executable = work.sh' "log = $name.log" "output = $name.\$(ProcId).out" "error = $name.\$(ProcId).err" \
    'request_memory = 100M' 'request_disk = 10M' "$@" >"$name.sub"
}

# submitted NAME: submits it; the number of its cluster.
submitted() { condor_submit -terse "$1.sub" | cut -d . -f 1; }

# cluster_in NAME: the one that a recorded submission speaks of.
cluster_in() { said "$1" | sed -n 's/.*cluster \([0-9]*\)\.$/\1/p'; }

# are CLUSTER STATUS...: whether its jobs have these states, in that order.
are() { [ "$(condor_q "$1" -af JobStatus | xargs)" = "${*:2}" ]; }

# has_gone CLUSTER: whether it has left the queue.
has_gone() { [ -z "$(condor_q "$1" -af ProcId)" ]; }

record version condor_version
record q-none condor_q 99999 -json
record q-none-plain condor_q 99999
record history-none condor_history 99999 -json
record remove-none condor_rm 99999

# Idle, and jobs that no machine fits.
describe idle 'arguments = $(ProcId)' 'My.Token = "sub-1"' 'JobBatchName = "GJet"' 'request_memory = 999G' 'queue 2'
record submit condor_submit idle.sub
idle=$(cluster_in submit)
record q-idle condor_q "$idle" -json -attributes "$FEW"
record q-by-token condor_q -constraint 'Token =?= "sub-1"' -json -attributes ClusterId,ProcId,Token
record analyze condor_q -better-analyze "$idle.0"
record hold condor_hold "$idle.0"
record hold-with-reason condor_hold -reason 'parked for later' -subcode 42 "$idle.1"
record q-held-by-user condor_q "$idle" -json -attributes "$FEW"
record release condor_release "$idle.0"
record release-not-held condor_release "$idle.0"
record edit condor_qedit "$idle.1" RequestMemory 123
record remove-one condor_rm "$idle.0"
record remove-by-constraint condor_rm -constraint "ClusterId == $idle"
until_so 20 has_gone "$idle"
record history-removed condor_history "$idle" -json -attributes "$ENDED"

# Running; then one is sent away by its machine, and starts again.
describe running 'arguments = $(ProcId) 300' 'queue 2'
record submit-terse condor_submit -terse running.sub
running=$(said submit-terse | cut -d . -f 1)
until_so 30 are "$running" 2 2
record q-running condor_q "$running" -json -attributes "$FEW"
record q-running-all condor_q "$running.0" -json
record q-plain condor_q
record q-nobatch condor_q -nobatch
record q-totals condor_q -totals -json
record vacate condor_vacate_job "$running.1"
until_so 30 sh -c '[ "$(condor_q "$1" -af NumJobStarts)" = 2 ]' - "$running.1"
condor_rm "$running" >/dev/null
until_so 20 has_gone "$running"
keep event-log-evicted running.log

# Held: by memory, by what the job does, by what is not there.
describe memory 'executable = /usr/bin/python3' 'transfer_executable = False' \
  "arguments = \"-c 'import time; eaten = bytearray(300 << 20); time.sleep(60)'\"" 'queue'
describe exit-code 'arguments = $(ProcId) 0 3' 'on_exit_hold = ExitCode =!= 0' \
  'on_exit_hold_reason = strcat("exit code ", ExitCode)' 'on_exit_hold_subcode = ExitCode' 'queue'
describe too-long 'arguments = 0 60' 'periodic_hold = JobStatus == 2 && time() - EnteredCurrentStatus > 2' \
  'periodic_hold_reason = "ran too long"' 'periodic_hold_subcode = 9' 'queue'
describe no-input 'transfer_input_files = gone.json' 'should_transfer_files = YES' 'queue'
describe no-output 'transfer_output_files = never.parquet' 'should_transfer_files = YES' 'queue'
describe not-executable "executable = $PWD/forbidden.sh" 'transfer_executable = False' 'queue'
held=()
for name in memory exit-code too-long no-input no-output not-executable; do
  [ "$name" != no-input ] || touch gone.json
  held+=("$(submitted "$name")")
  rm -f gone.json
done
for cluster in "${held[@]}"; do until_so 40 are "$cluster" 5; done
record q-held condor_q "${held[@]}" -json -attributes "$FEW"
record q-hold condor_q -hold "${held[@]}"
keep event-log-held memory.log
condor_rm "${held[@]}" >/dev/null

# Ended: well, with a code, by a signal, after tries, by a rule.
describe succeeded 'arguments = $(ProcId)' 'JobBatchName = "GJet"' 'queue 2'
describe failed 'arguments = $(ProcId) 0 7' 'max_retries = 1' 'queue'
describe killed 'executable = killed.sh' 'queue'
describe ruled-out 'arguments = 0 60' 'periodic_remove = JobStatus == 2 && time() - EnteredCurrentStatus > 1' 'queue'
declare -A ended
for name in succeeded failed killed ruled-out; do ended[$name]=$(submitted "$name"); done
for name in succeeded failed killed ruled-out; do
  until_so 40 has_gone "${ended[$name]}"
  record "history-$name" condor_history "${ended[$name]}" -json -attributes "$ENDED"
  keep "event-log-$name" "$name.log"
done
record history-all condor_history "${ended[succeeded]}.0" -json
record wait condor_wait -wait 10 succeeded.log

# Spooled: held while the inputs come, complete in the queue until its outputs are fetched.
describe spooled 'arguments = $(ProcId)' 'queue'
record submit-spooled condor_submit -spool spooled.sub
spooled=$(cluster_in submit-spooled)
until_so 40 are "$spooled" 4
record q-spooled condor_q "$spooled" -json -attributes "$FEW,ExitCode,LeaveJobInQueue,StageInFinish,StageOutFinish,Iwd"
record transfer-data condor_transfer_data "$spooled"
record q-fetched condor_q "$spooled" -json -attributes "$FEW,ExitCode,StageOutFinish"
record remove-spooled condor_rm "$spooled"
until_so 20 has_gone "$spooled"
record history-spooled condor_history "$spooled" -json -attributes "$ENDED"

# Late materialisation: the queue shows only the jobs that exist already.
describe late 'arguments = $(ProcId) 60' 'max_materialize = 2' 'queue 5'
late=$(submitted late)
until_so 30 sh -c '[ "$(condor_q "$1" -af ProcId | wc -l)" = 2 ]' - "$late"
record q-late condor_q "$late" -json -attributes "$FEW"
record q-late-factory condor_q -factory "$late" -json -attributes ClusterId,TotalSubmitProcs,JobMaterializeNextProcId,JobMaterializeLimit
condor_rm "$late" >/dev/null

# Refused at submission.
describe no-executable 'executable = none.sh' 'queue'
describe no-list 'queue name from none.txt'
describe no-queue
describe bad-quotes 'arguments = "unbalanced' 'queue'
describe bad-expression 'requirements = (Memory >' 'queue'
describe bad-size 'request_memory = 2GBB' 'queue'
describe unknown-word 'retry_request_memory = 2G' 'request_memory = 999G' 'queue'
for name in no-executable no-list no-queue bad-quotes bad-expression bad-size unknown-word; do
  record "submit-$name" condor_submit "$name.sub"
done
condor_rm "$(cluster_in submit-unknown-word)" >/dev/null
record submit-no-description condor_submit none.sub
record submit-unknown-schedd condor_submit -name nobody@nowhere succeeded.sub
record q-unknown-schedd condor_q -name nobody@nowhere -json

# Nobody there.
export _CONDOR_COLLECTOR_HOST=127.0.0.1:1 _CONDOR_SCHEDD_ADDRESS_FILE=/none _CONDOR_SCHEDD_DAEMON_AD_FILE=/none
record down-q condor_q -json
record down-submit condor_submit succeeded.sub
record down-remove condor_rm 1
record down-status condor_status
unset _CONDOR_COLLECTOR_HOST _CONDOR_SCHEDD_ADDRESS_FILE _CONDOR_SCHEDD_DAEMON_AD_FILE
record status condor_status -json -attributes Name,State,Activity,Cpus,Memory,TotalSlots
record status-schedds condor_status -schedd -json -attributes Name,MyAddress,TotalRunningJobs,TotalIdleJobs,TotalHeldJobs
