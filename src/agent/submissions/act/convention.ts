/** How the outputs of a submission are named: by what lies there, else by what it was told. */
import * as z from 'zod';
import { Convention, HepbatchError } from '../../../contract';
import { parseChunkName } from '../../audits/chunk-name';
import { stemOf } from '../../audits/lfn';
import { parseJson } from '../../audits/samples';
import type { IHost } from '../../connections/hosts/host';
import type { KeptPlan } from '../store';

/** What is asked about. */
export interface INamed {
  readonly plan: KeptPlan;
  /** The output folder; a path that the host knows, or a URL. */
  readonly output: string;
  readonly arguments: readonly string[];
}

/** So many datasets are looked at, and so many bytes of a runner JSON. */
const DATASETS = 5;
const MOST_BYTES = 64 * 1024 * 1024;

/** Identifiers of ROOT headers, as Python writes them. */
const UUID = /^_*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What processors of HiggsDNA and their copies call it. */
const NAMES = ['name_convention', 'naming_convention', 'convention'];

/**
 * The convention of a submission's outputs. Names on the disk are the truth, since processors set it in their
 * code; where there are none yet, the runner JSON or an argument may say it. Else DAS, which asks no input file.
 */
export async function conventionOf(host: IHost, named: INamed): Promise<Convention> {
  return (
    (named.output.startsWith('/') ? await onDisk(host, named) : null) ??
    inArguments(named.arguments) ??
    (await inRunner(host, named.plan)) ??
    'DAS'
  );
}

async function onDisk(host: IHost, { plan, output }: INamed): Promise<Convention | null> {
  const files = new Map<string, string[]>();
  for (const { dataset, files: some } of plan.clusters.flatMap(({ jobs }) => jobs)) {
    const all = files.get(dataset) ?? [];
    all.push(...some);
    files.set(dataset, all);
  }
  for (const [dataset, inputs] of [...files].slice(0, DATASETS)) {
    const stems = new Set(inputs.map(stemOf));
    for (const name of await someNames(host, `${output}/${dataset}/nominal`)) {
      const id = parseChunkName(name)?.id;
      if (id !== undefined && (stems.has(id) || stems.has(id.replace(/^_+/, '')))) {
        return 'DAS';
      }
      if (id !== undefined && UUID.test(id)) {
        return 'Legacy';
      }
    }
  }
  return null;
}

/** The first part of a listing; none where the folder is not there or may not be listed. */
async function someNames(host: IHost, folder: string): Promise<readonly string[]> {
  const stop = new AbortController();
  try {
    for await (const part of host.list(folder, stop.signal)) {
      return part.map(({ name }) => name);
    }
  } catch (cause) {
    const isToBe =
      cause instanceof HepbatchError && (cause.code === 'not-found' || cause.code === 'denied');
    if (!isToBe) {
      throw cause;
    } // the audit itself says it, if that is what is wrong
  } finally {
    stop.abort(); // nobody wants the rest
  }
  return [];
}

function inArguments(words: readonly string[]): Convention | null {
  for (const [at, word] of words.entries()) {
    const [option = '', value = words[at + 1]] = word.split(/=(.*)/s);
    if (option.startsWith('--') && NAMES.includes(option.slice(2).replaceAll('-', '_'))) {
      return asConvention(value);
    }
  }
  return null;
}

/** Each job has a copy of it; what is not known to us goes to the processor as it is. */
async function inRunner(host: IHost, { clusters }: KeptPlan): Promise<Convention | null> {
  const path = clusters[0]?.jobs[0]?.runnerJson;
  if (path === undefined || (await host.stat(path)) === null) {
    return null;
  }
  const bytes = await host.read(path, { maxBytes: MOST_BYTES });
  const runner = Runner.parse(parseJson(bytes, `runner JSON ${path}`));
  return asConvention(NAMES.map(name => runner[name]).find(value => value !== undefined));
}

const Runner = z.record(z.string(), z.unknown());

function asConvention(value: unknown): Convention | null {
  const told = Convention.safeParse(value);
  return told.success ? told.data : null;
}
