import { isAbsolute } from 'node:path/posix';
import type { ConnectionProfile, SubmissionOptions, SubmissionRequest } from '../../contract';
import { resolvePython } from '../clusters/interpreters/resolve';
import type { IHost } from '../connections/hosts/host';
import type { IConnections } from '../connections/service';
import type { Environment } from '../run';
import type { IPlan } from './plan';
import { isUrl } from './prepare/arguments';
import { askHost, askPlace } from './prepare/ask-host';
import { stampOf } from './prepare/names';
import { SCHEDULER, completeOptions, vanillaBackend } from './prepare/options';
import type { VanillaBackend } from './prepare/options';
import type { Environments } from './prepare/environment';
import { frameworkFolder, prepare } from './prepare/prepare';
import { defaultProgram, jobEnvironment } from './prepare/scheduler-files';
import { parseSamples } from './prepare/samples';
import { readSource, samplesOf } from './sources';

/** What planning asks of this machine. */
export interface IPlanningWorld {
  readonly env: Environment;
  readonly home: string;
  readonly connections: Pick<IConnections, 'host' | 'read' | 'probe'>;
  readonly now: () => Date;
  readonly environments: Environments;
}

/** A plan, and what it was made for. */
export interface IPlanned {
  readonly plan: IPlan;
  readonly stamp: string;
  readonly profile: ConnectionProfile;
  readonly backend: VanillaBackend;
  readonly host: IHost;
  /** With the defaults of the connection. */
  readonly options: SubmissionOptions;
  /** First words of the Python of the jobs. */
  readonly python: readonly string[];
}

/** A submission to be; `stamp` null: that of now. */
export interface IWantedPlan {
  readonly request: SubmissionRequest;
  readonly token: string;
  /** Whose missing files it runs. */
  readonly parent: string | null;
  readonly stamp: string | null;
}

/** What run_analysis.py needs, whichever framework it is of. */
const NEEDED = ['coffea'];

/** Everything that would be written and run. Only reads. Throws what `submissions.preview` says. */
export async function planSubmission(
  { request, token, parent, stamp }: IWantedPlan,
  { env, home, connections, now, environments }: IPlanningWorld
): Promise<IPlanned> {
  const { profile } = await connections.read(request.connection);
  const backend = vanillaBackend(profile);
  const host = await connections.host(profile.id);
  const details =
    (await connections.read(profile.id)).details ?? (await connections.probe(profile.id)).details;
  const facts = await askHost(host, SCHEDULER[backend]);
  const runner = await readSource(request.runner, 'runner JSON', host, facts.home);
  const samples = await readSource(
    request.samples ?? samplesOf(runner),
    'samples JSON',
    host,
    facts.home
  );
  const files = Object.values(parseSamples(samples.json, samples.name)).flat();
  const base = frameworkFolder(request, profile, facts);
  const local = files.filter(file => isAbsolute(file) && !isUrl(file));
  const python = await resolvePython(request.interpreter, profile, {
    env,
    home,
    isLocal: host.client === 'local',
    hostHome: facts.home
  });
  const options = completeOptions(request.options, profile);
  const scheduler = SCHEDULER[backend];
  const looking = environments.look(profile.id, host, {
    environment: jobEnvironment({ options, scheduler, facts: { ...facts, python }, proxy: null }),
    program: request.program ?? defaultProgram(python.argv),
    python: python.argv,
    needed: request.program === null ? NEEDED : [],
    image: options.image ?? null
  });
  const place = await askPlace(host, base, local);
  const at = now();
  const usedStamp = stamp ?? stampOf(at);
  const plan = prepare({
    ...{ request, profile, runner, samples, token },
    isPart: parent !== null,
    facts: {
      ...{ now: at, python, ...facts, ...place },
      environment: await looking,
      proxy: details?.proxy ?? null,
      ticket: details?.ticket ?? null
    },
    stamp: usedStamp
  });
  return { plan, stamp: usedStamp, profile, backend, host, options, python: python.argv };
}
