import type { Cluster, Failure, SupervisorRecord } from '../../../contract';
import type { ClusterRecord } from '../store';
import { recordLeft } from './seen';
import type { ISeen } from './seen';
import { groupJobs, presentJobs, sumWorkers, summarizeLoss, summaryText } from './summary';

/** What does not change while a cluster lives, whoever started it. */
export type IIdentity = Pick<
  Cluster,
  'id' | 'name' | 'connection' | 'origin' | 'options' | 'folder' | 'startedAt'
> & {
  readonly backend: NonNullable<Cluster['backend']>;
  readonly host: string;
  readonly interpreter: Cluster['interpreter'];
};

/** How far it is with a cluster, beside what its supervisor says. */
export interface IPhase {
  readonly phase: ClusterRecord['phase'];
  /** Somebody wants it to end. */
  readonly stopping: boolean;
  readonly failure: Failure | null;
  readonly endedAt: string | null;
  /** Address on this machine for clients, while a way there is open. */
  readonly loopback: string | null;
  /** False for this machine, where clients need no way. */
  readonly remote: boolean;
}

/** A cluster as its card shows it. */
export function cardOf(identity: IIdentity, phase: IPhase, seen: ISeen): Cluster {
  const { description } = seen;
  const state = stateOf(phase, seen);
  const isLive = state === 'running';
  const jobs = description === null ? [] : groupJobs(presentJobs(description));
  const workers = description === null || isOver(state) ? null : sumWorkers(description);
  const failure = failureOf(phase, seen, state);
  const ends = [description?.idleEndsAt ?? '', description?.lifetimeEndsAt ?? ''].filter(
    at => at !== ''
  );
  const losses = description?.losses ?? [];
  const newest = losses.filter(isKiller).at(-1) ?? losses.at(-1);
  return {
    ...identity,
    state,
    can: [...verbsOf(state, phase, seen), ...moreVerbs(state, phase, seen)],
    mode: description?.mode ?? null,
    scheduler: schedulerOf(identity, phase, seen, state),
    workers,
    jobs: isOver(state) ? [] : jobs,
    jobsFailure: description?.queue.failure ?? null,
    summary: summaryOf(state, workers?.joined ?? 0, jobs),
    why: isLive || state === 'starting' || state === 'stopping' ? (description?.why ?? []) : [],
    warnings: description?.warnings ?? [],
    losses: {
      count: losses.length,
      newest: newest === undefined ? null : summarizeLoss(newest)
    },
    interpreter: interpreterOf(identity, seen),
    failure,
    endedAt: isOver(state) ? phase.endedAt : null,
    stopsAt: isLive ? (ends.sort()[0] ?? null) : null,
    recordingSince: isLive ? (description?.recordingSince ?? null) : null,
    heardAt: seen.heardAt
  };
}

/** Whether Dask gave a task up with it: what comes after that tells less of the reason. */
function isKiller({ tasks }: { readonly tasks: readonly { readonly failed: boolean }[] }): boolean {
  return tasks.some(({ failed }) => failed);
}

function stateOf(
  { phase, stopping, failure }: IPhase,
  { description, silent }: ISeen
): Cluster['state'] {
  if (phase === 'ended') {
    return failure === null ? 'stopped' : 'failed';
  }
  if (silent?.verdict?.is === 'dead' && silent.verdict.record.state === 'failed') {
    return 'failed';
  }
  if (silent !== null) {
    return 'lost';
  }
  const said = description?.state ?? 'starting';
  return stopping && (said === 'starting' || said === 'running') ? 'stopping' : said;
}

function isOver(state: Cluster['state']): boolean {
  return state === 'stopped' || state === 'failed';
}

function failureOf({ failure }: IPhase, seen: ISeen, state: Cluster['state']): Failure | null {
  if (state === 'stopped') {
    return null;
  }
  const { silent, description } = seen;
  const record = recordLeft(seen);
  return state === 'failed'
    ? (failure ?? record?.failure ?? description?.failure ?? null)
    : (silent?.failure ?? description?.failure ?? null);
}

function verbsOf(state: Cluster['state'], { phase }: IPhase, { silent }: ISeen): Cluster['can'] {
  switch (state) {
    case 'starting':
      return ['stop', 'logs'];
    case 'running':
      return ['scale', 'adapt', 'stop', 'logs', 'client', 'dashboard'];
    case 'stopping':
      return ['logs'];
    case 'lost':
      // Where the host cannot be asked there is nothing to clean up, yet.
      return (silent?.verdict ?? null) === null ? [] : ['clean', 'logs'];
    case 'stopped':
      return ['remove', 'logs'];
    case 'failed':
      return phase === 'ended'
        ? ['remove', 'logs']
        : silent === null
          ? ['stop', 'logs']
          : ['clean', 'logs'];
  }
}

/** What depends on the scheduler, too. */
function moreVerbs(
  state: Cluster['state'],
  { remote, loopback }: IPhase,
  { description }: ISeen
): Cluster['can'] {
  const scheduler = state === 'running' ? (description?.scheduler ?? null) : null;
  const canOpen = remote && scheduler?.tls === true;
  return [
    // Reports are drawn by what draws dashboards.
    ...((scheduler?.dashboard ?? null) === null ? [] : ['report' as const]),
    // What is open can be closed.
    ...(canOpen || loopback !== null ? ['loopback' as const] : [])
  ];
}

function schedulerOf(
  { id, host }: IIdentity,
  { loopback }: IPhase,
  seen: ISeen,
  state: Cluster['state']
): Cluster['scheduler'] {
  const known = seen.description?.scheduler ?? recordLeft(seen)?.scheduler ?? null;
  return known === null || isOver(state)
    ? null
    : {
        address: known.address,
        tls: known.tls,
        host,
        dashboard: known.dashboard === null ? null : id,
        loopback
      };
}

function summaryOf(state: Cluster['state'], joined: number, jobs: Cluster['jobs']): string {
  return state === 'running' || state === 'stopping' ? summaryText(joined, jobs) : state;
}

function interpreterOf(identity: IIdentity, { description }: ISeen): Cluster['interpreter'] {
  if (description === null) {
    return identity.interpreter;
  }
  const { executable, python, packages } = description.environment;
  return {
    chosen: identity.interpreter?.chosen ?? null,
    path: executable,
    versions: { python, ...packages }
  };
}

/** What is known of a cluster that another supervisor of this user runs. */
export function identityOfFound(
  record: SupervisorRecord,
  connection: string,
  folder: string
): IIdentity {
  return {
    id: record.id,
    name: record.name,
    connection,
    origin: 'supervisor',
    backend: record.backend,
    options: {},
    interpreter: null,
    host: record.host,
    folder,
    startedAt: record.startedAt
  };
}

/** What is known of a cluster that was started here. */
export function identityOf(record: ClusterRecord): IIdentity {
  const { id, name, connection, backend, options, host, folder, startedAt } = record;
  const { chosen, argv, versions } = record.interpreter;
  const interpreter = { chosen, path: argv.join(' '), versions };
  return {
    id,
    name,
    connection,
    origin: 'ours',
    backend,
    options,
    host,
    folder,
    startedAt,
    interpreter
  };
}
