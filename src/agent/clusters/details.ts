import type { Known } from './known';
import type { ClusterBody, ClusterReply } from './service';
import { lossOf } from './tend/advice';

/** What a card has no room for: single workers, jobs, and the reports of lost workers. */
export class Details {
  constructor(private readonly _known: Known) {}

  async workers({ id, offset, limit }: ClusterBody<'workers'>): Promise<ClusterReply<'workers'>> {
    const all = (await this._looked(id)).description?.workers ?? [];
    const workers = all.slice(offset, offset + limit).map(({ dashboard, ...worker }) => ({
      ...worker,
      dashboard: dashboard !== null
    }));
    return { workers, total: all.length };
  }

  async jobs({ id, offset, limit, state }: ClusterBody<'jobs'>): Promise<ClusterReply<'jobs'>> {
    const all = (await this._looked(id)).description?.jobs ?? [];
    const jobs = all.filter(job => state === null || job.state === state);
    return { jobs: jobs.slice(offset, offset + limit), total: jobs.length };
  }

  async losses(id: string): Promise<ClusterReply<'losses'>> {
    const all = (await this._looked(id)).description?.losses ?? [];
    return { losses: all.map(lossOf).reverse() };
  }

  explain({ id, job }: ClusterBody<'explain'>): Promise<ClusterReply<'explain'>> {
    return this._known.need(id).ask('explain', { job });
  }

  private async _looked(id: string) {
    const { watch } = this._known.need(id);
    await watch.look();
    return watch.seen;
  }
}
