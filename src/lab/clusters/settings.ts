import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** What the user may set for clusters. */
export interface IClusterSettings {
  /** Whether client code is plain Dask, for kernels without hepbatch. */
  readonly plainCode: boolean;
  /** Whether the kernels of new notebooks are connected to a cluster. */
  readonly connectNewKernels: boolean;
  /** Name of that cluster; empty: the only one that runs. */
  readonly newKernelCluster: string;
}

/** The settings of clusters; without a registry the defaults hold. */
export class ClusterSettings {
  constructor(private readonly _registry: ISettingRegistry | null) {}

  async read(): Promise<IClusterSettings> {
    const settings = await this._registry?.load(ID).catch(() => null);
    const set: Readonly<Record<string, unknown>> = { ...settings?.composite };
    const name = set['newKernelCluster'];
    const read = {
      plainCode: set['plainCode'] === true,
      connectNewKernels: set['connectNewKernels'] === true,
      newKernelCluster: typeof name === 'string' ? name : ''
    };
    this._kernelCluster = read.connectNewKernels ? read.newKernelCluster : null;
    return read;
  }

  /** Name of the cluster of new kernels as last read; null: they are not connected. */
  get kernelCluster(): string | null {
    return this._kernelCluster;
  }

  /** Connects new kernels to a cluster from now on; null: no more. */
  async connectKernels(name: string | null): Promise<void> {
    await this._registry?.set(ID, 'newKernelCluster', name ?? '');
    await this._registry?.set(ID, 'connectNewKernels', name !== null);
    await this.read();
  }

  private _kernelCluster: string | null = null;
}

const ID = 'hepbatch:clusters';
