import { homedir, release, tmpdir, type } from 'node:os';
import { HepbatchError, toFailure } from '../contract';
import { openHosts, userEnvironment } from '../agent/connections/hosts/open';
import { probeHost } from '../agent/connections/probe/probe';
import type { IHostFindings } from '../agent/connections/probe/probe';
import { configFolders } from '../agent/connections/profiles/config-folders';
import { findOnPath } from '../agent/connections/profiles/on-path';
import { Profiles } from '../agent/connections/profiles/profiles';
import { findFolders, openFolders, socketPath } from '../agent/paths';
import type { IEnvironment } from '../agent/paths';
import { findAgent } from './agent-client';
import { timeLeft } from './connections-text';
import { pythonChecks } from './doctor-python';
import type { ITerminal } from './terminal';

/** One thing that was looked at. `absent` is no fault: it is not needed everywhere. */
export interface ICheck {
  readonly name: string;
  readonly state: 'ok' | 'absent' | 'warning' | 'failed' | 'unknown';
  readonly words: string;
}

/** What was looked at, by theme. It holds no secret: of variables only whether they are set. */
export interface IDoctorReport {
  readonly hepbatch: string;
  readonly at: string;
  readonly sections: readonly { readonly title: string; readonly checks: readonly ICheck[] }[];
}

const PROGRAMS = {
  ssh: 'connections by OpenSSH, which Kerberos needs',
  condor_submit: 'HTCondor on this machine',
  sbatch: 'Slurm on this machine',
  kinit: 'Kerberos tickets',
  'voms-proxy-init': 'VOMS proxies',
  dasgoclient: 'expected events from DAS'
} as const;

const VARIABLES = [
  'KRB5CCNAME',
  'KRB5CCNAME_NB_TERM',
  'X509_USER_PROXY',
  'CONDOR_CONFIG',
  'SLURM_CONF',
  'SSH_AUTH_SOCK',
  'JUPYTER_CONFIG_PATH',
  'JUPYTER_CONFIG_DIR',
  'XDG_RUNTIME_DIR',
  'HEPBATCH_NODE',
  'HEPBATCH_PYTHON'
];

/** Looks at everything that hepbatch needs or can use here. Starts no agent. */
export async function examine(
  version: string,
  { env }: Pick<ITerminal, 'env'>
): Promise<IDoctorReport> {
  const world = { env, uid: process.getuid?.() ?? null, tmpdir: tmpdir(), home: homedir() };
  const [agent, programs, python, host, profiles] = await Promise.all([
    agentChecks(version, world),
    programChecks(userEnvironment(env)),
    pythonChecks(env),
    hostChecks(world),
    profileChecks(world)
  ]);
  const set = VARIABLES.filter(name => (env[name] ?? '') !== '');
  return {
    hepbatch: version,
    at: new Date().toISOString(),
    sections: [
      {
        title: 'hepbatch',
        checks: [
          ok('version', version),
          ok('Node', `${process.version}, ${process.execPath}`),
          ok('system', `${type()} ${release()} ${process.arch}`),
          ok('variables set', set.join(', ') || 'none of those that matter'),
          ...agent
        ]
      },
      { title: 'Python', checks: python },
      { title: 'programs', checks: programs },
      { title: 'this machine', checks: host },
      { title: 'connections', checks: profiles }
    ]
  };
}

const ok = (name: string, words: string): ICheck => ({ name, state: 'ok', words });

async function agentChecks(version: string, world: IEnvironment): Promise<ICheck[]> {
  const checks: ICheck[] = [];
  try {
    const folders = await findFolders(world);
    checks.push(ok('socket', socketPath(folders)), ok('state folder', folders.state));
    await openFolders(world);
    const found = await findAgent(world);
    const info = found?.info;
    checks.push(
      info === undefined
        ? { name: 'agent', state: 'absent', words: 'none runs; it starts when it is needed' }
        : {
            name: 'agent',
            state: info.version === version ? 'ok' : 'warning',
            words: `version ${info.version}, process ${info.pid}, since ${info.startedAt}, log ${info.log}`
          }
    );
  } catch (error) {
    checks.push(failed('agent', error));
  }
  return checks;
}

function failed(name: string, error: unknown): ICheck {
  const { message, data } = toFailure(error);
  const isOurs = error instanceof HepbatchError;
  return { name, state: 'failed', words: isOurs ? `${message}. ${data.next}` : message };
}

async function programChecks(env: ITerminal['env']): Promise<ICheck[]> {
  return Promise.all(
    Object.entries(PROGRAMS).map(async ([name, what]): Promise<ICheck> => {
      const path = await findOnPath(name, env);
      return path === null
        ? { name, state: 'absent', words: `not on PATH (${what})` }
        : ok(name, path);
    })
  );
}

/** This machine, looked at as the agent looks at any host. */
async function hostChecks({ env, home }: IEnvironment): Promise<ICheck[]> {
  const { signal } = new AbortController();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const open = openHosts({ env: userEnvironment(env), home, runtime: tmpdir(), log });
  const now = new Date();
  try {
    const opened = await open({ kind: 'local' }, () => Promise.resolve(null), signal);
    const findings = await probeHost(opened, [], () => now, signal);
    await opened.host.close();
    return findingChecks(findings, now);
  } catch (error) {
    return [failed('this machine', error)];
  }
}

function findingChecks(findings: IHostFindings, now: Date): ICheck[] {
  const { node, user, condor, slurm, home, scratch, ticket, proxy } = findings;
  const space = (found: typeof home) =>
    found.state === 'found' ? `${found.path}, ${(found.freeBytes / 1e9).toFixed(1)} GB free` : '';
  const left = (expiresAt: string) => timeLeft(expiresAt, now);
  return [
    ok('host', `${user} on ${node}`),
    check('HTCondor', condor, condor.state === 'found' ? condor.version : ''),
    check('Slurm', slurm, slurm.state === 'found' ? slurm.version : ''),
    check('home', home, space(home)),
    check('scratch', scratch, space(scratch)),
    check(
      'Kerberos ticket',
      ticket,
      ticket.state === 'found'
        ? `${ticket.principal}, ${left(ticket.expiresAt)}, ${ticket.cache}`
        : ''
    ),
    check(
      'VOMS proxy',
      proxy,
      proxy.state === 'found' ? `${left(proxy.expiresAt)}, ${proxy.path}` : ''
    )
  ];
}

function check(
  name: string,
  found: { state: 'found' } | { state: 'absent' | 'unknown'; reason: string },
  words: string
): ICheck {
  return found.state === 'found'
    ? ok(name, words)
    : { name, state: found.state, words: found.reason };
}

async function profileChecks({ env, home }: IEnvironment): Promise<ICheck[]> {
  const folders = configFolders(env, home);
  const { known, problems } = await new Profiles(folders, userEnvironment(env)).load();
  const files = new Set([...known.values()].flatMap(({ file }) => file ?? []));
  return [
    ok('looked for in', [...folders.site, folders.userFile].join(', ')),
    ok('files used', [...files].join(', ') || 'none, the built-in ones alone'),
    ...[...known].map(([id, { unusable }]): ICheck => ({
      name: id,
      state: unusable === null ? 'ok' : 'absent',
      words: unusable ?? 'can be used'
    })),
    ...problems.map(({ file, key, value, message }): ICheck => {
      const words = [file, key, value].filter(part => part !== '').join(': ');
      return { name: 'fault', state: 'failed', words: `${words}: ${message}` };
    })
  ];
}
