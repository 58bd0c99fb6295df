import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import type { Connection } from '../../contract';
import { useSignal } from '../redraw';
import { ChoiceField } from './fields';

/** The hosts where outputs may lie beside this machine, and a way to choose a folder of one. */
export interface IPlaces {
  readonly connections: readonly Connection[];
  readonly stateChanged: ISignal<unknown, void>;
  /** `id` is an open connection; null: nothing was chosen. */
  choose(id: string, title: string, start: string): Promise<string | null>;
}

/** The field that says where the outputs are: here, or on the host of an open connection. */
export function WhereField(props: {
  readonly places: IPlaces;
  /** Id of a connection; empty: this machine. */
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
  readonly trans: TranslationBundle;
}) {
  const { places, value, error, onChange, trans } = props;
  useSignal(places.stateChanged);
  const shown = places.connections.filter(
    ({ profile, state }) =>
      profile.host.kind === 'ssh' && (state === 'open' || profile.id === value)
  );
  const chosen = shown.find(({ profile }) => profile.id === value);
  const choices = shown.map(({ profile, state }): [string, string] => [
    profile.id,
    state === 'open' ? profile.title : trans.__('%1 (not open)', profile.title)
  ]);
  if (value !== '' && chosen === undefined) {
    choices.push([value, trans.__('%1 (not known)', value)]);
  }
  return (
    <ChoiceField
      label={trans.__('Where')}
      hint={
        value !== '' && chosen?.state !== 'open'
          ? trans.__('Open this connection in the sidebar first.')
          : choices.length === 0
            ? trans.__('Open a connection in the sidebar to audit outputs on its host.')
            : trans.__('The outputs, the input files and dasgoclient are those of that machine.')
      }
      error={error}
      value={value}
      choices={[['', trans.__('This machine')], ...choices]}
      onChange={onChange}
    />
  );
}
