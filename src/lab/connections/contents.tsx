import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import { Backend, ConnectionProfile } from '../../contract';
import type { IAgent } from '../tokens';
import { chooseFolder } from './choose-folder';
import { ConnectionFormView } from './form';
import type { IChooseFolder } from './form-context';
import { ConnectionForm } from './form-model';
import { emptyForm, formOf, idOf, readForm } from './form-values';
import type { IFormValues } from './form-values';
import type { ConnectionsModel } from './model';
import type { FormPurpose, IFormFrame } from './panels';
import { pick } from './pick';
import type { IConnectionSettings } from './settings';

/** The content of the panel of a form. */
export async function formContent(options: {
  readonly purpose: FormPurpose;
  readonly frame: IFormFrame;
  readonly agent: IAgent;
  readonly connections: ConnectionsModel;
  readonly settings: IConnectionSettings;
  /** Shows what was saved. */
  readonly saved: (id: string) => void;
  readonly trans: TranslationBundle;
}): Promise<Widget> {
  const { purpose, frame, agent, connections, settings, saved, trans } = options;
  // Without the aliases a host is typed, which does as well.
  const aliases = await connections.aliases().catch(() => []);
  const { first, heading } = await begin(purpose, connections, aliases, trans);
  const form = new ConnectionForm({
    call: agent.call,
    heard: agent.heard,
    connections,
    first,
    replaces: purpose.kind === 'edit' ? purpose.id : null,
    trans
  });
  form.stateChanged.connect(() => frame.setDirty(form.isDirty));
  frame.titled(heading);
  const widget = ReactWidget.create(
    <ConnectionFormView
      form={form}
      connections={connections}
      heading={heading}
      aliases={aliases}
      choose={() => chooser(form.values, connections, agent, trans)}
      warnMinutes={settings.warnMinutes}
      onSaved={id => {
        frame.close();
        saved(id);
      }}
      onCancel={frame.close}
      trans={trans}
    />
  );
  widget.addClass('jp-hepbatch');
  widget.addClass('jp-hepbatch-FormPanel');
  widget.disposed.connect(() => form.dispose());
  return widget;
}

/** What the form begins with. */
async function begin(
  purpose: FormPurpose,
  connections: ConnectionsModel,
  aliases: readonly string[],
  trans: TranslationBundle
): Promise<{ readonly first: IFormValues; readonly heading: string }> {
  if (purpose.kind === 'new') {
    const backend = Backend.safeParse(purpose.backend);
    return {
      first: emptyForm(backend.success ? backend.data : 'dask-local'),
      heading: trans.__('New connection')
    };
  }
  const { id } = purpose;
  const known = await pick({ model: connections, id, title: '', fits: () => true, trans });
  const profile = known?.profile ?? ConnectionProfile.parse(null);
  if (purpose.kind === 'edit') {
    return {
      first: formOf(profile, aliases),
      heading: trans.__('Connection: %1', profile.title)
    };
  }
  const title = trans.__('%1, copy', profile.title);
  const taken = new Set(connections.connections.map(other => other.profile.id));
  return {
    first: formOf({ ...profile, title, id: idOf(title, taken) }, aliases),
    heading: trans.__('Copy of %1', profile.title)
  };
}

/** The host of a form counts before it has a title. */
const NAMED = { id: 'x', title: idOf('x', new Set()) };

/** Chooses a folder through an open connection to the same host. */
function chooser(
  values: IFormValues,
  connections: ConnectionsModel,
  agent: IAgent,
  trans: TranslationBundle
): IChooseFolder | null {
  const { profile } = readForm({ ...values, ...NAMED }, trans);
  const sameHost = JSON.stringify(profile?.host);
  // This machine is opened by the question itself.
  const open = connections.connections.find(
    ({ state, unusable, profile: { host } }) =>
      (state === 'open' || (host.kind === 'local' && unusable === null)) &&
      JSON.stringify(host) === sameHost
  );
  if (open === undefined) {
    return null;
  }
  const { call } = agent;
  const { id } = open.profile;
  return {
    words: trans.__('Choose…'),
    label: field => trans.__('Choose: %1', field),
    ask: start => chooseFolder({ call, id, title: trans.__('Choose a folder'), start, trans })
  };
}
