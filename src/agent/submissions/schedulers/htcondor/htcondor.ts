/** HTCondor by its commands, each pinned to one schedd: a ClusterId means nothing without it. */
import type { IHost } from '../../../connections/hosts/host';
import type { IPlannedCluster } from '../../plan';
import { needAnswer, oneLine, say, wordsOf } from '../command';
import type { ICommandOptions, Said } from '../command';
import type {
  ActionOutcome,
  IClusterId,
  IFound,
  IFoundCluster,
  IInFolder,
  IJobChange,
  IJobRow,
  IProbe,
  IScheduler,
  ISelection,
  IWanted,
  IWatched,
  SubmitOutcome
} from '../scheduler';
import { isRefusal, parseFound, parseSchedd, parseSubmitted } from './answers';
import { parseLogs, parseVersion, parseWarnings } from './answers';
import { ofFolder, ofSelection, ofToken } from './constraint';
import { editedAttributes, excluding } from './edit';
import { watch } from './watch';

/** A submission of 10,000 jobs to a busy schedd takes minutes; spooled inputs take longer. */
const SUBMIT_TIMEOUT_MS = 30 * 60_000;

/** Asks condor_submit of a word that older versions do not know, without submitting. */
const RETRY_MEMORY =
  'executable = /bin/true\nrequest_memory = 10M\nretry_request_memory = 20M\nqueue\n';

/** What one knows of an answer before it was parsed: a schedd, or the one that answers by default. */
type Schedd = string | null;

/** HTCondor 9 or newer, by condor_submit, condor_q and their like. */
export class HTCondor implements IScheduler {
  constructor(private readonly _host: IHost) {}

  readonly kind = 'htcondor';

  async probe(signal: AbortSignal): Promise<IProbe> {
    const version = needAnswer(await this._say(['condor_version'], signal), 'condor_version');
    const totals = needAnswer(await this._say(['condor_q', '-totals'], signal), 'condor_q');
    const dry = await this._say(['condor_submit', '-dry-run', '/dev/null', '-'], signal, {
      stdin: RETRY_MEMORY
    });
    const knows = dry.end === 'exited' && dry.code === 0 && parseWarnings(dry.stderr).length === 0;
    return {
      version: parseVersion(version) ?? oneLine(version),
      schedd: parseSchedd(totals),
      features: { retryRequestMemory: knows, history: true, maxArraySize: null }
    };
  }

  async submit(
    cluster: IPlannedCluster,
    { jobsFolder, schedd }: { readonly jobsFolder: string; readonly schedd: Schedd },
    signal: AbortSignal
  ): Promise<SubmitOutcome> {
    const [program = 'condor_submit', ...args] = cluster.argv;
    const said = await this._say([program, ...named(schedd), ...args], signal, {
      cwd: jobsFolder,
      timeoutMs: SUBMIT_TIMEOUT_MS
    });
    const outcome = outcomeOf(said, schedd);
    // An answer whose end is missing may read as a smaller number of jobs.
    return outcome.end === 'submitted' && outcome.jobs !== cluster.jobs.length
      ? { end: 'unknown', why: `${outcome.jobs} jobs were told of, not ${cluster.jobs.length}` }
      : outcome;
  }

  async find(wanted: IWanted, signal: AbortSignal): Promise<IFound> {
    const asked = [
      ...['-constraint', ofToken(wanted.token)],
      ...['-json', '-attributes', 'ClusterId,ProcId,HepbatchCluster']
    ];
    const pin = named(wanted.schedd);
    // The queue first: what leaves it meanwhile is in the history by then.
    const queue = needAnswer(await this._say(['condor_q', ...pin, ...asked], signal), 'condor_q');
    const factories = await this._say(['condor_q', ...pin, '-factory', ...asked], signal);
    const history = await this._say(['condor_history', ...pin, ...asked], signal);
    const isTold = history.end === 'exited' && history.code === 0;
    const made = factories.end === 'exited' && factories.code === 0 ? factories.stdout : '';
    return {
      clusters: groupFound([queue, isTold ? history.stdout : ''], made, wanted.schedd),
      gaps: isTold ? [] : [`condor_history: ${wordsOf(history)}`]
    };
  }

  async findIn(jobsFolder: string, signal: AbortSignal): Promise<readonly IInFolder[]> {
    const asked = ['-constraint', ofFolder(jobsFolder), '-json'];
    const attributes = 'ClusterId,UserLog,SUBMIT_UserLog';
    const said = await this._say(['condor_q', ...asked, '-attributes', attributes], signal);
    const found = new Map<number, string>();
    for (const { ClusterId, UserLog, SUBMIT_UserLog } of parseLogs(needAnswer(said, 'condor_q'))) {
      found.set(ClusterId, SUBMIT_UserLog ?? UserLog ?? '');
    }
    return [...found].map(([id, file]) => ({ file, cluster: { schedd: null, id: String(id) } }));
  }

  jobs(
    watched: readonly IWatched[],
    signal: AbortSignal
  ): Promise<readonly (readonly IJobRow[])[]> {
    return watch(argv => this._say(argv, signal), watched);
  }

