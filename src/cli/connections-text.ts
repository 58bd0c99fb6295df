import type { Backend, Connection, ConnectionTest, HostAddress, TestStep } from '../contract';
import { printable } from './printable';

const BACKENDS: Readonly<Record<Backend, string>> = {
  'dask-local': 'Dask on the host',
  'dask-htcondor': 'Dask on HTCondor',
  'dask-lxplus': 'Dask on LXPLUS',
  'dask-slurm': 'Dask on Slurm',
  'vanilla-local': 'jobs on the host',
  'vanilla-htcondor': 'HTCondor',
  'vanilla-lxplus': 'vanilla LXPLUS',
  'vanilla-slurm': 'Slurm'
};

const MARKS: Readonly<Record<TestStep['state'], string>> = {
  waiting: '....',
  running: '....',
  ok: 'ok',
  warning: 'warn',
  failed: 'FAIL',
  unknown: '?',
  skipped: '-'
};

/** The table of connections, with a line below each that has more to say. */
export function connectionsText(all: readonly Connection[], now: Date): string {
  const rows = all.map(({ profile, state, unusable }) => [
    profile.id,
    unusable === null ? state : '-',
    hostWords(profile.host),
    BACKENDS[profile.backend],
    unusable === null ? profile.title : `${profile.title} (${unusable})`
  ]);
  const head = ['name', 'state', 'host', 'backend', 'title'];
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map(row => printable(row[i] ?? '').length))
  );
  const line = (row: readonly string[]) =>
    row
      .map((word, i) => printable(word).padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = rows.flatMap((row, i) => [
    line(row),
    ...notes(all[i], now).map(note => `    ${printable(note)}`)
  ]);
  return [line(head), ...lines, ''].join('\n');
}

function notes(connection: Connection | undefined, now: Date): string[] {
  if (connection === undefined) {
    return [];
  }
  const { failure, nextTryAt, paused, details } = connection;
  const said: string[] = [];
  if (failure !== null) {
    said.push(failure.message);
  }
  if (nextTryAt !== null) {
    const seconds = Math.max(0, Math.ceil((Date.parse(nextTryAt) - now.getTime()) / 1000));
    said.push(`it is tried again in ${seconds} s`);
  } else if (paused) {
    said.push('it waits for you: open it again');
  }
  return details === null ? said : [...said, ...detailLines(details, now)];
}

function detailLines(details: NonNullable<Connection['details']>, now: Date): string[] {
  const { node, user, scheduler, ticket, proxy, roundTripMs, client, clientWhy } = details;
  const how = client === 'local' ? '' : ` by ${client}${clientWhy ? ` (${clientWhy})` : ''}`;
  const time = roundTripMs === null ? '' : `, round trip ${roundTripMs.toFixed(1)} ms`;
  return [
    `${user} on ${node}${how}${client === 'local' ? '' : time}`,
    scheduler.state === 'found' ? `${scheduler.name} ${scheduler.version}` : '',
    ticket.state === 'found'
      ? `ticket of ${ticket.principal}, ${timeLeft(ticket.expiresAt, now)}`
      : '',
    proxy.state === 'found' ? `VOMS proxy, ${timeLeft(proxy.expiresAt, now)}` : ''
  ].filter(line => line !== '');
}

/** Such as `7 h 59 min left`. */
export function timeLeft(until: string, now: Date): string {
  const minutes = Math.max(0, Math.floor((Date.parse(until) - now.getTime()) / 60_000));
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}

/** One line for an open connection. */
export function openText({ profile, details }: Connection): string {
  const where = details === null ? '' : `: ${details.user} on ${details.node}`;
  return printable(`${profile.title} is open${where}`);
}

/** One line for a step of a trial that is over. */
export function stepText({ name, state, words, seconds }: TestStep): string {
  const time = seconds === null || seconds < 0.1 ? '' : ` (${seconds.toFixed(1)} s)`;
  return `${MARKS[state].padEnd(4)}  ${name.padEnd(13)}  ${printable(words)}${time}`.trimEnd();
}

/** How a trial ended. */
export function verdictText({ state, failure }: ConnectionTest): string {
  return failure === null
    ? `${state}.`
    : printable(`${state}: ${failure.message} ${failure.data.next}`);
}

function hostWords(host: HostAddress): string {
  if (host.kind === 'local') {
    return 'this machine';
  }
  const user = host.user === null ? '' : `${host.user}@`;
  const port = host.port === null ? '' : `:${host.port}`;
  return `${user}${host.destination}${port}`;
}
