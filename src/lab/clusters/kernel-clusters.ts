import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel, KernelMessage, ServiceManager } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { toFailure } from '../../contract';
import type { Cluster } from '../../contract';
import { parseAnswer, QUESTION, waitFor } from './kernel-question';
import type { IKernelCluster } from './kernel-question';
import type { ClustersModel } from './model';

/** What answers no sooner is busy, in ms. */
const PATIENCE = 5000;

/** The connection to the machine of Jupyter, where its kernels run. */
const HERE = 'dask-local';

/** Notebooks or consoles: what is open, and what is opened later. */
export interface IContexts {
  forEach(fn: (panel: { readonly sessionContext: ISessionContext }) => void): void;
  readonly widgetAdded: ISignal<unknown, { readonly sessionContext: ISessionContext }>;
}

type KernelClustersModel = Pick<ClustersModel, 'add' | 'clusters' | 'find' | 'refresh' | 'remove'>;

/** Finds the Dask clusters of running kernels, by asking those that are idle. */
export class KernelClusters {
  /** `isSeen`: what turns idle while nobody looks is asked with `catchUp`. */
  constructor(
    private readonly _contexts: readonly IContexts[],
    private readonly _services: Pick<ServiceManager.IManager, 'kernels' | 'sessions'>,
    private readonly _model: KernelClustersModel,
    private readonly _isSeen: () => boolean
  ) {
    for (const contexts of _contexts) {
      contexts.forEach(({ sessionContext }) => this._watch(sessionContext));
      contexts.widgetAdded.connect((_, { sessionContext }) => this._watch(sessionContext));
    }
    _services.sessions.runningChanged.connect((_, running) => {
      const ids = new Set(running.map(({ kernel }) => kernel?.id));
      [...this._found.keys()]
        .filter(id => !ids.has(id))
        .forEach(id => void this._queue(() => this._settle(id, [])));
    });
  }

  /** Asks every kernel that is idle now; a card that was removed comes back. */
  async look(): Promise<void> {
    const { kernels, sessions } = this._services;
    await sessions.ready;
    const open = new Map<string, Kernel.IKernelConnection>();
    for (const contexts of this._contexts) {
      contexts.forEach(({ sessionContext: { session } }) => {
        if (session?.kernel) {
          open.set(session.kernel.id, session.kernel);
        }
      });
    }
    const models = [...sessions.running()].flatMap(({ kernel }) => kernel ?? []);
    await Promise.all(
      models.map(async model => {
        const known = open.get(model.id);
        const kernel = known ?? kernels.connectTo({ model, handleComms: false });
        try {
          await this._ask(kernel, true);
        } finally {
          if (known === undefined) {
            kernel.dispose();
          }
        }
      })
    );
  }

  /** Asks those that worked while nobody looked. */
  catchUp(): void {
    const missed = [...this._missed.values()];
    this._missed.clear();
    missed.forEach(kernel => this._askSoon(kernel));
  }

  private _watch(context: ISessionContext): void {
    context.iopubMessage.connect((_, message) => {
      const kernel = context.session?.kernel ?? null;
      if (kernel === null || !isEndOfWork(message, kernel) || this._isOurs(message)) {
        return;
      }
      this._askSoon(kernel);
    });
    context.statusChanged.connect((_, status) => {
      const id = context.session?.kernel?.id ?? '';
      // A restart keeps the id, and ends what the kernel held.
      if ((status === 'restarting' || status === 'autorestarting') && this._found.has(id)) {
        void this._queue(() => this._settle(id, []));
      }
    });
  }

  private _askSoon(kernel: Kernel.IKernelConnection): void {
    const { id } = kernel;
    const ask = () => {
      if (this._isSeen()) {
        void this._ask(kernel);
      } else {
        this._missed.set(id, kernel);
      }
    };
    clearTimeout(this._timers.get(id));
    const wait = waitFor(this._asked.get(id) ?? null, Date.now());
    this._timers.set(id, setTimeout(ask, wait));
  }

  /** Each question ends once, and is forgotten then. */
  private _isOurs({ parent_header }: KernelMessage.IMessage): boolean {
    return 'msg_id' in parent_header && this._questions.delete(parent_header.msg_id);
  }

