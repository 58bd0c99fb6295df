import { readFile } from 'node:fs/promises';
import type { IHost } from '../connections/hosts/host';
import { fileError } from '../record';
import { HTCondor } from './schedulers/htcondor/htcondor';
import { Local } from './schedulers/local/local';
import type { ILocalLimits } from './schedulers/local/local';
import type { IScheduler } from './schedulers/scheduler';
import { Slurm } from './schedulers/slurm/slurm';
import type { SubmissionRecord } from './store';

/** Part of the memory of a host that local jobs may take together. */
const MEMORY_PART = 0.8;

/** Makes what speaks to the batch system of a submission. */
export class Schedulers {
  /** `program` is the path of `hepbatch/local_jobs.py` on this machine. */
  constructor(private readonly _program: string) {}

  /** Throws `not-found` where the package lacks its part for local jobs. */
  async of(
    { scheduler, jobsFolder, python, limits }: SubmissionRecord,
    host: IHost
  ): Promise<IScheduler> {
    switch (scheduler) {
      case 'htcondor':
        return new HTCondor(host);
      case 'slurm':
        return new Slurm(host);
      case 'local':
        return new Local(host, {
          program: await this._read(),
          jobsFolder,
          python,
          limits: limits ?? SMALLEST
        });
    }
  }

  private _read(): Promise<string> {
    this._text ??= readFile(this._program, 'utf8')
      .catch(fileError(this._program))
      .catch((error: unknown) => {
        this._text = null; // a package being installed may have it at the next try
        throw error;
      });
    return this._text;
  }

  private _text: Promise<string> | null = null;
}

const SMALLEST: ILocalLimits = { slots: 1, totalMb: 1024, jobMb: 1024 };

/** What local jobs may take on a host: all cores but none twice, and most of its memory. */
export async function localLimits(host: IHost, memoryMb: number | null): Promise<ILocalLimits> {
  const said = await host.run(
    ['/bin/sh', '-c', "getconf _NPROCESSORS_ONLN; sed -n 's/^MemTotal: *//p' /proc/meminfo"],
    { signal: new AbortController().signal, timeoutMs: 60_000, maxOutputBytes: 10_000 }
  );
  const [cores = '', memory = ''] = said.stdout.split('\n');
  const slots = Math.max(1, Number.parseInt(cores) || 1);
  const totalMb = Math.floor(((Number.parseInt(memory) || 0) / 1024) * MEMORY_PART) || 1024;
  return { slots, totalMb, jobMb: memoryMb ?? Math.max(1, Math.floor(totalMb / slots)) };
}
