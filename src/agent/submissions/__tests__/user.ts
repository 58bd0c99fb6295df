import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type * as z from 'zod';
import { submissions } from '../../../contract';
import type { Call, Submission, SubmissionRequest } from '../../../contract';
import { callOf } from '../../__tests__/served';
import { connectionsFeature, openConnections } from '../../connections/open';
import { startAgent } from '../../serve';
import type { IAgent } from '../../serve';
import { openSubmissions, submissionsFeature } from '../open';

/** A program that stands for run_analysis.py: it does what the name of its input file says. */
export const PROGRAM = `import json, os, sys, time
name = json.load(open(sys.argv[sys.argv.index("--json-analysis") + 1]))["samplejson"]
(files,) = json.load(open(name)).values()
out = sys.argv[sys.argv.index("--dump") + 1]
for file in files:
    if "slow" in file:
        time.sleep(60)
    if "bad" in file:
        raise OSError(f"file {file} cannot be read")
    with open(os.path.join(out, os.path.basename(file) + ".ran"), "a") as ran:
        ran.write("once\\n")
`;

type Asked = z.input<typeof SubmissionRequest>;

/** A request that runs the program in `home` on these files. */
export function requestOf(
  home: string,
  samples: Record<string, string[]>,
  more: Partial<Asked> = {}
): Asked {
  const each = (value: string[]) =>
    Object.fromEntries(Object.keys(samples).map(dataset => [dataset, value]));
  return {
    connection: 'vanilla-local',
    runner: {
      kind: 'content',
      name: 'analysis.json',
      json: {
        samplejson: 'samples.json',
        workflow: 'base',
        metaconditions: 'Era2022_v1',
        year: each(['2022postEE']),
        corrections: each([]),
        systematics: each([])
      }
    },
    samples: { kind: 'content', name: 'samples.json', json: samples },
    program: ['python3', join(home, 'program.py')],
    folder: home,
    ...more,
    options: { output: join(home, 'out'), ...more.options }
  };
}

/** A user with a home of their own, an analysis, and agents that come and go. */
export class User {
  private constructor(readonly home: string) {}

  static async new(): Promise<User> {
    const home = await mkdtemp(join(tmpdir(), 'sub-'));
    await mkdir(join(home, 'out'));
    await writeFile(join(home, 'program.py'), PROGRAM);
    return new User(home);
  }

  get output(): string {
    return join(this.home, 'out');
  }

  /** Makes input files, whose paths this returns. */
  async files(...names: readonly string[]): Promise<string[]> {
    const folder = join(this.home, 'data');
    await mkdir(folder, { recursive: true });
    const paths = names.map(name => join(folder, `${name}.root`));
    await Promise.all(paths.map(path => writeFile(path, 'no ROOT file, which nobody reads')));
    return paths;
  }

  /** Starts an agent of this user. */
  async serve(more: Record<string, string> = {}): Promise<{ agent: IAgent; call: Call }> {
    const { home } = this;
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      HEPBATCH_PYTHON: process.env['HEPBATCH_PYTHON'] ?? '',
      ...more
    };
    const { ready, agent } = await startAgent({
      world: { env, uid: process.getuid?.() ?? null, tmpdir: home, home },
      version: '1.2.3',
      idleMinutes: 15,
      openFeatures: async world => {
        const connections = openConnections(world);
        const opened = await openSubmissions(world, {
          connections: connections.connections,
          localJobs: resolve('hepbatch/local_jobs.py'),
          graceMs: 1000
        });
        return [submissionsFeature(opened), connectionsFeature(connections)];
      }
    });
    if (agent === null) {
      throw new Error('another agent runs in this new folder');
    }
    return { agent, call: callOf(ready.socket) };
  }

  /** A request that runs the program on these files, on this machine. */
  request(samples: Record<string, string[]>, more: Partial<Asked> = {}) {
    return requestOf(this.home, samples, more);
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Asks for a submission until it is as wanted; fails with what it was last. */
export async function until(
  call: Call,
  token: string,
  isAsWanted: (submission: Submission) => boolean,
  seconds = 60
): Promise<Submission> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const submission = await call(submissions.read, { token });
    if (isAsWanted(submission)) {
      return submission;
    }
    if (Date.now() > end) {
      throw new Error(`after ${seconds} s it is ${JSON.stringify(submission, null, 1)}`);
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}
