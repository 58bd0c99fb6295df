/** The kernel of a cell with a submission, in front of the real agent and real local jobs. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { connectionsFeature, openConnections } from '../../agent/connections/open';
import { EventHub } from '../../agent/events';
import { openSubmissions, submissionsFeature } from '../../agent/submissions/open';
import { SubmissionRequest, submissions } from '../../contract';
import type { AgentEvent } from '../../contract';
import { quiet, served } from '../../lab/__tests__/real-agent';
import type { IPassedOnTo } from './kernel';

const PROGRAM = `import json, os, sys, time
name = json.load(open(sys.argv[sys.argv.index("--json-analysis") + 1]))["samplejson"]
(files,) = json.load(open(name)).values()
for file in files:
    if "slow" in file:
        time.sleep(60)
    if os.path.getsize(file) == 0:
        raise OSError(f"file {file} is empty")
`;

/** A kernel whose `hepbatch.Submission(...)` runs these files; those that are bad fail their job. */
export async function kernelOfSubmission(
  names: readonly string[],
  options: z.input<typeof SubmissionRequest>['options'] = {}
) {
  const home = mkdtempSync(join(tmpdir(), 'wi-su-'));
  mkdirSync(join(home, 'out'));
  const files = names.map(name => join(home, `${name}.root`));
  names.forEach((name, i) => writeFileSync(files[i] ?? '', name.startsWith('bad') ? '' : 'x'));
  writeFileSync(join(home, 'program.py'), PROGRAM);
  const events = new EventHub();
  const world = {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      HEPBATCH_PYTHON: process.env['HEPBATCH_PYTHON'] ?? ''
    },
    home,
    folders: { runtime: home, state: home, cache: home },
    events,
    log: quiet
  };
  const opened = openConnections(world);
  const service = await openSubmissions(world, {
    connections: opened.connections,
    localJobs: resolve('hepbatch/local_jobs.py')
  });
  const { app } = served(events, [connectionsFeature(opened), submissionsFeature(service)]);
  const request = SubmissionRequest.parse({
    connection: 'vanilla-local',
    runner: {
      kind: 'content',
      name: 'my.json',
      json: {
        ...{ samplejson: 'samples.json', workflow: 'base', metaconditions: 'Era2022_v1' },
        ...{ year: { GJet: ['2022postEE'] }, corrections: {}, systematics: {} }
      }
    },
    samples: { kind: 'content', name: 'samples.json', json: { GJet: files } },
    program: ['python3', join(home, 'program.py')],
    folder: home,
    options: { output: join(home, 'out'), ...options }
  });
  const token = randomUUID();
  let isSubmitted = false;
  const answer = (body: unknown) => new Response(JSON.stringify(body));
  const kernel: IPassedOnTo = {
    request: async (path, init) => {
      if (path === '/submissions/of-cell') {
        const submission = isSubmitted ? await service.read({ token }) : null;
        return answer({ submission, request: isSubmitted ? null : request });
      }
      if (path !== submissions.submit.path) {
        return app.request(path, init);
      }
      const asked = z.looseObject({}).parse(JSON.parse(z.string().parse(init.body)));
      const body = JSON.stringify({ ...asked, token });
      const response = await app.request(path, { ...init, body });
      isSubmitted = response.ok;
      return response;
    }
  };
  let tell: (event: AgentEvent) => void = () => undefined;
  const line = events.subscribe(
    null,
    event => {
      tell(event);
      return true;
    },
    () => undefined
  );
  return {
    kernel,
    service,
    tellTo: (take: (event: AgentEvent) => void) => (tell = take),
    end: async () => {
      for (const one of await service.list()) {
        await service.remove({ token: one.token, jobs: { kind: 'all' } });
      }
      line.dispose();
      await service.dispose();
      opened.prompts.dispose();
      await opened.connections.dispose();
      rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    }
  };
}
