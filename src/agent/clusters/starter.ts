import {
  HepbatchError,
  PythonEnvironment,
  RenderedJob,
  SupervisorReady,
  toFailure
} from '../../contract';
import type { Cluster, ClusterPreview, ClusterRequest } from '../../contract';
import type { Known } from './known';
import { makePlan, supervisorRequest } from './plan';
import type { IPlan } from './plan';
import type { ClusterRecord } from './store';
import { launch } from './supervisor/launch';
import type { Tended } from './tend/tended';
import type { IClustersWorld } from './world';

/** A supervisor itself waits a minute for its first word. */
const START_MS = 120_000;
const CHECK_MS = 60_000;

/** States in which a cluster takes one of those that a site allows, and has its name. */
const LIVE: readonly Cluster['state'][] = ['starting', 'running', 'stopping', 'lost'];

/** Starts clusters, and says what would be started. */
export class Starter {
  constructor(
    private readonly _world: IClustersWorld,
    private readonly _known: Known
  ) {}

  /** True while a supervisor is being started. */
  get busy(): boolean {
    return this._launching.size > 0;
  }

  async preview(request: ClusterRequest): Promise<ClusterPreview> {
    const plan = await makePlan(request, this._world);
    const name = this._nameFor(request, plan);
    const run = {
      python: plan.python,
      program: plan.places.program,
      signal: this._stop.signal,
      timeoutMs: CHECK_MS
    };
    const versions = await launch(plan.host, {
      ...run,
      command: 'check',
      reply: PythonEnvironment
    });
    const asked = supervisorRequest(plan, name);
    const rendered = await launch(plan.host, {
      ...run,
      command: 'preview',
      request: asked,
      reply: RenderedJob
    });
    return {
      backend: plan.backend,
      name,
      interpreter: {
        path: versions.executable,
        versions: { python: versions.python, ...versions.packages }
      },
      options: plan.options,
      folder: plan.folder,
      ...rendered
    };
  }

  async start(request: ClusterRequest): Promise<Cluster> {
    const plan = await makePlan(request, this._world);
    const name = this._nameFor(request, plan);
    this._reserved.add(name);
    try {
      const record: ClusterRecord = {
        version: 1,
        id: plan.id,
        name,
        connection: plan.profile.id,
        address: plan.profile.host,
        backend: plan.backend,
        options: plan.options,
        interpreter: { chosen: request.interpreter, argv: [...plan.python.argv], versions: {} },
        folder: plan.folder,
        host: plan.places.name,
        phase: 'begun',
        stopping: false,
        startedAt: this._world.now().toISOString(),
        endedAt: null,
        failure: null
      };
      // On disk before anything is started: an agent that comes after us knows where to look.
      await this._world.store.save(record);
      const tended = this._known.add(record, { isLaunching: true });
      const launching = this._launch(plan, name, tended).finally(() =>
        this._launching.delete(launching)
      );
      this._launching.add(launching);
      return structuredClone(tended.card);
    } finally {
      this._reserved.delete(name);
    }
  }

  /** Starts nothing more; what is being started goes on without us. */
  async dispose(): Promise<void> {
    this._stop.abort();
    await Promise.all(this._launching);
  }

  private async _launch(plan: IPlan, name: string, tended: Tended): Promise<void> {
    try {
      await launch(plan.host, {
        python: plan.python,
        program: plan.places.program,
        command: 'start',
        request: supervisorRequest(plan, name),
        reply: SupervisorReady,
        signal: this._stop.signal,
        timeoutMs: START_MS
      });
    } catch (error) {
      const failure = toFailure(error);
      this._world.log.warn(`start of cluster ${plan.id}`, error);
      if (failure.code === 'connection-lost') {
        tended.end(failure); // it was not begun
      } else if (failure.code !== 'unknown-outcome') {
        tended.advance({ failure });
      }
    }
    tended.launched();
  }

  /** Throws `conflict` for a name that is taken, `denied` where the site allows no more clusters. */
  private _nameFor({ name }: ClusterRequest, { profile }: IPlan): string {
    const cards = this._known.all.map(({ card }) => card);
    const live = cards.filter(({ state }) => LIVE.includes(state));
    const most = profile.limits.clusters;
    if (most !== undefined && live.filter(at => at.connection === profile.id).length >= most) {
      const count = most === 1 ? '1 cluster' : `${most} clusters`;
      throw new HepbatchError('denied', `${profile.title} allows ${count} at once.`, {
        next: 'Stop one first; the limit is set in the profile of the connection.'
      });
    }
    const taken = new Set([...live.map(card => card.name), ...this._reserved]);
    if (name !== null) {
      if (taken.has(name)) {
        throw new HepbatchError('conflict', `There is a cluster ${name} already.`, {
          next: 'Choose another name, or stop that one first.'
        });
      }
      return name;
    }
    cards.forEach(card => taken.add(card.name)); // one that ended keeps its made-up name
    let number = 1;
    while (taken.has(`${profile.id}-${number}`)) {
      number += 1;
    }
    return `${profile.id}-${number}`;
  }

  private readonly _reserved = new Set<string>();
  private readonly _launching = new Set<Promise<void>>();
  private readonly _stop = new AbortController();
}
