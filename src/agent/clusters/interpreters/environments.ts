import { setTimeout as sleep } from 'node:timers/promises';
import { PythonEnvironment, toFailure } from '../../../contract';
import type { Backend, Environment, Interpreter } from '../../../contract';
import type { IHost } from '../../connections/hosts/host';
import { lanes } from '../../lanes';
import type { EnvironmentBody, EnvironmentReply } from '../service';
import { launch } from '../supervisor/launch';
import type { IPython } from '../supervisor/launch';
import type { IClustersWorld } from '../world';
import { findKernel, listKernels } from './kernelspecs';
import { missingFor, mismatchesOf } from './packages';
import { listPythons } from './pythons';
import { resolvePython } from './resolve';

/** An interpreter that may be chosen, and how it is called. */
interface ICandidate {
  readonly interpreter: Interpreter;
  readonly title: string;
  readonly python: IPython;
}

/** What is not known by then is told as being checked. */
const PATIENCE_MS = 4000;
const CHECK_MS = 60_000;
const AT_ONCE = 2;

/** How long what was found of an interpreter is believed. */
const KEPT_MS = 5 * 60_000;

/** What an interpreter has, or why that cannot be told. */
type Finding = { readonly versions: PythonEnvironment } | { readonly reason: string };

/** The Pythons that clusters and jobs can run with, and what they have. */
export class Environments {
  constructor(private readonly _world: IClustersWorld) {}

  async list({ connection, kernel }: EnvironmentBody<'list'>): Promise<EnvironmentReply<'list'>> {
    const { host, home, profile } = await this._at(connection);
    const candidates =
      host.client === 'local'
        ? (await listKernels(this._world.env, this._world.home)).map(({ name, title, python }) => ({
            interpreter: { kind: 'kernel', name } as const,
            title,
            python
          }))
        : (await listPythons(host, home, profile.defaults.python)).map(path => ({
            interpreter: { kind: 'python', path } as const,
            title: path,
            python: { argv: [path], env: {} }
          }));
    const all = lanes(candidates.length, AT_ONCE, async i => {
      const candidate = candidates[i];
      if (candidate !== undefined) {
        await this._check(host, candidate.python);
      }
    });
    await Promise.race([all, sleep(PATIENCE_MS)]);
    const { backend } = profile;
    const environments = candidates.map(candidate => this._environment(candidate, backend, host));
    return { environments, mismatches: await this._mismatches(kernel, environments[0]) };
  }

  async check(body: EnvironmentBody<'check'>): Promise<EnvironmentReply<'check'>> {
    const { host, home, profile } = await this._at(body.connection);
    const { env, home: ownHome } = this._world;
    const { interpreter } = body;
    const python = await resolvePython(interpreter, profile, {
      env,
      home: ownHome,
      isLocal: host.client === 'local',
      hostHome: home
    });
    await this._check(host, python);
    const title = interpreter.kind === 'kernel' ? interpreter.name : interpreter.path;
    const candidate = { interpreter, title, python };
    const environment = this._environment(candidate, profile.backend, host);
    return { environment, mismatches: await this._mismatches(body.kernel, environment) };
  }

  private async _at(connection: string) {
    const { profile } = await this._world.connections.read(connection);
    const host = await this._world.connections.host(connection);
    const { home } = await this._world.places.of(host);
    return { host, home, profile };
  }

  /** Looks once, also where several ask. Never throws: why it cannot be told is kept as well. */
  private async _check(host: IHost, python: IPython): Promise<void> {
    const known = this._findingsOf(host);
    const key = JSON.stringify(python);
    const kept = known.get(key);
    if (kept !== undefined && kept.at + KEPT_MS > this._world.now().getTime()) {
      return kept.done;
    }
    const entry: IEntry = {
      at: this._world.now().getTime(),
      finding: null,
      done: Promise.resolve()
    };
    entry.done = this._ask(host, python).then(finding => {
      entry.finding = finding;
      if ('reason' in finding) {
        known.delete(key); // what is mended meanwhile is seen at the next look
        this._failed.set(key, entry);
      }
    });
    known.set(key, entry);
    return entry.done;
  }

  private async _ask(host: IHost, python: IPython): Promise<Finding> {
    try {
      const { program } = await this._world.places.of(host);
      const signal = new AbortController().signal;
      const run = { python, program, signal, timeoutMs: CHECK_MS };
      return {
        versions: await launch(host, { ...run, command: 'check', reply: PythonEnvironment })
      };
    } catch (error) {
      return { reason: toFailure(error).message };
    }
  }

  private _environment(
    { interpreter, title, python }: ICandidate,
    backend: Backend,
    host: IHost
  ): Environment {
    const key = JSON.stringify(python);
    const entry = this._findingsOf(host).get(key) ?? this._failed.get(key);
    const finding = entry?.finding ?? null;
    const common = { interpreter, title, path: python.argv.join(' ') };
    const nothing = { versions: {}, missing: [], fix: null };
    if (finding === null) {
      return { ...common, ...nothing, state: 'checking', reason: null };
    }
    if ('reason' in finding) {
      return { ...common, ...nothing, state: 'unknown', reason: finding.reason };
    }
    const { executable, python: version, packages } = finding.versions;
    const missing = missingFor(backend, packages);
    const isUsable = missing.length === 0;
    return {
      ...common,
      path: executable,
      versions: { python: version, ...packages },
      missing,
      state: isUsable ? 'usable' : 'unusable',
      reason: isUsable
        ? null
        : `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing`,
      fix: isUsable ? null : `${executable} -m pip install ${missing.join(' ')}`
    };
  }

  /** What differs between the notebook's kernel and the environment that is looked at. */
  private async _mismatches(kernel: string | null, of: Environment | undefined): Promise<string[]> {
    if (kernel === null || of === undefined || of.state === 'checking' || of.state === 'unknown') {
      return [];
    }
    const { env, home, connections } = this._world;
    const { python } = await findKernel(kernel, env, home);
    const here = (await connections.list()).connections.find(
      ({ profile }) => profile.host.kind === 'local'
    );
    if (here === undefined) {
      return [];
    }
    const host = await connections.host(here.profile.id);
    await this._check(host, python);
    const finding = this._findingsOf(host).get(JSON.stringify(python))?.finding ?? null;
    return finding !== null && 'versions' in finding ? mismatchesOf(finding.versions, of) : [];
  }

  private _findingsOf(host: IHost): Map<string, IEntry> {
    const known = this._findings.get(host) ?? new Map<string, IEntry>();
    this._findings.set(host, known);
    return known;
  }

  private readonly _findings = new WeakMap<IHost, Map<string, IEntry>>();
  private readonly _failed = new Map<string, IEntry>();
}

interface IEntry {
  readonly at: number;
  finding: Finding | null;
  done: Promise<void>;
}
