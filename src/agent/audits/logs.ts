import { join } from 'node:path';

/** What HiggsDNA writes when a chunk's selection is empty, with and without a parquet file. */
export const NO_EVENTS = 'No surviving events in this run';

/** The files of a submission, on this machine or on another host. */
export interface ILogFiles {
  /**
   * The `.out` files of a folder that say so, by name, and how often each does. Throws `not-found`
   * or `denied` where the folder cannot be listed.
   */
  emptyIn(jobs: string): Promise<ReadonlyMap<string, number>>;
  /** The texts of some files; empty for what cannot be read: it is no evidence. */
  texts(paths: readonly string[]): Promise<string[]>;
}

/**
 * Reads the logs of a vanilla submission, `<folder>/{inputs,jobs}`, for empty selections.
 * @returns for each input file (its URL) how many of its chunks had no surviving event. A job
 * of several files says nothing, since its log does not tell which of them was empty.
 * Throws `not-found` where the folder is no submission.
 * Source: HiggsDNA's LXPlusVanillaSubmitter: `AN-<sample>.sh` runs `inputs/AN-<sample>-<n>.json`
 * for each process id, the log is `AN-<sample>.<cluster>.<process>.out`; with one cluster a file
 * it is `AN-<sample>-<n>.out`.
 */
export async function readEmptyLogs(
  folder: string,
  files: ILogFiles
): Promise<Map<string, number>> {
  const jobs = join(folder, 'jobs');
  const logs = [...(await files.emptyIn(jobs))].map(([name, lines]) => {
    const [, script, process] = /^(.+)\.\d+\.(\d+)\.out$/.exec(name) ?? [];
    return { name, lines, script, process: Number(process) };
  });
  const scripts = [
    ...new Set(logs.flatMap(({ script }) => (script === undefined ? [] : [script])))
  ];
  const texts = await files.texts(scripts.map(script => join(jobs, `${script}.sh`)));
  const inputs = new Map(scripts.map((script, i) => [script, inputsOf(texts[i] ?? '')]));
  const known = logs.flatMap(({ name, lines, script, process }) => {
    const input =
      script === undefined
        ? `${name.slice(0, -'.out'.length)}.json`
        : inputs.get(script)?.get(process);
    return input === undefined ? [] : [{ lines, input: input.replace(/^AN-/, '') }];
  });
  const jsons = await files.texts(known.map(({ input }) => join(folder, 'inputs', input)));
  const empty = new Map<string, number>();
  for (const [i, { lines }] of known.entries()) {
    const url = onlyFile(jsons[i] ?? '');
    if (url !== undefined) {
      empty.set(url, (empty.get(url) ?? 0) + lines);
    }
  }
  return empty;
}

/** The analysis JSON that a job script runs for each process id. */
function inputsOf(script: string): ReadonlyMap<number, string> {
  const inputs = new Map<number, string>();
  const steps = script.matchAll(/\$\{?1\}?"? -eq (\d+) \]([\s\S]*?)(?=\nfi\b|$)/g);
  for (const [, process, body] of steps) {
    const [, json] = /([^/\s'"]+\.json)\b/.exec(body ?? '') ?? [];
    if (json !== undefined) {
      inputs.set(Number(process), json);
    }
  }
  return inputs;
}

/** The one input file of a job, or undefined. */
function onlyFile(samplesJson: string): string | undefined {
  try {
    const json: unknown = JSON.parse(samplesJson);
    const urls = Object.values(json ?? {}).flat();
    return urls.length === 1 && typeof urls[0] === 'string' ? urls[0] : undefined;
  } catch {
    return undefined; // a log without its input is no evidence
  }
}
