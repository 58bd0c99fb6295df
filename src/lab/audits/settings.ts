import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** How many audits the sidebar shows, unless the settings say otherwise. */
const RECENT = 20;

/** The settings of audits; without a registry the defaults hold. */
export class AuditSettings {
  constructor(private readonly _registry: ISettingRegistry | null) {}

  /** Defaults of the form, and all else that is set. */
  async defaults(): Promise<object> {
    const settings = await this._registry?.load('hepbatch:audits').catch(() => null);
    return settings?.composite ?? {};
  }

  /** How many recent audits are shown. */
  async recent(): Promise<number> {
    const set: Readonly<Record<string, unknown>> = { ...(await this.defaults()) };
    const { recentAudits } = set;
    return typeof recentAudits === 'number' ? recentAudits : RECENT;
  }
}
