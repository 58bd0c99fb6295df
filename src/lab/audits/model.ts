import { audits } from '../../contract';
import type { AgentEvent, Audit, AuditRequest } from '../../contract';
import { ListModel } from '../list-model';
import type { Told } from '../list-model';

/** The recent audits as last heard from the agent, newest first. */
export class AuditsModel extends ListModel<Audit> {
  get audits(): readonly Audit[] {
    return this._listed;
  }

  /** Starts an audit; resolves as soon as it runs. */
  async start(request: AuditRequest): Promise<Audit> {
    return this._ask(() => this._call(audits.start, request));
  }

  async read(id: string): Promise<Audit> {
    return this._ask(() => this._call(audits.read, { id }));
  }

  /** Ends a running audit at once. */
  async cancel(id: string): Promise<Audit> {
    return this._ask(() => this._call(audits.cancel, { id }));
  }

  /** Starts the same audit once more, as a new one. */
  async rerun(id: string): Promise<Audit> {
    return this.start((this.find(id) ?? (await this.read(id))).request);
  }

  /** Forgets an audit. */
  async remove(id: string): Promise<void> {
    await this._forget(id, () => this._call(audits.remove, { id }));
  }

  protected override _idOf({ id }: Audit): string {
    return id;
  }

  protected override async _read(): Promise<readonly Audit[]> {
    return this._call(audits.list, undefined);
  }

  protected override _told(event: AgentEvent): Told<Audit> {
    switch (event.topic) {
      case 'audit':
        return { id: event.audit.id, one: event.audit };
      case 'audit-removed':
        return { id: event.id, one: null };
      default:
        return null;
    }
  }

  protected override _place({ startedAt }: Audit, others: readonly Audit[]): number {
    return others.filter(other => other.startedAt > startedAt).length;
  }
}
