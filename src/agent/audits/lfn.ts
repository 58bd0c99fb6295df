import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** First directories below a CMS store root; a folder `store` before anything else is just a folder. */
const AREAS = new Set([
  'backfill',
  'caf',
  'cmst3',
  'data',
  'express',
  'generator',
  'group',
  'hidata',
  'himc',
  'mc',
  'relval',
  'results',
  't0streamer',
  'temp',
  'test',
  'unmerged',
  'user'
]);

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\/[^/]*/i;

/** Whether the file is served by an XRootD server. */
export function isRemote(url: string): boolean {
  return /^roots?:\/\//i.test(url);
}

/** The path of a local file, absolute; `file://` is accepted. Undefined sense for remote URLs. */
export function localPath(url: string, cwd: string): string {
  if (/^file:\/\//i.test(url)) {
    try {
      return fileURLToPath(url);
    } catch {
      return resolve(cwd, url.slice('file://'.length)); // a host, or a % that encodes nothing
    }
  }
  return resolve(cwd, url);
}

/**
 * The logical file name `/store/…`, or null where the path has none. The store root is the first
 * directory `store` that is followed by an area of CMS, never the last occurrence of the word.
 */
export function lfnOf(url: string): string | null {
  const scheme = SCHEME.exec(url);
  // In a local name a question mark is a character like any other.
  const path = scheme ? url.slice(scheme[0].length).replace(/\?.*$/s, '') : url;
  const parts = path.split('/').filter(part => part !== '');
  const root = parts.findIndex((part, i) => part === 'store' && AREAS.has(parts[i + 1] ?? ''));
  return root < 0 || parts.length < root + 3 ? null : `/${parts.slice(root).join('/')}`;
}

/**
 * The identifier of the DAS convention: the base name with every `.root` taken out, letter case
 * kept. Source: HiggsDNA, apply_naming_convention, which takes the name as it stands in the JSON.
 */
export function stemOf(url: string): string {
  const name = url.slice(url.lastIndexOf('/') + 1);
  const first = name.indexOf('.root');
  // Nearly always it is there once, at the end: then nothing has to be searched.
  const isPlain = first >= 0 && first === name.length - '.root'.length;
  return isPlain ? name.slice(0, first) : name.replaceAll('.root', '');
}

/**
 * The DAS dataset of an official file, read off its LFN
 * `/store/(mc|data)/ERA/PRIMARY/TIER/PROC/NNNNNN/F.root`; null where that form does not hold. The
 * numbers may be several directories, as prompt data has them.
 */
export function dasDatasetOf(lfn: string): string | null {
  const form = /^\/store\/(?:mc|data)\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)(?:\/\d+)+\/[^/]+$/;
  const [, era, primary, tier, processing] = form.exec(lfn) ?? [];
  return era === undefined ? null : `/${primary ?? ''}/${era}-${processing ?? ''}/${tier ?? ''}`;
}
