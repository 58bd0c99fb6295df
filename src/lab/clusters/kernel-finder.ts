import type { ServiceManager } from '@jupyterlab/services';
import type { LazyModel } from '../lazy-model';
import type { IContexts, KernelClusters } from './kernel-clusters';
import type { ClustersModel } from './model';

/** Looks for the clusters of kernels, from when the section of clusters is first seen. */
export class KernelFinder {
  constructor(
    private readonly _contexts: readonly (IContexts | null)[],
    private readonly _services: ServiceManager.IManager,
    private readonly _clusters: LazyModel<ClustersModel>
  ) {}

  /** Asks all kernels; `isSeen` tells whether those that work from now on are asked at once. */
  look(isSeen: () => boolean): void {
    this._kernels ??= Promise.all([import('./kernel-clusters'), this._clusters.model()]).then(
      ([{ KernelClusters }, model]) => {
        const contexts = this._contexts.filter(one => one !== null);
        return new KernelClusters(contexts, this._services, model, isSeen);
      }
    );
    void this._kernels.then(
      kernels => kernels.look(),
      () => {
        this._kernels = null; // the code could not be fetched: with the next look
      }
    );
  }

  /** Asks the kernels that worked while nobody saw the section. */
  catchUp(): void {
    void this._kernels?.then(
      kernels => kernels.catchUp(),
      () => undefined // as told by `look`
    );
  }

  private _kernels: Promise<KernelClusters> | null = null;
}
