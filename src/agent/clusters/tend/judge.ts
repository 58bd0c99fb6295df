import { HepbatchError, SupervisorRecord } from '../../../contract';
import type { Failure } from '../../../contract';
import type { IHost } from '../../connections/hosts/host';
import type { Verdict } from './seen';

const MAX_BYTES = 1024 * 1024;

/** The record in a cluster's folder; null where there is none. Throws `corrupt`, and as the host. */
export async function readSupervisorRecord(
  host: IHost,
  folder: string
): Promise<SupervisorRecord | null> {
  const path = `${folder}/record.json`;
  const text = await readText(host, path);
  if (text === null) {
    return null;
  }
  try {
    return SupervisorRecord.parse(JSON.parse(text));
  } catch (cause) {
    const next = `Look at ${folder} yourself: another version of hepbatch may have written it.`;
    throw new HepbatchError('corrupt', `${path} is no record of a cluster`, { next }, { cause });
  }
}

/** What there is of a supervisor, by its record and the process that wrote it. Throws as the host. */
export async function judge(host: IHost, folder: string, hostName: string): Promise<Verdict> {
  const record = await readSupervisorRecord(host, folder);
  if (record === null) {
    return { is: 'absent' };
  }
  if (record.host !== hostName) {
    return { is: 'elsewhere', record };
  }
  if (await isAlive(host, record)) {
    return { is: 'alive', record };
  }
  // One that ended well has removed its record before, maybe since we read it.
  const left = await readSupervisorRecord(host, folder);
  return left === null ? { is: 'absent' } : { is: 'dead', record: left };
}

/** Whether the process of a record lives; numbers of processes are given again, so more is compared. */
async function isAlive(host: IHost, { process }: SupervisorRecord): Promise<boolean> {
  const stat = await readText(host, `/proc/${process.pid}/stat`);
  const boot = stat === null ? null : await readText(host, '/proc/sys/kernel/random/boot_id');
  if (stat === null || boot?.trim() !== process.bootId) {
    return false;
  }
  // The name of the program, in brackets, may itself have brackets and blanks.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/);
  return !['Z', 'X'].includes(fields[0] ?? '') && Number(fields[19]) === process.startTicks;
}

/** Why a cluster cannot be asked, in words. */
export function silenceOf(verdict: Verdict, name: string, hostName: string): Failure {
  if (verdict.is === 'absent') {
    return {
      code: 'not-found',
      message: `${name}: no supervisor has left a record on ${hostName}`,
      data: { next: 'Start it anew.' }
    };
  }
  const { process, host } = verdict.record;
  if (verdict.is === 'elsewhere') {
    return {
      code: 'unreachable',
      message: `${name} runs on ${host}, and this connection leads to ${hostName}`,
      data: { next: `Use a connection to ${host}; or clean up, if that host is gone.` }
    };
  }
  return verdict.is === 'alive'
    ? {
        code: 'timed-out',
        message: `${name}: its supervisor (process ${process.pid} on ${host}) does not answer`,
        data: { next: 'Wait a moment; or clean up, which ends it with its jobs.' }
      }
    : {
        code: 'unreachable',
        message: `${name}: its supervisor (process ${process.pid} on ${host}) is gone`,
        data: { next: 'Clean up: that removes its batch jobs and its record.' }
      };
}

async function readText(host: IHost, path: string): Promise<string | null> {
  try {
    return (await host.read(path, { maxBytes: MAX_BYTES })).toString('utf8');
  } catch (error) {
    if (error instanceof HepbatchError && error.code === 'not-found') {
      return null;
    }
    throw error;
  }
}
