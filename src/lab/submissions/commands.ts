import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon } from '@jupyterlab/ui-components';
import { UUID } from '@lumino/coreutils';
import type { JobState, Submission, SubmissionJob, SubmissionVerb } from '../../contract';
import { submissionIcon } from '../icons';
import { showFailure } from '../show-failure';
import type { IAgent, IConnections, ISubmissions } from '../tokens';
import { COMMANDS } from './command-ids';
import type { JobVerb, SubmissionsModel } from './model';
import type { MonitorVerb } from './monitor';
import type { SubmissionPanels } from './panels';

type Args = Readonly<Record<string, unknown>>;

/** What commands on submissions are made of. */
export interface ICommandWorld {
  readonly app: JupyterFrontEnd;
  readonly agent: IAgent;
  readonly submissions: ISubmissions;
  readonly connections: IConnections;
  readonly panels: SubmissionPanels;
  readonly palette: ICommandPalette | null;
  readonly browsers: IFileBrowserFactory | null;
  readonly trans: TranslationBundle;
}

/** All commands of submissions; dialogs and messages belong to them. */
export function addCommands(world: ICommandWorld): void {
  const { app, panels, palette, trans } = world;
  const { commands } = app;
  const described = (
    name: 'new-submission' | 'submit-missing' | 'import-submission' | 'submission'
  ) => {
    return async () => ({ args: (await import('./args')).commandSchema(name) });
  };
  const tokenOf = (args: Args) =>
    typeof args['token'] === 'string' ? args['token'] : panels.current;
  /** Runs a verb on a submission; what goes wrong is shown, and told to who executed the command. */
  const verb =
    (
      title: string,
      fits: (submission: Submission) => boolean,
      act: (submission: Submission, model: SubmissionsModel) => Promise<unknown>
    ) =>
    async (args: Args): Promise<void> => {
      await shown(async () => {
        const [model, { pickSubmission }] = await Promise.all([
          world.submissions.model(),
          import('./pick')
        ]);
        const submission = await pickSubmission({
          model,
          token: tokenOf(args),
          title,
          fits,
          trans
        });
        if (submission !== null) {
          await act(submission, model);
        }
      });
    };
  const can = (what: SubmissionVerb) => (submission: Submission) => submission.can.includes(what);

  commands.addCommand(COMMANDS.create, {
    label: args =>
      args['isLauncher'] === true ? trans.__('Submission') : trans.__('New Submission…'),
    caption: trans.__('Run the files of a samples JSON as plain batch jobs'),
    icon: args => (args['isToolbar'] === true ? addIcon : submissionIcon),
    describedBy: described('new-submission'),
    execute: ({ connection, runner, samples, output }) => {
      const given = Object.entries({ connection, runner, samples, output });
      const values = given.filter(([, value]) => typeof value === 'string');
      panels.openForm(values.length === 0 ? {} : { values: Object.fromEntries(values) });
    }
  });
  commands.addCommand(COMMANDS.createFromJson, {
    label: trans.__('Submit with This JSON…'),
    icon: submissionIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () =>
      shown(async () => {
        const { prefillSelected } = await import('./selected-json');
        panels.openForm(await prefillSelected(world.browsers, app.serviceManager.contents));
      })
  });
  commands.addCommand(COMMANDS.open, {
    label: trans.__('Open Submission…'),
    describedBy: described('submission'),
    execute: async args => {
      const { token } = args;
      if (typeof token === 'string') {
        panels.open(token); // also while the agent is away: the panel says so
        return;
      }
      await verb(
        trans.__('Open which submission?'),
        () => true,
        one => {
          panels.open(one.token);
          return Promise.resolve();
        }
      )({});
    }
  });
  commands.addCommand(COMMANDS.again, {
    label: trans.__('New Submission Like…'),
    describedBy: described('submission'),
    execute: verb(
      trans.__('A new submission like which one?'),
      ({ origin }) => origin === 'hepbatch',
      async ({ token }, model) => panels.openForm({ request: await model.request(token) })
    )
  });
  commands.addCommand(COMMANDS.missing, {
    label: trans.__('Submit Missing Files of an Audit'),
    describedBy: described('submit-missing'),
    execute: args =>
      shown(async () => {
        const [{ submitMissing }, { COMMAND_ARGS }, model] = await Promise.all([
          import('./missing'),
          import('./args'),
          world.submissions.model()
        ]);
        const { audit, datasets } = COMMAND_ARGS['submit-missing'].parse(args);
        panels.openForm(
          await submitMissing({ call: world.agent.call, model, audit, datasets: datasets ?? null })
        );
      })
  });
  commands.addCommand(COMMANDS.import, {
    label: trans.__('Import Submission…'),
    caption: trans.__('Watch a folder that the submitter of the framework made'),
    describedBy: described('import-submission'),
    execute: ({ connection, folder }) =>
      shown(async () => {
        const [{ askImport }, { vanillaProfiles }, hosts, model] = await Promise.all([
          import('./dialogs'),
          import('./vanilla-profile'),
          world.connections.model(),
          world.submissions.model()
        ]);
        if (!hosts.isLoaded) {
          await hosts.refresh();
        }
        const text = (given: unknown) => (typeof given === 'string' ? given : null);
        const given = { connection: text(connection), folder: text(folder) };
        const where =
          given.connection !== null && given.folder !== null
            ? { connection: given.connection, folder: given.folder }
            : await askImport(vanillaProfiles(hosts.connections), given, trans);
        if (where !== null) {
          panels.open((await model.import(where.connection, where.folder)).token);
        }
      })
  });
  addJobVerbs(world, verb, can, described('submission'));
  commands.addCommand(COMMANDS.reconcile, {
    label: trans.__('Ask the Scheduler about a Submission…'),
    describedBy: described('submission'),
    execute: verb(trans.__('Ask about which submission?'), can('reconcile'), ({ token }, model) =>
      model.reconcile(token)
    )
  });
  commands.addCommand(COMMANDS.resume, {
    label: trans.__('Send the Rest of a Submission…'),
    describedBy: described('submission'),
    execute: verb(trans.__('Send the rest of which one?'), can('resume'), async (one, model) => {
      const { mayRun } = await import('./dialogs');
      return (await mayRun('resume', one, trans)) ? model.resume(one.token) : null;
    })
  });
  commands.addCommand(COMMANDS.fetch, {
    label: trans.__('Fetch Outputs of Spooled Jobs…'),
    describedBy: described('submission'),
    execute: verb(trans.__('Fetch the outputs of which?'), can('fetch'), async (one, model) => {
      const { mayRun } = await import('./dialogs');
      return (await mayRun('fetch', one, trans)) ? fetchOutputs(one, model, trans) : null;
    })
  });
  commands.addCommand(COMMANDS.audit, {
    label: trans.__('Audit Submission…'),
    describedBy: described('submission'),
    execute: verb(trans.__('Audit which submission?'), can('audit'), async ({ token }) => {
      const { auditForm } = await import('./missing');
      await commands.execute('hepbatch:new-audit', await auditForm(world.agent.call, token));
    })
  });
  commands.addCommand(COMMANDS.forget, {
    label: trans.__('Forget Submission…'),
    describedBy: described('submission'),
    execute: verb(trans.__('Forget which submission?'), can('forget'), async (one, model) => {
      const { mayRun } = await import('./dialogs');
      if (await mayRun('forget', one, trans)) {
        await model.remove(one.token);
        panels.close(one.token);
      }
    })
  });
  for (const command of Object.values(COMMANDS)) {
    if (command !== COMMANDS.missing && command !== COMMANDS.createFromJson) {
      palette?.addItem({ command, category: trans.__('hepbatch') });
    }
  }
}

