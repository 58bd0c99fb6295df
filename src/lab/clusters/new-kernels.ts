import type { Kernel, ServiceManager, Session } from '@jupyterlab/services';
import type { Cluster } from '../../contract';
import type { ClustersModel } from './model';

/** Runs nothing where the user already did something, and leaves an own `client` alone. */
const guarded = (code: string) =>
  [
    'if "client" not in globals() and get_ipython().execution_count <= 1:',
    ...code
      .trimEnd()
      .split('\n')
      .filter(line => line.trim() !== 'client')
      .map(line => (line === '' ? '' : `    ${line}`))
  ].join('\n');

/** Connects the kernels of new notebooks to the newest cluster that runs, where the user wishes it. */
export class NewKernels {
  constructor(
    private readonly _services: ServiceManager.IManager,
    private readonly _options: {
      readonly model: () => Promise<ClustersModel>;
      readonly isWished: () => Promise<boolean>;
      readonly isPlain: () => Promise<boolean>;
      readonly failed: (cluster: Cluster, words: string) => void;
    }
  ) {
    for (const { id } of _services.sessions.running()) {
      this._known.add(id);
    }
    _services.sessions.runningChanged.connect(this._onRunning, this);
  }

  private _onRunning(_: unknown, running: Session.IModel[]): void {
    for (const { id, type, kernel } of running) {
      if (!this._known.has(id)) {
        this._known.add(id);
        if (type === 'notebook' && kernel !== null) {
          void this._connect(kernel);
        }
      }
    }
  }

  private async _connect(kernel: Kernel.IModel): Promise<void> {
    if (!(await this._options.isWished())) {
      return;
    }
    const model = await this._options.model();
    if (!model.isLoaded) {
      await model.refresh();
    }
    const cluster = model.clusters.find(({ can }) => can.includes('client'));
    if (cluster === undefined) {
      return;
    }
    const code = await model.clientCode(cluster.id, !(await this._options.isPlain()));
    const connection = this._services.kernels.connectTo({ model: kernel });
    try {
      const info = await connection.info;
      if (info.language_info.name === 'python') {
        const content = { code: guarded(code), store_history: false };
        const reply = await connection.requestExecute(content).done;
        if (reply.content.status === 'error') {
          this._options.failed(cluster, `${reply.content.ename}: ${reply.content.evalue}`);
        }
      }
    } finally {
      connection.dispose();
    }
  }

  private readonly _known = new Set<string>();
}
