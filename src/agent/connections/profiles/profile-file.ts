import * as z from 'zod';
import { ConnectionProfile, ProfileFile, ProfileProblem, SshHost } from '../../../contract';

/** What a file of profiles says, and what is wrong with it. */
export interface IProfileFile {
  readonly profiles: readonly ConnectionProfile[];
  readonly hide: readonly string[];
  readonly problems: readonly ProfileProblem[];
}

const EMPTY = { profiles: [], hide: [] } as const;

/** How much of a value is shown. */
const SHOWN = 80;

const COMMON_KEYS = [
  'id',
  'title',
  'description',
  'backend',
  'host',
  'limits',
  'defaults',
  'locked'
];
const HOST_KEYS = Object.keys(SshHost.shape);

/**
 * Reads the text of a file. A profile with a fault is left out and told of, the others are used; so
 * is a key that nobody knows, since it is most often a misspelt one.
 */
export function parseProfileFile(file: string, text: string): IProfileFile {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (cause) {
    const message = `is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { ...EMPTY, problems: [{ file, key: '', value: '', message }] };
  }
  const whole = ProfileFile.safeParse(said);
  if (!whole.success) {
    const isOnlyUnknownKeys = whole.error.issues.every(({ code }) => code === 'unrecognized_keys');
    const known = isOnlyUnknownKeys ? ProfileFile.safeParse(pickKnown(said)) : whole;
    const problems = problemsOf(file, whole.error, said, []);
    return known.success ? merge(readProfiles(file, known.data), problems) : { ...EMPTY, problems };
  }
  return readProfiles(file, whole.data);
}

function readProfiles(file: string, { profiles, hide }: ProfileFile): IProfileFile {
  const problems: ProfileProblem[] = [];
  const read = new Map<string, ConnectionProfile>();
  profiles.forEach((said, i) => {
    const at = ['profiles', i];
    problems.push(...unknownKeys(file, said, at, COMMON_KEYS));
    const host: unknown = isObject(said) ? said['host'] : undefined;
    problems.push(...unknownKeys(file, host, [...at, 'host'], HOST_KEYS));
    const parsed = ConnectionProfile.safeParse(said);
    if (!parsed.success) {
      problems.push(...problemsOf(file, parsed.error, said, at));
    } else if (read.has(parsed.data.id)) {
      const message = 'stands twice in this file; the first one is used';
      problems.push({ file, key: keyOf([...at, 'id']), value: parsed.data.id, message });
    } else {
      read.set(parsed.data.id, parsed.data);
    }
  });
  return { profiles: [...read.values()], hide, problems };
}

function problemsOf(
  file: string,
  error: z.ZodError,
  said: unknown,
  at: readonly PropertyKey[]
): ProfileProblem[] {
  return error.issues.flatMap(issue => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [null];
    return keys.map(key => {
      const path = key === null ? issue.path : [...issue.path, key];
      const value = shorten(valueAt(said, path));
      const message = key === null ? issue.message : 'is no key that hepbatch knows';
      return { file, key: keyOf([...at, ...path]), value, message };
    });
  });
}

function unknownKeys(
  file: string,
  said: unknown,
  at: readonly PropertyKey[],
  known: readonly string[]
): ProfileProblem[] {
  const keys = isObject(said) ? Object.keys(said).filter(key => !known.includes(key)) : [];
  return keys.map(key => ({
    file,
    key: keyOf([...at, key]),
    value: shorten(isObject(said) ? said[key] : undefined),
    message: 'is no key that hepbatch knows'
  }));
}

function merge(read: IProfileFile, problems: readonly ProfileProblem[]): IProfileFile {
  return { ...read, problems: [...problems, ...read.problems] };
}

function pickKnown(said: unknown): unknown {
  const known = Object.keys(ProfileFile.shape);
  return isObject(said)
    ? Object.fromEntries(Object.entries(said).filter(([key]) => known.includes(key)))
    : said;
}

function valueAt(said: unknown, path: readonly PropertyKey[]): unknown {
  let value = said;
  for (const key of path) {
    value = isObject(value) ? value[String(key)] : undefined;
  }
  return value;
}

/** Such as `profiles[2].host.port`. */
function keyOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function shorten(value: unknown): string {
  const text = value === undefined ? '' : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
