import type { ISessionContext } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Kernel, Session } from '@jupyterlab/services';

/** Finds the kernels of notebooks that are new, or were started anew, once each can be asked. */
export class NewKernels {
  /** `fresh` is called for each; kernels that ran before this page was opened are left alone. */
  constructor(
    tracker: INotebookTracker,
    private readonly _sessions: Session.IManager,
    private readonly _fresh: (kernel: Kernel.IKernelConnection, title: string) => void
  ) {
    // Nothing that a page starts is answered before this: what runs now is not new.
    void _sessions.ready.then(() => {
      for (const { kernel } of this._sessions.running()) {
        this._old.add(kernel?.id ?? '');
      }
      tracker.forEach(({ sessionContext }) => this._watch(sessionContext));
      tracker.widgetAdded.connect((_, { sessionContext }) => this._watch(sessionContext));
    });
  }

  private _watch(context: ISessionContext): void {
    // A kernel may be idle before anybody listens, so each change looks at how it is now.
    const look = () => {
      const kernel = context.session?.kernel ?? null;
      if (kernel !== null && kernel.status === 'idle' && !this._old.has(kernel.id)) {
        this._old.add(kernel.id);
        this._fresh(kernel, context.name);
      }
    };
    context.kernelChanged.connect(look);
    context.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting') {
        this._old.delete(context.session?.kernel?.id ?? '');
      }
      look();
    });
    look();
  }

  private readonly _old = new Set<string>();
}
