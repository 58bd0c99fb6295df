import * as z from 'zod';
import { DEFAULTS } from './backends';
import type { Backend } from './backends';
import { get, post } from './endpoint';
import { Failure } from './errors';

/** The programs that speak SSH for us; `auto` takes ssh2 unless the host needs what only OpenSSH has. */
export const SshClient = z.enum(['auto', 'ssh2', 'openssh']);
export type SshClient = z.infer<typeof SshClient>;

const word = (what: string) =>
  z
    .string()
    .min(1)
    // A leading dash would be an option of ssh, a blank or control character no name at all.
    .regex(/^[^-\s\p{C}][^\s\p{C}]*$/u, `is no ${what}`);

/** A host reached by SSH, as `ssh -l user -p port -J jump destination` would. */
export const SshHost = z.object({
  kind: z.literal('ssh'),
  destination: word('host name or alias').meta({
    title: 'Host or alias',
    description: 'A name, or an alias of your ssh configuration, whose settings are honoured'
  }),
  user: word('user name').nullable().default(null).meta({ title: 'User' }),
  port: z.int().min(1).max(65_535).nullable().default(null).meta({ title: 'Port' }),
  jump: word('jump host').nullable().default(null).meta({
    title: 'Jump hosts',
    description: 'As for ssh -J: user@host:port, several with commas'
  }),
  client: SshClient.default('auto').meta({
    title: 'SSH client',
    description:
      'auto: ssh2, or OpenSSH where the host needs Kerberos, certificates or a ProxyCommand'
  })
});
export type SshHost = z.output<typeof SshHost>;

/** Where a connection leads. */
export const HostAddress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('local') }),
  SshHost
]);
export type HostAddress = z.output<typeof HostAddress>;

/** What a site allows at most; absent: no limit of ours. */
export const Limits = z.strictObject({
  clusters: z.int().nonnegative().optional().meta({ title: 'Clusters at once' }),
  workers: z.int().nonnegative().optional().meta({ title: 'Workers of a cluster' }),
  jobs: z.int().nonnegative().optional().meta({ title: 'Jobs of a submission' })
});
export type Limits = z.infer<typeof Limits>;

/** Name of a connection in addresses, files and on the command line. */
export const ConnectionId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'is no id: lower case letters, digits, dot, dash, underscore'
  );

const common = {
  id: ConnectionId,
  title: z.string().min(1).max(80).meta({ title: 'Title' }),
  description: z.string().max(400).default('').meta({ title: 'Description' }),
  host: HostAddress,
  limits: Limits.default({}),
  locked: z.array(z.string()).optional().meta({
    title: 'Locked defaults',
    description: 'Names of defaults that nobody can change in a form; for files of a site'
  })
};

const profile = <B extends Backend, D extends z.ZodType>(backend: B, defaults: D) =>
  z.object({ ...common, backend: z.literal(backend), defaults });

/** Where work goes and how: a host, a backend, and defaults for the forms of that backend. */
export const ConnectionProfile = z.discriminatedUnion('backend', [
  profile('dask-local', DEFAULTS['dask-local'].default({})),
  profile('dask-htcondor', DEFAULTS['dask-htcondor'].default({})),
  profile('dask-lxplus', DEFAULTS['dask-lxplus'].default({})),
  profile('dask-slurm', DEFAULTS['dask-slurm'].default({})),
  profile('vanilla-local', DEFAULTS['vanilla-local'].default({})),
  profile('vanilla-htcondor', DEFAULTS['vanilla-htcondor'].default({})),
  profile('vanilla-lxplus', DEFAULTS['vanilla-lxplus'].default({})),
  profile('vanilla-slurm', DEFAULTS['vanilla-slurm'].default({}))
]);
export type ConnectionProfile = z.output<typeof ConnectionProfile>;

/** What was found out about a host: it is there, it is not, or nobody could tell, and why. */
const finding = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.discriminatedUnion('state', [
    z.object({ state: z.literal('found'), ...shape }),
    z.object({ state: z.literal('absent'), reason: z.string() }),
    z.object({ state: z.literal('unknown'), reason: z.string() })
  ]);

const Space = finding({
  path: z.string(),
  freeBytes: z.number().nonnegative(),
  totalBytes: z.number().nonnegative()
});

/** What a probe found on a host. */
export const HostDetails = z.object({
  checkedAt: z.iso.datetime(),
  node: z.string().meta({ description: 'The name the host gives itself; a pool alias has many' }),
  user: z.string(),
  scheduler: finding({
    name: z.enum(['HTCondor', 'Slurm']),
    version: z.string(),
    path: z.string()
  }),
  python: finding({ version: z.string(), path: z.string() }),
  home: Space,
  scratch: Space,
  ticket: finding({ principal: z.string(), cache: z.string(), expiresAt: z.iso.datetime() }),
  proxy: finding({ path: z.string(), identity: z.string(), expiresAt: z.iso.datetime() }),
  roundTripMs: z.number().nonnegative().nullable(),
  client: z.enum(['local', 'ssh2', 'openssh']),
  clientWhy: z
    .string()
    .meta({ description: 'Why this SSH client was taken; empty for this machine' })
});
export type HostDetails = z.infer<typeof HostDetails>;