type MakeVerb = (
  title: string,
  fits: (submission: Submission) => boolean,
  act: (submission: Submission, model: SubmissionsModel) => Promise<unknown>
) => (args: Args) => Promise<void>;

/** Hold, release, remove and retry, for all jobs that they fit. */
function addJobVerbs(
  { app, agent, panels, trans }: ICommandWorld,
  verb: MakeVerb,
  can: (what: SubmissionVerb) => (submission: Submission) => boolean,
  describedBy: () => Promise<{ args: ReturnType<typeof import('./args').commandSchema> }>
): void {
  const titles: Record<MonitorVerb, readonly [string, string]> = {
    hold: [trans.__('Hold Jobs…'), trans.__('Hold jobs of which submission?')],
    release: [trans.__('Release Held Jobs…'), trans.__('Release jobs of which submission?')],
    remove: [trans.__('Remove Jobs…'), trans.__('Remove jobs of which submission?')],
    retry: [trans.__('Retry Failed and Held Jobs…'), trans.__('Retry jobs of which submission?')]
  };
  const all: readonly MonitorVerb[] = ['hold', 'release', 'remove', 'retry'];
  for (const what of all) {
    const [label, title] = titles[what];
    app.commands.addCommand(COMMANDS[what], {
      label,
      describedBy,
      execute: verb(title, can(what), async (submission, model) => {
        const { allJobs } = await import('./missing');
        const { FITTING } = await import('./monitor');
        const states: readonly JobState[] = what === 'retry' ? ['held', 'failed'] : FITTING[what];
        const jobs = (await allJobs(agent.call, submission.token)).filter(({ state }) =>
          states.includes(state)
        );
        await actOnJobs(what, submission, jobs, model, panels, trans);
      })
    });
  }
}