  /** A kernel that is busy, closed or of another language is left alone. */
  private async _ask(kernel: Kernel.IKernelConnection, isAgain = false): Promise<void> {
    const { id } = kernel;
    if (this._asking.has(id) || kernel.isDisposed) {
      return;
    }
    this._asking.add(id);
    let found: readonly IKernelCluster[] | null = null;
    try {
      const info = await inTime(kernel.info);
      if (info?.language_info.name !== 'python' || kernel.status !== 'idle') {
        return;
      }
      this._asked.set(id, Date.now());
      const question = kernel.requestExecute({
        code: '',
        silent: true,
        store_history: false,
        stop_on_error: false,
        user_expressions: { found: QUESTION }
      });
      this._questions.add(question.msg.header.msg_id);
      const { content } = await question.done;
      found = parseAnswer(content);
    } catch (error) {
      console.debug(`hepbatch: kernel ${id} was not asked: ${toFailure(error).message}`);
    } finally {
      this._asking.delete(id);
    }
    const answer = found;
    if (answer !== null) {
      await this._queue(() => this._settle(id, answer, isAgain));
    }
  }

  /** Makes the cards those of what a kernel has now. */
  private async _settle(
    id: string,
    found: readonly IKernelCluster[],
    isAgain = false
  ): Promise<void> {
    const before = this._found.get(id) ?? new Map<string, string | null>();
    const now = new Map<string, string | null>();
    await this._model.refresh();
    for (const one of found) {
      const known = before.get(one.scheduler);
      const isAway = isAgain && this._model.find(known ?? '') === undefined;
      now.set(one.scheduler, known === undefined || isAway ? await this._add(one) : known);
    }
    this._found.set(id, now);
    const kept = new Set([...this._found.values()].flatMap(cards => [...cards.values()]));
    for (const card of before.values()) {
      if (card !== null && !kept.has(card) && this._model.find(card)?.origin === 'kernel') {
        await this._model.remove(card);
      }
    }
    if (now.size === 0) {
      this._found.delete(id);
    }
  }

  /** Its card, if there is one for it alone; null where it is shown otherwise, or cannot be. */
  private async _add({ scheduler, dashboard }: IKernelCluster): Promise<string | null> {
    const shown = shownAlready(this._model.clusters, scheduler);
    if (shown !== null) {
      return shown.origin === 'kernel' ? shown.id : null;
    }
    let card: Cluster;
    try {
      card = await this._model.add({ connection: HERE, address: dashboard, origin: 'kernel' });
    } catch (error) {
      // A kernel of another machine, or a site without this connection: there is nothing to show.
      console.debug(`hepbatch: ${dashboard} of a kernel: ${toFailure(error).message}`);
      return null;
    }
    if (card.origin === 'kernel' && card.scheduler?.address !== scheduler) {
      await this._model.remove(card.id); // another one answers at that address of this machine
      return null;
    }
    return card.origin === 'kernel' ? card.id : null;
  }

  /** One after the other: two kernels may have the same cluster. */
  private _queue(work: () => Promise<void>): Promise<void> {
    this._last = this._last.then(work).catch((error: unknown) => {
      console.debug(`hepbatch: clusters of kernels: ${toFailure(error).message}`);
    });
    return this._last;
  }

  /** By kernel, the cards of its schedulers; null: without a card of ours. */
  private readonly _found = new Map<string, Map<string, string | null>>();
  private readonly _asking = new Set<string>();
  private readonly _questions = new Set<string>();
  private readonly _asked = new Map<string, number>();
  private readonly _missed = new Map<string, Kernel.IKernelConnection>();
  private readonly _timers = new Map<string, ReturnType<typeof setTimeout>>();
  private _last = Promise.resolve();
}

/** The card that shows the scheduler of an address; one that is over does not. */
export function shownAlready(clusters: readonly Cluster[], address: string): Cluster | null {
  const fitting = clusters.find(
    ({ scheduler, origin, state }) =>
      state !== 'stopped' &&
      state !== 'failed' &&
      !(origin === 'kernel' && state === 'lost') &&
      (scheduler?.address === address || scheduler?.loopback === address)
  );
  return fitting ?? null;
}

/** Whether a kernel says that it has done what this page asked of it. */
export function isEndOfWork(
  { header, content, parent_header }: KernelMessage.IMessage,
  { clientId }: Pick<Kernel.IKernelConnection, 'clientId'>
): boolean {
  return (
    header.msg_type === 'status' &&
    'execution_state' in content &&
    content.execution_state === 'idle' &&
    'session' in parent_header &&
    parent_header.session === clientId &&
    parent_header.msg_type === 'execute_request'
  );
}

async function inTime<T>(answer: Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), PATIENCE);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