  hold(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome> {
    return this._act('condor_hold', jobs, [], signal);
  }

  release(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome> {
    return this._act('condor_release', jobs, [], signal);
  }

  remove(jobs: ISelection, signal: AbortSignal): Promise<ActionOutcome> {
    return this._act('condor_rm', jobs, [], signal);
  }

  async edit(jobs: ISelection, change: IJobChange, signal: AbortSignal): Promise<ActionOutcome> {
    const edits = editedAttributes(change);
    const edited = edits.length === 0 ? null : await this._act('condor_qedit', jobs, edits, signal);
    const nodes = change.excludeNodes ?? [];
    return (edited !== null && edited.end !== 'done') || nodes.length === 0
      ? (edited ?? { end: 'done', words: 'Nothing was changed.' })
      : this._exclude(jobs, nodes, signal);
  }

  async fetch(cluster: IClusterId, signal: AbortSignal): Promise<ActionOutcome> {
    const pin = named(cluster.schedd);
    const [ours = ''] = ofSelection({ cluster, procs: null });
    const fetched = await this._say(
      ['condor_transfer_data', ...pin, '-constraint', `${ours} && JobStatus == 4`],
      signal,
      { timeoutMs: SUBMIT_TIMEOUT_MS }
    );
    const outcome = actionOf(fetched);
    if (outcome.end !== 'done') {
      return outcome;
    }
    // A job that completed meanwhile was not fetched, so it has no StageOutFinish and stays.
    const isFetched = `${ours} && JobStatus == 4 && StageOutFinish > 0`;
    const gone = await this._say(['condor_rm', ...pin, '-constraint', isFetched], signal);
    return actionOf(gone, { noneIsFine: true });
  }

  /** Requirements can be replaced only, so they are asked for first. */
  private async _exclude(
    jobs: ISelection,
    nodes: readonly string[],
    signal: AbortSignal
  ): Promise<ActionOutcome> {
    const { cluster } = jobs;
    let last: ActionOutcome = { end: 'done', words: 'No job was chosen.' };
    for (const expression of ofSelection(jobs)) {
      const asked = ['-constraint', expression, '-af:r', 'ProcId', 'Requirements'];
      const said = await this._say(['condor_q', ...named(cluster.schedd), ...asked], signal);
      if (said.end !== 'exited' || said.code !== 0) {
        return { end: 'unknown', why: wordsOf(said) };
      }
      for (const { procs, requirements } of excluding(said.stdout, nodes)) {
        const edit = ['Requirements', requirements];
        last = await this._act('condor_qedit', { cluster, procs }, edit, signal);
        if (last.end !== 'done') {
          return last;
        }
      }
    }
    return last;
  }

  private async _act(
    program: string,
    jobs: ISelection,
    more: readonly string[],
    signal: AbortSignal
  ): Promise<ActionOutcome> {
    let last: ActionOutcome = { end: 'done', words: 'No job was chosen.' };
    for (const expression of ofSelection(jobs)) {
      const argv = [program, ...named(jobs.cluster.schedd), '-constraint', expression, ...more];
      last = actionOf(await this._say(argv, signal));
      if (last.end !== 'done') {
        return last;
      }
    }
    return last;
  }

  private _say(
    argv: readonly string[],
    signal: AbortSignal,
    options: ICommandOptions = {}
  ): Promise<Said> {
    return say(this._host, argv, signal, options);
  }
}

function named(schedd: Schedd): readonly string[] {
  return schedd === null ? [] : ['-name', schedd];
}

/** What condor_submit's end means; an id counts only with a good end, a refusal only without one. */
function outcomeOf(said: Said, schedd: Schedd): SubmitOutcome {
  if (said.end === 'absent') {
    return { end: 'refused', words: said.why };
  }
  if (said.end === 'unclear') {
    return { end: 'unknown', why: said.why };
  }
  const made = parseSubmitted(said.stdout);
  if (said.code === 0 && made !== null) {
    const cluster = { schedd, id: made.id };
    return {
      end: 'submitted',
      cluster,
      jobs: made.jobs,
      warnings: parseWarnings(said.stderr)
    };
  }
  return said.code !== 0 && made === null && isRefusal(said.stderr)
    ? { end: 'refused', words: wordsOf(said) }
    : { end: 'unknown', why: `condor_submit: ${wordsOf(said)}` };
}

/** Nothing to act on is exit 0 for HTCondor, with words on stderr. */
function actionOf(said: Said, { noneIsFine = false } = {}): ActionOutcome {
  if (said.end === 'unclear') {
    return { end: 'unknown', why: said.why };
  }
  if (said.end === 'absent') {
    return { end: 'refused', words: said.why };
  }
  const isNone = /There are no jobs in the queue|Couldn't find\/remove all jobs/.test(said.stderr);
  return (isNone ? noneIsFine : said.code === 0)
    ? { end: 'done', words: oneLine(said.stdout) }
    : { end: 'refused', words: wordsOf(said) };
}

function groupFound(
  answers: readonly string[],
  factories: string,
  schedd: Schedd
): readonly IFoundCluster[] {
  const found = new Map<string, { name: string | null; procs: Set<number> }>();
  const clusterOf = (id: string, name: string | null) => {
    const known = found.get(id) ?? { name: null, procs: new Set<number>() };
    known.name ??= name;
    found.set(id, known);
    return known;
  };
  for (const ad of answers.flatMap(answer => parseFound(answer))) {
    clusterOf(String(ad.ClusterId), ad.HepbatchCluster ?? null).procs.add(ad.ProcId);
  }
  for (const ad of parseFound(factories)) {
    clusterOf(String(ad.ClusterId), ad.HepbatchCluster ?? null); // none of its jobs is made yet
  }
  return [...found].map(([id, { name, procs }]) => ({
    cluster: { schedd, id },
    name,
    jobs: procs.size
  }));
}
