import * as z from 'zod';
import { CLUSTER_OPTIONS, ClusterBackend, HepbatchError } from '../../../contract';
import type { ClusterOptions, ConnectionProfile, Limits } from '../../../contract';

/** The backend of a connection as one that has clusters. Throws `unsupported`. */
export function daskBackend({ backend, title }: ConnectionProfile): ClusterBackend {
  const dask = ClusterBackend.safeParse(backend);
  if (!dask.success) {
    throw new HepbatchError('unsupported', `${title} runs plain jobs, no Dask cluster.`, {
      next: 'Choose a connection whose backend begins with dask-.'
    });
  }
  return dask.data;
}

/**
 * What a new cluster is to be, with the defaults of its connection. Throws `bad-request` for a field
 * that the backend lacks, `denied` for one that the site has locked or limited.
 */
export function completeOptions(asked: ClusterOptions, profile: ConnectionProfile): ClusterOptions {
  const backend = daskBackend(profile);
  const schema = CLUSTER_OPTIONS[backend];
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  for (const [name] of given) {
    if (!(name in schema.shape)) {
      throw new HepbatchError('bad-request', `options.${name}: ${backend} has no such field`, {
        next: `Leave it out; there are ${Object.keys(schema.shape).join(', ')}.`
      });
    }
  }
  // The Python of a connection is no field of the form: it is chosen apart.
  const defaults: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(profile.defaults).filter(([name]) => name !== 'python')
  );
  needUnlocked(given, defaults, profile);
  const filled: Record<string, unknown> = { ...defaults, ...Object.fromEntries(given) };
  // One of the two was asked for; the other one's default is not meant.
  if (asked.workers !== undefined && asked.adaptive === undefined) {
    delete filled['adaptive'];
  } else if (asked.adaptive !== undefined && asked.workers === undefined) {
    delete filled['workers'];
  }
  const options = schema.safeParse(filled);
  if (!options.success) {
    throw new HepbatchError('bad-request', `options: ${z.prettifyError(options.error)}`, {
      next: 'Correct the named fields.'
    });
  }
  if (options.data.workers !== undefined && options.data.adaptive !== undefined) {
    const message = 'options: workers and adaptive are both given, and only one can hold';
    throw new HepbatchError('bad-request', message, { next: 'Leave out one of them.' });
  }
  needWithin(
    profile.limits,
    Math.max(options.data.workers ?? 0, options.data.adaptive?.maximum ?? 0)
  );
  return options.data;
}

/** Throws `denied` where a site allows fewer workers. */
export function needWithin({ workers: most }: Limits, workers: number): void {
  if (most !== undefined && workers > most) {
    throw new HepbatchError('denied', `${workers} workers are more than the ${most} allowed here`, {
      next: `Ask for ${most} or fewer; the limit is set in the profile of the connection.`
    });
  }
}

/** Paths that begin with `~` as absolute ones, of the home folder there. */
export function expandHome(options: ClusterOptions, home: string): ClusterOptions {
  const expand = (path: string) => path.replace(/^~(?=\/|$)/, home);
  return {
    ...options,
    ...(options.logFolder !== undefined && { logFolder: expand(options.logFolder) }),
    ...(options.workFolder !== undefined && { workFolder: expand(options.workFolder) })
  };
}

function needUnlocked(
  given: readonly (readonly [string, unknown])[],
  defaults: Readonly<Record<string, unknown>>,
  { locked = [], title }: ConnectionProfile
): void {
  const both = locked.includes('workers') || locked.includes('adaptive');
  for (const [name, value] of given) {
    const isLocked = locked.includes(name) || (both && ['workers', 'adaptive'].includes(name));
    if (isLocked && JSON.stringify(value) !== JSON.stringify(defaults[name])) {
      const fixed = defaults[name] === undefined ? 'left out' : JSON.stringify(defaults[name]);
      throw new HepbatchError('denied', `options.${name}: ${title} has it fixed as ${fixed}`, {
        next: 'Leave it out; whoever wrote the profile of the connection has locked it.'
      });
    }
  }
}
