import * as z from 'zod';
import { HepbatchError, audits, submissions } from '../../contract';
import type { AuditRequest, Call, Submission, SubmissionJob } from '../../contract';
import { stem } from '../audits/status';
import type { SubmissionsModel } from './model';
import type { IPrefilled } from './panels';

/** What the form of an audit of a submission is filled with; what is not asked for is empty. */
export async function auditForm(
  call: Call,
  token: string
): Promise<Record<string, string | number | boolean>> {
  const request = await call(submissions.audit, { token });
  return Object.fromEntries(Object.entries(request).map(([key, value]) => [key, value ?? '']));
}

/** What a form that runs exactly the missing files of an audit is filled with. */
export async function submitMissing(options: {
  readonly call: Call;
  readonly model: SubmissionsModel;
  readonly audit: string;
  /** Null: all. */
  readonly datasets: string[] | null;
}): Promise<IPrefilled> {
  const { call, model, audit, datasets } = options;
  const { request } = await call(audits.read, { id: audit });
  const exported = await call(audits.export, { id: audit, datasets });
  if (exported.files === 0) {
    throw new HepbatchError('bad-request', `${request.samplesJson}: no file is missing`, {
      next: 'There is nothing to submit.'
    });
  }
  const missing = {
    kind: 'content' as const,
    name: `${stem(request.samplesJson)}_missing.json`,
    json: z.json().parse(JSON.parse(exported.text))
  };
  if (!model.isLoaded) {
    await model.refresh();
  }
  const parent = submissionOf(request, model.submissions);
  if (parent === undefined) {
    return { values: { samplesGiven: missing, output: request.source } };
  }
  return call(submissions.again, { token: parent.token, missing });
}

/** The newest submission whose outputs an audit looked at. */
export function submissionOf(
  { source, on }: Pick<AuditRequest, 'source' | 'on'>,
  known: readonly Submission[]
): Submission | undefined {
  const plain = (path: string | null) => path?.replace(/\/+$/, '') ?? null;
  return known.find(
    ({ output, connection, origin }) =>
      origin === 'hepbatch' && plain(output) === plain(source) && (on === null || on === connection)
  );
}

/** All jobs of a submission, as last seen. */
export async function allJobs(call: Call, token: string): Promise<readonly SubmissionJob[]> {
  const jobs: SubmissionJob[] = [];
  for (let after = 0, more = true; more;) {
    const page = await call(submissions.jobs, { token, after, most: 10_000 });
    jobs.push(...page.jobs);
    after = page.revision;
    more = page.more;
  }
  return jobs;
}