/** Does it with exactly these jobs, after a question that names how many; tells what did not go. */
export async function actOnJobs(
  verb: MonitorVerb,
  submission: Submission,
  jobs: readonly SubmissionJob[],
  model: SubmissionsModel,
  panels: SubmissionPanels,
  trans: TranslationBundle
): Promise<void> {
  const [{ askRetry, mayAct, outcomeWords }, { selectionOf }] = await Promise.all([
    import('./dialogs'),
    import('./job-rows')
  ]);
  const { token } = submission;
  if (jobs.length === 0) {
    Notification.info(trans.__('No job of it fits this now.'), { autoClose: 5000 });
    return;
  }
  if (verb === 'retry') {
    const changes = await askRetry(submission, jobs, trans);
    if (changes !== null) {
      const asked = { token, jobs: selectionOf(jobs), child: UUID.uuid4(), ...changes };
      const { outcomes, child } = await model.retry(asked);
      tell(outcomeWords(outcomes, trans));
      if (child !== null) {
        panels.open(child.token);
      }
    }
    return;
  }
  const plain: JobVerb = verb;
  if (await mayAct(plain, submission, jobs.length, trans)) {
    tell(outcomeWords(await model.act(plain, token, selectionOf(jobs)), trans));
  }
}

/** Says that outputs are on their way, and that they are there. */
async function fetchOutputs(
  one: Submission,
  model: SubmissionsModel,
  trans: TranslationBundle
): Promise<void> {
  const { outcomeWords } = await import('./dialogs');
  const { nameOf } = await import('./words');
  const name = nameOf(one);
  const busy = trans.__('Fetching the outputs of %1…', name);
  const note = Notification.emit(busy, 'in-progress', { autoClose: false });
  try {
    const words = outcomeWords(await model.fetch(one.token), trans);
    tell(words);
    if (words === null) {
      const there = trans.__('The outputs of %1 are in its folder.', name);
      Notification.success(there, { autoClose: 5000 });
    }
  } finally {
    Notification.dismiss(note);
  }
}

/** Shows what goes wrong, and tells it on. */
async function shown(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    await showFailure(error);
    throw error;
  }
}

function tell(words: string | null): void {
  if (words !== null) {
    Notification.warning(words, { autoClose: false });
  }
}
