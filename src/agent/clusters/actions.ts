import { Cleaned, HepbatchError } from '../../contract';
import type { Cluster, ClusterVerb, SupervisorRecord } from '../../contract';
import type { IHost } from '../connections/hosts/host';
import { resolvePython } from './interpreters/resolve';
import type { Known } from './known';
import { needWithin } from './request/options';
import type { ClusterBody, ClusterReply } from './service';
import { launch } from './supervisor/launch';
import type { IPython } from './supervisor/launch';
import { judge } from './tend/judge';
import type { Tended } from './tend/tended';
import type { IClustersWorld } from './world';

/** A scale that gives workers back waits until they have handed over what they hold. */
const SCALE_MS = 90_000;
const CLEAN_MS = 180_000;
const REMOVE_MS = 60_000;
/** Dask gathers profiles of all workers for it. */
const REPORT_MS = 180_000;

/** What people do with clusters that exist. */
export class Actions {
  constructor(
    private readonly _world: IClustersWorld,
    private readonly _known: Known
  ) {}

  async scale({ id, workers }: ClusterBody<'scale'>): Promise<Cluster> {
    const tended = this._able(id, 'scale');
    needWithin(await this._limits(tended), workers);
    await tended.ask('scale', { workers }, SCALE_MS);
    return this._looked(tended);
  }

  async adapt({ id, ...bounds }: ClusterBody<'adapt'>): Promise<Cluster> {
    const tended = this._able(id, 'adapt');
    if (bounds.minimum > bounds.maximum) {
      const message = `a minimum of ${bounds.minimum} is above a maximum of ${bounds.maximum}`;
      throw new HepbatchError('bad-request', message, { next: 'Exchange them.' });
    }
    needWithin(await this._limits(tended), bounds.maximum);
    await tended.ask('adapt', bounds, SCALE_MS);
    return this._looked(tended);
  }

  /** Answers at once; also for one that is being started, which then is stopped as soon as it is there. */
  async stop(id: string): Promise<Cluster> {
    const tended = this._known.need(id);
    const { state } = tended.card;
    if (state === 'stopped' || state === 'stopping') {
      return structuredClone(tended.card);
    }
    if (state !== 'starting' || tended.watch.socketPath !== null) {
      this._able(id, 'stop');
      await tended.ask('stop', {});
    }
    tended.advance({ stopping: true });
    tended.watch.nudge();
    return structuredClone(tended.card);
  }

  /** Removes what is left of one that is lost or failed. Throws `conflict` for others, and as `launch`. */
  async clean(id: string): Promise<Cluster> {
    const tended = this._known.need(id);
    await tended.watch.look();
    this._able(id, 'clean');
    const host = await tended.host();
    const places = await this._world.places.of(host);
    const verdict = await judge(host, tended.folder, places.name);
    if (verdict.is === 'alive') {
      await endProcess(host, verdict.record);
    }
    if (verdict.is !== 'absent') {
      await launch(host, {
        python: await this._pythonOf(tended, host, places.home),
        program: places.program,
        command: 'clean',
        request: {
          record: `${tended.folder}/record.json`,
          otherHost: verdict.is === 'elsewhere'
        },
        reply: Cleaned,
        signal: new AbortController().signal,
        timeoutMs: CLEAN_MS
      });
    }
    tended.end(null);
    return structuredClone(tended.card);
  }

  /** Forgets one that ended, with its folder. Throws `conflict` for others, and as its host. */
  async remove(id: string): Promise<void> {
    const tended = this._able(id, 'remove');
    const host = await tended.host();
    const { clusters } = await this._world.places.of(host);
    // Nothing but what was made for this cluster, whatever a record says.
    const ran = await host.run(['rm', '-rf', '--', `${clusters}/${id}`], {
      signal: new AbortController().signal,
      timeoutMs: REMOVE_MS,
      maxOutputBytes: 100_000
    });
    if (ran.end !== 'exited' || ran.code !== 0) {
      throw new HepbatchError('refused', `${clusters}/${id}: ${ran.stderr.trim() || ran.end}`, {
        next: 'Look at that folder yourself.'
      });
    }
    await this._known.forget(id);
  }

  /** Begins to record a performance report, or forgets it. */
  async record({ id, on }: ClusterBody<'record'>): Promise<Cluster> {
    const tended = this._able(id, 'report');
    await tended.ask('record', { on });
    return this._looked(tended);
  }

  /** Makes the report of what was recorded. */
  async report(id: string): Promise<ClusterReply<'report'>> {
    return this._able(id, 'report').ask('report', {}, REPORT_MS);
  }

  async readReport({ id, offset }: ClusterBody<'readReport'>): Promise<ClusterReply<'readReport'>> {
    return this._able(id, 'report').ask('reportPiece', { offset });
  }

  private _able(id: string, verb: ClusterVerb): Tended {
    const tended = this._known.need(id);
    const { name, state, can, failure } = tended.card;
    if (!can.includes(verb)) {
      throw new HepbatchError(
        'conflict',
        `${name} is ${state}: it cannot ${WORDS[verb] ?? verb} now.`,
        {
          next: failure?.data.next ?? `It can: ${can.join(', ') || 'nothing'}.`
        }
      );
    }
    return tended;
  }

  private async _looked(tended: Tended): Promise<Cluster> {
    await tended.watch.look();
    return structuredClone(tended.card);
  }

  private async _limits({ identity }: Tended) {
    const { profile } = await this._world.connections.read(identity.connection);
    return profile.limits;
  }

  private async _pythonOf({ card }: Tended, host: IHost, hostHome: string): Promise<IPython> {
    const { profile } = await this._world.connections.read(card.connection);
    const { env, home } = this._world;
    const world = { env, home, isLocal: host.client === 'local', hostHome };
    // The one that started it, since others may lack what is needed; any Python will do where it is gone.
    return resolvePython(card.interpreter?.chosen ?? null, profile, world).catch(() => ({
      argv: ['python3'],
      env: {}
    }));
  }
}

const WORDS: Readonly<Partial<Record<ClusterVerb, string>>> = {
  scale: 'be scaled',
  adapt: 'be made adaptive',
  stop: 'be stopped',
  clean: 'be cleaned up',
  remove: 'be forgotten',
  report: 'make a performance report'
};

/** Ends a supervisor that hears nothing any more, and so cannot remove its jobs itself. */
async function endProcess(host: IHost, { process }: SupervisorRecord): Promise<void> {
  await host.run(['kill', '-KILL', '--', String(process.pid)], {
    signal: new AbortController().signal,
    timeoutMs: 30_000,
    maxOutputBytes: 10_000
  });
}
