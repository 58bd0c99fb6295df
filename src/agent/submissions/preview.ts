import { planSubmission } from './planning';
import type { IPlanningWorld } from './planning';
import type { SubmissionBody, SubmissionReply } from './service';

/** A real one is made when something is submitted. */
const NO_TOKEN = '00000000-0000-4000-8000-000000000000';

/** Everything that would be written and run. Only reads. */
export async function preview(
  { request, parent, stamp, offset, most }: SubmissionBody<'preview'>,
  world: IPlanningWorld
): Promise<SubmissionReply<'preview'>> {
  const planned = await planSubmission({ request, parent, token: NO_TOKEN, stamp }, world);
  const { plan, backend } = planned;
  return {
    backend,
    analysis: plan.analysis,
    stamp: planned.stamp,
    folder: plan.folder,
    folders: [...plan.folders],
    files: plan.files.slice(offset, offset + most),
    offset,
    total: plan.files.length,
    cwd: plan.jobsFolder,
    commands: plan.clusters.map(({ name, dataset, jobs, argv }) => ({
      ...{ name, dataset, jobs: jobs.length },
      argv: [...argv]
    })),
    problems: [...plan.problems],
    counts: plan.counts
  };
}
