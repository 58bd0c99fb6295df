import { HepbatchError } from '../../../contract';
import type { Backend, ConnectionProfile, HostDetails } from '../../../contract';
import type { IOpenedHost } from '../hosts/open';
import { parseProxy, parseTicket } from './credentials';
import { absent } from './finding';
import { parseParts } from './parts';
import { PROBE_SCRIPT } from './script';
import { parseSpace } from './space';
import { parseCondor, parsePython, parseSlurm } from './tools';

/** What was found out about a host, for all connections that lead there. */
export interface IHostFindings extends Omit<
  HostDetails,
  'scheduler' | 'python' | 'client' | 'clientWhy'
> {
  readonly condor: HostDetails['scheduler'];
  readonly slurm: HostDetails['scheduler'];
  readonly pythons: ReadonlyMap<string, HostDetails['python']>;
}

/** The interpreter where a profile names none. */
const DEFAULT_PYTHON = 'python3';

/** How long the slowest part may take. */
const TIMEOUT_MS = 20_000;

/** What is found is looked at again after so long, or when a ticket or proxy ends. */
const LOOK_AGAIN_MS = 10 * 60_000;

/**
 * Looks at an open host: one script, sent once. What gives no answer is unknown. Throws
 * `connection-lost` where the line broke, `cancelled` by the signal.
 */
export async function probeHost(
  { host }: IOpenedHost,
  interpreters: readonly string[],
  now: () => Date,
  signal: AbortSignal
): Promise<IHostFindings> {
  const asked = [...new Set([DEFAULT_PYTHON, ...interpreters])];
  const [result, roundTripMs] = await Promise.all([
    host.run(['sh', '-c', PROBE_SCRIPT, 'sh', ...asked], {
      signal,
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: 1_000_000
    }),
    host.roundTrip().catch(() => null) // where the line broke, the result says so
  ]);
  if (result.end === 'unknown') {
    throw new HepbatchError('connection-lost', `${host.title}: ${result.reason}`, {
      next: 'Wait until the connection is back, or open it again.'
    });
  }
  if (result.end === 'cancelled') {
    throw new HepbatchError('cancelled', `Looking at ${host.title} was cancelled.`, {
      next: 'Look again.'
    });
  }
  const { user, node, ended } = parseParts(result.stdout);
  const at = now();
  const fqdn = ended.get('fqdn');
  const pythons = asked.map(
    (python, i) => [python, parsePython(ended.get(`python${i}`), python)] as const
  );
  return {
    checkedAt: at.toISOString(),
    node: (fqdn?.status === 0 ? fqdn.text : '') || (node ?? ''),
    user: user ?? '',
    condor: parseCondor(ended.get('condor')),
    slurm: parseSlurm(ended.get('slurm')),
    pythons: new Map(pythons),
    home: parseSpace(ended.get('home')),
    scratch: parseSpace(ended.get('scratch')),
    ticket: parseTicket(ended.get('ticket'), at),
    proxy: parseProxy(ended.get('proxy'), at),
    roundTripMs
  };
}

/** The findings as the details of one connection: its scheduler, its Python. */
export function detailsOf(
  { condor, slurm, pythons, ...findings }: IHostFindings,
  client: Pick<HostDetails, 'client' | 'clientWhy'>,
  { backend, defaults }: Pick<ConnectionProfile, 'backend' | 'defaults'>
): HostDetails {
  const python = defaults.python ?? DEFAULT_PYTHON;
  return {
    ...findings,
    scheduler: schedulerOf(backend, condor, slurm),
    python: pythons.get(python) ?? absent(`${python} was not looked at yet.`),
    ...client
  };
}

function schedulerOf(
  backend: Backend,
  condor: HostDetails['scheduler'],
  slurm: HostDetails['scheduler']
): HostDetails['scheduler'] {
  switch (backend) {
    case 'dask-slurm':
    case 'vanilla-slurm':
      return slurm;
    case 'dask-local':
    case 'vanilla-local':
      return absent('None is needed: work runs on the host itself.');
    default:
      return condor;
  }
}

/** When findings are to be looked at again, in milliseconds. */
export function lookAgainMs({ ticket, proxy }: IHostFindings, now: Date): number {
  const ends = [ticket, proxy].flatMap(finding =>
    finding.state === 'found' ? [new Date(finding.expiresAt).getTime() - now.getTime() + 1000] : []
  );
  return Math.max(Math.min(LOOK_AGAIN_MS, ...ends), 1000);
}