/** `lost`: it was open and the line broke; it is tried again unless `paused`. */
export const ConnectionState = z.enum(['closed', 'opening', 'asking', 'open', 'lost', 'failed']);
export type ConnectionState = z.infer<typeof ConnectionState>;

/** A profile and how it stands with it. */
export const Connection = z.object({
  profile: ConnectionProfile,
  origin: z
    .enum(['built-in', 'site', 'user'])
    .meta({ description: 'Only those of the user can be changed' }),
  file: z.string().nullable().meta({ description: 'File the profile was read from' }),
  unusable: z.string().nullable().meta({ description: 'Why it cannot be used here, in words' }),
  state: ConnectionState,
  failure: Failure.nullable(),
  nextTryAt: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'While lost: when it is tried again' }),
  paused: z.boolean().meta({ description: 'While lost: it waits for the user' }),
  openedAt: z.iso.datetime().nullable(),
  details: HostDetails.nullable().meta({ description: 'As last seen; kept while lost' })
});
export type Connection = z.output<typeof Connection>;

/** What is wrong with a file of profiles; all others are used. */
export const ProfileProblem = z.object({
  file: z.string(),
  key: z.string().meta({ description: 'Such as profiles[2].host.port; empty: the whole file' }),
  value: z.string().meta({ description: 'What stands there, shortened; empty where nothing does' }),
  message: z.string()
});
export type ProfileProblem = z.infer<typeof ProfileProblem>;

/** A file of profiles, `hepbatch/connections/*.json` in a configuration folder of Jupyter. */
export const ProfileFile = z.strictObject({
  version: z.literal(1),
  profiles: z.array(z.unknown()).default([]),
  hide: z
    .array(z.string())
    .default([])
    .meta({ description: 'Ids of built-in profiles not to show' })
});
export type ProfileFile = z.output<typeof ProfileFile>;

/** One step of trying a profile. */
export const TestStep = z.object({
  name: z.enum([
    'configuration',
    'connect',
    'log-in',
    'scheduler',
    'python',
    'folders',
    'credentials'
  ]),
  state: z.enum(['waiting', 'running', 'ok', 'warning', 'failed', 'unknown', 'skipped']),
  words: z.string().meta({ description: 'What was found, or what is wrong' }),
  seconds: z.number().nonnegative().nullable()
});
export type TestStep = z.infer<typeof TestStep>;

/** The trial of a profile that may not be saved yet; it opens, probes, and closes what it opened. */
export const ConnectionTest = z.object({
  id: z.string(),
  state: z.enum(['running', 'passed', 'failed', 'cancelled']),
  steps: z.array(TestStep),
  failure: Failure.nullable(),
  details: HostDetails.nullable()
});
export type ConnectionTest = z.infer<typeof ConnectionTest>;

/** An entry of a folder on a host. */
export const FolderEntry = z.object({
  name: z.string(),
  kind: z.enum(['folder', 'file', 'other'])
});
export type FolderEntry = z.infer<typeof FolderEntry>;

const Id = z.object({ id: ConnectionId });
const TestId = z.object({ id: z.string() });

export const connections = {
  list: get(
    '/connections',
    z.object({ connections: z.array(Connection), problems: z.array(ProfileProblem) })
  ),
  /** Aliases of the user's ssh configuration, without patterns. */
  aliases: get('/connections/aliases', z.object({ aliases: z.array(z.string()) })),
  read: post('/connections/read', Id, Connection),
  /** Answers at once; what follows comes as events. */
  open: post('/connections/open', Id, Connection),
  close: post('/connections/close', Id, Connection),
  /** Looks again at what the details say. */
  probe: post('/connections/probe', Id, Connection),
  save: post(
    '/connections/save',
    z.object({
      profile: ConnectionProfile,
      replaces: ConnectionId.nullable().default(null).meta({
        description:
          'Id of the profile that is edited; null: a new one, refused where the id is taken'
      })
    }),
    Connection
  ),
  remove: post('/connections/remove', Id, z.object({})),
  test: post('/connections/test', z.object({ profile: ConnectionProfile }), ConnectionTest),
  readTest: post('/connections/test/read', TestId, ConnectionTest),
  cancelTest: post('/connections/test/cancel', TestId, ConnectionTest),
  /** Gets a Kerberos ticket on that host by kinit; its password comes by a prompt. */
  ticket: post(
    '/connections/ticket',
    z.object({ id: ConnectionId, principal: z.string().nullable().default(null) }),
    Connection
  ),
  /** Gets a VOMS proxy on that host by voms-proxy-init; its pass phrase comes by a prompt. */
  proxy: post(
    '/connections/proxy',
    z.object({
      id: ConnectionId,
      voms: z.string().default('cms'),
      hours: z.int().min(1).max(192).default(192)
    }),
    Connection
  ),
  /** Names in a folder, folders first; `filter` keeps what contains it, `most` cuts. */
  folder: post(
    '/connections/folder',
    z.object({
      id: ConnectionId,
      path: z.string().meta({ description: 'Absolute, or ~ for the home folder' }),
      filter: z.string().default(''),
      most: z.int().min(1).max(10_000).default(1000)
    }),
    z.object({
      path: z.string().meta({ description: 'Absolute, links kept' }),
      entries: z.array(FolderEntry),
      matching: z
        .int()
        .meta({ description: 'How many match, more than `entries` where it was cut' })
    })
  )
};
