import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** What the user may set for clusters. */
export interface IClusterSettings {
  /** Whether client code is plain Dask, for kernels without hepbatch. */
  readonly plainCode: boolean;
}

/** The settings of clusters; without a registry the defaults hold. */
export class ClusterSettings {
  constructor(private readonly _registry: ISettingRegistry | null) {}

  async read(): Promise<IClusterSettings> {
    const settings = await this._registry?.load('hepbatch:clusters').catch(() => null);
    const set: Readonly<Record<string, unknown>> = { ...settings?.composite };
    return { plainCode: set['plainCode'] === true };
  }
}
