import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HepbatchError } from '../../contract';
import { errnoOf } from '../errno';
import { inPlain } from './folder';

/** What HiggsDNA writes when a chunk's selection is empty, with and without a parquet file. */
const NO_EVENTS = /No surviving events in this run/g;

/**
 * Reads the logs of a vanilla submission, `<folder>/{inputs,jobs}`, for empty selections.
 * @returns for each input file (its URL) how many of its chunks had no surviving event. A job
 * of several files says nothing, since its log does not tell which of them was empty.
 * Throws `not-found` where the folder is no submission.
 * Source: HiggsDNA's LXPlusVanillaSubmitter: `AN-<sample>.sh` runs `inputs/AN-<sample>-<n>.json`
 * for each process id, the log is `AN-<sample>.<cluster>.<process>.out`; with one cluster a file
 * it is `AN-<sample>-<n>.out`.
 */
export async function readEmptyLogs(folder: string): Promise<Map<string, number>> {
  const jobs = join(folder, 'jobs');
  const names = await readdir(jobs).catch((cause: unknown) => {
    throw new HepbatchError(
      errnoOf(cause) === 'EACCES' ? 'denied' : 'not-found',
      `The job logs in ${jobs} cannot be listed: ${inPlain(cause)}`,
      { next: 'Give the folder of a vanilla submission, the one that holds inputs and jobs.' },
      { cause }
    );
  });
  const scripts = new Map<string, Promise<ReadonlyMap<number, string>>>();
  const empty = new Map<string, number>();
  for (const name of names.filter(name => name.endsWith('.out'))) {
    const lines = (await read(join(jobs, name))).match(NO_EVENTS)?.length ?? 0;
    if (lines === 0) {
      continue;
    }
    const [, script, process] = /^(.+)\.\d+\.(\d+)\.out$/.exec(name) ?? [];
    let input: string | undefined = `${name.slice(0, -'.out'.length)}.json`;
    if (script !== undefined) {
      const inputs = scripts.get(script) ?? inputsOf(join(jobs, `${script}.sh`));
      scripts.set(script, inputs);
      input = (await inputs).get(Number(process));
    }
    const url = input && (await onlyFile(join(folder, 'inputs', input.replace(/^AN-/, ''))));
    if (url) {
      empty.set(url, (empty.get(url) ?? 0) + lines);
    }
  }
  return empty;
}

/** The analysis JSON that a job script runs for each process id. */
async function inputsOf(script: string): Promise<ReadonlyMap<number, string>> {
  const inputs = new Map<number, string>();
  const steps = (await read(script)).matchAll(/\$\{?1\}?"? -eq (\d+) \]([\s\S]*?)(?=\nfi\b|$)/g);
  for (const [, process, body] of steps) {
    const [, json] = /([^/\s'"]+\.json)\b/.exec(body ?? '') ?? [];
    if (json !== undefined) {
      inputs.set(Number(process), json);
    }
  }
  return inputs;
}

/** The one input file of a job, or undefined. */
async function onlyFile(samplesJson: string): Promise<string | undefined> {
  try {
    const json: unknown = JSON.parse(await read(samplesJson));
    const urls = Object.values(json ?? {}).flat();
    return urls.length === 1 && typeof urls[0] === 'string' ? urls[0] : undefined;
  } catch {
    return undefined; // a log without its input is no evidence
  }
}

/** The text of a log; what cannot be read is no evidence. */
async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
