/** The JSON files that a submission is made of, read from its host. */
import { basename, dirname, isAbsolute, resolve } from 'node:path/posix';
import { HepbatchError } from '../../contract';
import type { JsonSource } from '../../contract';
import { parseJson } from '../audits/samples';
import type { IHost } from '../connections/hosts/host';
import type { IPlanningWorld } from './planning';
import { askHost } from './prepare/ask-host';
import type { IReadJson } from './prepare/prepare';
import { parseRunner } from './prepare/runner';
import type { SubmissionBody, SubmissionReply } from './service';

const MOST_BYTES = 64 * 1024 * 1024;

/** More than this no person edits, and no editor in a form shows without delay. */
const MOST_EDITED = 1024 * 1024;

/** What a source holds. Throws `not-found`, `denied`, or `bad-request` where it is no JSON. */
export async function readSource(
  source: JsonSource,
  what: string,
  host: IHost,
  home: string
): Promise<IReadJson> {
  if (source.kind === 'content') {
    return { name: source.name, json: source.json };
  }
  const path = await there(source.path, what, host, home);
  const bytes = await host.read(path, { maxBytes: MOST_BYTES });
  return { name: path, json: parseJson(bytes, `${what} ${path}`) };
}

/** The samples JSON that a runner JSON names; a relative path is taken from beside it. */
export function samplesOf({ json, name }: IReadJson): JsonSource & { readonly kind: 'path' } {
  const { samplejson } = parseRunner(json, name).runner;
  if (samplejson === undefined || (!isAbsolute(samplejson) && !isAbsolute(name))) {
    throw new HepbatchError('bad-request', `${name}: samplejson names no file that can be found`, {
      next: 'Name the samples JSON.'
    });
  }
  return { kind: 'path', path: resolve(dirname(name), samplejson) };
}

/** The text of a samples JSON as it stands, to be edited. Throws what the contract says. */
export async function samplesText(
  { connection, runner, samples }: SubmissionBody<'samples'>,
  { connections }: IPlanningWorld
): Promise<SubmissionReply<'samples'>> {
  const host = await connections.host(connection);
  const { home } = await askHost(host, 'local');
  const named =
    samples ??
    (runner === null ? null : samplesOf(await readSource(runner, 'runner JSON', host, home)).path);
  if (named === null) {
    throw new HepbatchError('bad-request', 'neither a samples JSON nor a runner JSON is named', {
      next: 'Name one of them.'
    });
  }
  const path = await there(named, 'samples JSON', host, home);
  const { bytes } = (await host.stat(path)) ?? { bytes: 0 };
  if (bytes > MOST_EDITED) {
    throw new HepbatchError(
      'unsupported',
      `${host.title}: ${path} has ${(bytes / 1024 / 1024).toFixed(1)} MB, too much for this editor`,
      { next: 'Edit the file on its host, and give its path here.' }
    );
  }
  return {
    path,
    name: basename(path),
    text: String(await host.read(path, { maxBytes: MOST_EDITED }))
  };
}

async function there(path: string, what: string, host: IHost, home: string): Promise<string> {
  const whole = path.replace(/^~(?=\/)/, home);
  if ((await host.stat(whole)) === null) {
    throw new HepbatchError('not-found', `${host.title}: there is no ${what} ${whole}`, {
      next: 'Check the path; it is one of that host.'
    });
  }
  return whole;
}
