import { isAscii } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import { HepbatchError } from '../../contract';
import { errnoOf } from '../errno';
import { inPlain } from './in-plain';

/** Datasets and their input files, in the order of the samples JSON. */
export type Samples = ReadonlyMap<string, readonly string[]>;

/** Reads a JSON file that a user names; `what` begins the message where that fails. */
export type ReadJson = (path: string, what: string) => Promise<unknown>;

/** Reads one of this machine. Throws `not-found`, `denied` or `bad-request`. */
export async function readJson(path: string, what: string): Promise<unknown> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const code = errnoOf(cause);
    throw new HepbatchError(
      code === 'ENOENT' ? 'not-found' : code === 'EACCES' ? 'denied' : 'bad-request',
      `${what} ${path} cannot be read: ${inPlain(cause)}`,
      { next: 'Check the path, and that you may read the file.' },
      { cause }
    );
  }
  return parseJson(bytes, `${what} ${path}`);
}

/** What is in a JSON file; `which` begins the message. Throws `bad-request`. */
export function parseJson(bytes: Buffer, which: string): unknown {
  try {
    // Plain ASCII, which it nearly always is, need not be decoded: half the time of a large file.
    const text = isAscii(bytes)
      ? bytes.toString('latin1')
      : bytes.toString('utf8').replace(/^\uFEFF/, '');
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new HepbatchError(
      'bad-request',
      `${which} is not valid JSON: ${said}`,
      { next: 'Correct the file; a trailing comma or a missing quote is the usual cause.' },
      { cause }
    );
  }
}

/**
 * Parses a samples JSON, `{dataset: [urls]}`. The same URL twice in a dataset counts once, and
 * `limit` takes the first URLs as they stand.
 * @returns the samples, and the URLs beyond the limit.
 * Throws `bad-request` where the shape is another one, no dataset is named, or a dataset would
 * lie outside the output folder.
 */
export function parseSamples(
  json: unknown,
  path: string,
  limit: number | null
): { samples: Samples; beyond: Samples } {
  const wrong = (what: string) =>
    new HepbatchError('bad-request', `${path}: ${what}`, {
      next: 'A samples JSON is {"dataset": ["file", ...], ...}; correct it and audit again.'
    });
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw wrong('is no JSON object');
  }
  const samples = new Map<string, string[]>();
  const beyond = new Map<string, string[]>();
  for (const [dataset, urls] of Object.entries(json)) {
    if (leaves(dataset)) {
      throw wrong(`dataset ${JSON.stringify(dataset)} would leave the output folder`);
    }
    if (!Array.isArray(urls)) {
      throw wrong(`dataset ${JSON.stringify(dataset)} has no list of files`);
    }
    const taken = new Set<string>();
    const rest = new Set<string>();
    for (const [i, url] of (urls as unknown[]).entries()) {
      if (typeof url !== 'string' || url === '' || url.includes('\0')) {
        const said = JSON.stringify(url).slice(0, 60);
        throw wrong(`dataset ${JSON.stringify(dataset)}, file ${i + 1} is no file name: ${said}`);
      }
      (limit === null || i < limit ? taken : rest).add(url);
    }
    samples.set(dataset, [...taken]);
    beyond.set(
      dataset,
      [...rest].filter(url => !taken.has(url))
    );
  }
  if (samples.size === 0) {
    throw wrong('names no dataset');
  }
  return { samples, beyond };
}

/** Whether the folder of a dataset would not lie below the output folder. */
function leaves(dataset: string): boolean {
  const path = normalize(dataset);
  return dataset.includes('\0') || isAbsolute(path) || path === '.' || path.split('/')[0] === '..';
}
