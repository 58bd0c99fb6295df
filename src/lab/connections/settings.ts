import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** What the user may set for connections. */
export interface IConnectionSettings {
  readonly showUnusable: boolean;
  readonly warnMinutes: number;
  /** Null: the one that kinit takes by itself. */
  readonly principal: string | null;
  readonly voms: string;
  readonly proxyHours: number;
}

/** What holds where nothing is set, or there is no registry. */
export const DEFAULT_SETTINGS: IConnectionSettings = {
  showUnusable: true,
  warnMinutes: 60,
  principal: null,
  voms: 'cms',
  proxyHours: 192
};

/** The settings of connections. */
export class ConnectionSettings {
  constructor(private readonly _registry: ISettingRegistry | null) {}

  async read(): Promise<IConnectionSettings> {
    const settings = await this._registry?.load('hepbatch:connections').catch(() => null);
    const set: Readonly<Record<string, unknown>> = { ...settings?.composite };
    const { showUnusable, warnMinutes, principal, voms, proxyHours } = set;
    const known = DEFAULT_SETTINGS;
    return {
      showUnusable: typeof showUnusable === 'boolean' ? showUnusable : known.showUnusable,
      warnMinutes: typeof warnMinutes === 'number' ? warnMinutes : known.warnMinutes,
      principal: typeof principal === 'string' && principal !== '' ? principal : known.principal,
      voms: typeof voms === 'string' && voms !== '' ? voms : known.voms,
      proxyHours: typeof proxyHours === 'number' ? proxyHours : known.proxyHours
    };
  }
}
