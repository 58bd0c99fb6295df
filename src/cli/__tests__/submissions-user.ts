import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { Submission, submissions } from '../../contract';
import { newHome, start, startInTerminal } from './program';

const Listed = submissions.list.reply;

/** A program that stands for run_analysis.py: it does what the name of its input file says. */
const PROGRAM = `import json, os, sys, time
name = json.load(open(sys.argv[sys.argv.index("--json-analysis") + 1]))["samplejson"]
(files,) = json.load(open(name)).values()
out = sys.argv[sys.argv.index("--dump") + 1]
for file in files:
    if "slow" in file:
        time.sleep(120)
    if os.path.getsize(file) == 0:
        raise OSError(f"file {file} is empty")
    with open(os.path.join(out, os.path.basename(file) + ".ran"), "a") as ran:
        ran.write("once\\n")
`;

/** A user with a home of their own, an analysis in it, and the command line. */
export class SubmissionsUser {
  private constructor(
    readonly home: string,
    private readonly _argv: readonly string[],
    private readonly _env: Record<string, string>
  ) {}

  static async new(program: string): Promise<SubmissionsUser> {
    const made = await newHome();
    const home = await realpath(made.home);
    const env = {
      ...made.env,
      HEPBATCH_IDLE_MINUTES: '5',
      HEPBATCH_LOCAL_JOBS: resolve('hepbatch/local_jobs.py')
    };
    await mkdir(join(home, 'out'));
    await writeFile(join(home, 'program.py'), PROGRAM);
    const argv = ['env', '-C', home, process.execPath, program];
    return new SubmissionsUser(home, argv, env);
  }

  /** Writes runner.json and samples.json; input files whose name says bad are empty. */
  async analysis(samples: Readonly<Record<string, readonly string[]>>): Promise<void> {
    const paths: Record<string, string[]> = {};
    for (const [dataset, names] of Object.entries(samples)) {
      paths[dataset] = names.map(name => join(this.home, `${name}.root`));
      for (const name of names) {
        await writeFile(join(this.home, `${name}.root`), name.startsWith('bad') ? '' : 'x');
      }
    }
    const each = (value: unknown) =>
      Object.fromEntries(Object.keys(samples).map(dataset => [dataset, value]));
    const runner = {
      ...{ samplejson: 'samples.json', workflow: 'base', metaconditions: 'Era2022_v1' },
      ...{ year: each(['2022postEE']), corrections: each([]), systematics: each([]) }
    };
    await writeFile(join(this.home, 'samples.json'), JSON.stringify(paths));
    await writeFile(join(this.home, 'my.json'), JSON.stringify(runner));
  }

  /** Begins the command line. */
  begin(...args: string[]) {
    return start([...this._argv, ...args], this._env);
  }

  /** Runs the command line to its end. */
  run(...args: string[]) {
    return this.begin(...args).ended;
  }

  /** The same in a terminal of its own. */
  inTerminal(...args: string[]) {
    return startInTerminal([...this._argv, ...args], this._env);
  }

  /** What `hepbatch submit` needs to run the program on the files of samples.json. */
  get ofAnalysis(): string[] {
    const program = ['--program', 'python3', '--program', join(this.home, 'program.py')];
    return ['--json-analysis', 'my.json', '--dump', join(this.home, 'out'), ...program];
  }

  /** Submits the analysis to this machine. */
  submit(...args: string[]) {
    return this.run('submit', 'vanilla-local', ...this.ofAnalysis, ...args);
  }

  /** `hepbatch submissions VERB NAME --json`, a submission. */
  async shown(name: string): Promise<Submission> {
    const { code, out, err } = await this.run('submissions', 'show', name, '--json');
    if (code !== 0) {
      throw new Error(err);
    }
    return Submission.parse(JSON.parse(out));
  }

  /** Waits until a submission is as wanted. */
  async until(name: string, isAsWanted: (submission: Submission) => boolean): Promise<Submission> {
    for (const end = Date.now() + 60_000; ;) {
      const now = await this.shown(name);
      if (isAsWanted(now)) {
        return now;
      }
      if (Date.now() > end) {
        throw new Error(`it is ${JSON.stringify(now, null, 1)}`);
      }
      await new Promise(done => setTimeout(done, 300));
    }
  }

  /** Removes all jobs, ends the agent, and removes the home. */
  async end(): Promise<void> {
    const { out } = await this.run('submissions', '--json');
    for (const { token } of Listed.parse(JSON.parse(out)).submissions) {
      await this.run('submissions', 'remove', token);
    }
    const agent = await this.run('serve');
    process.kill(z.object({ pid: z.int() }).parse(JSON.parse(agent.out)).pid, 'SIGTERM');
    await rm(this.home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
