import { HepbatchError, SubmissionOptions } from '../../../contract';
import type { Backend, ConnectionProfile } from '../../../contract';
import type { SubmissionScheduler } from '../plan';

/** The backends that run plain jobs. */
export type VanillaBackend = Extract<Backend, `vanilla-${string}`>;

/** What runs the jobs of each backend. */
export const SCHEDULER: Readonly<Record<VanillaBackend, SubmissionScheduler>> = {
  'vanilla-local': 'local',
  'vanilla-htcondor': 'htcondor',
  'vanilla-lxplus': 'htcondor',
  'vanilla-slurm': 'slurm'
};

/** Fields that only some backends have. */
const FIELDS: Readonly<Record<string, readonly VanillaBackend[]>> = {
  queue: ['vanilla-lxplus', 'vanilla-slurm'],
  account: ['vanilla-slurm'],
  walltime: ['vanilla-htcondor', 'vanilla-lxplus', 'vanilla-slurm'],
  disk: ['vanilla-htcondor', 'vanilla-lxplus'],
  image: ['vanilla-htcondor', 'vanilla-lxplus'],
  maxIdle: ['vanilla-htcondor', 'vanilla-lxplus'],
  maxMaterialize: ['vanilla-htcondor', 'vanilla-lxplus'],
  directives: ['vanilla-htcondor', 'vanilla-lxplus', 'vanilla-slurm']
};

/** How the fields of a submission are called among the defaults of a connection, where they differ. */
const DEFAULT_OF: Readonly<Record<string, string>> = { flavour: 'queue', partition: 'queue' };

/** The backend of a connection as one that runs plain jobs. Throws `unsupported`. */
export function vanillaBackend({ backend, title }: ConnectionProfile): VanillaBackend {
  switch (backend) {
    case 'vanilla-local':
    case 'vanilla-htcondor':
    case 'vanilla-lxplus':
    case 'vanilla-slurm':
      return backend;
    default:
      throw new HepbatchError('unsupported', `${title} has Dask clusters, no plain jobs.`, {
        next: 'Choose a connection whose backend begins with vanilla-.'
      });
  }
}

/**
 * The options with the defaults of the connection. Throws `bad-request` for a field that the backend
 * lacks, `denied` for one that the site has locked.
 */
export function completeOptions(
  asked: SubmissionOptions,
  profile: ConnectionProfile
): SubmissionOptions {
  const backend = vanillaBackend(profile);
  const known: Readonly<Record<string, unknown>> = SubmissionOptions.shape;
  const defaults: Record<string, unknown> = {};
  const locked = new Set<string>();
  for (const [name, value] of Object.entries(profile.defaults)) {
    const field = DEFAULT_OF[name] ?? name;
    if (field in known && value !== undefined) {
      defaults[field] = value;
      if (profile.locked?.includes(name) === true) {
        locked.add(field);
      }
    }
  }
  const given = Object.entries(asked).filter(([, value]) => !isEmpty(value));
  for (const [field, value] of given) {
    if (FIELDS[field]?.includes(backend) === false) {
      throw new HepbatchError('bad-request', `options.${field}: ${backend} has no such field`, {
        next: 'Leave it out.'
      });
    }
    if (locked.has(field) && defaults[field] !== value) {
      const message = `options.${field}: ${JSON.stringify(value)} is asked for, and the site has locked ${JSON.stringify(defaults[field])}`;
      throw new HepbatchError('denied', message, { next: 'Leave it out.' });
    }
  }
  return SubmissionOptions.parse({ ...defaults, ...Object.fromEntries(given) });
}

/** Left out, or what a form sends where nothing is filled in. */
function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  );
}
