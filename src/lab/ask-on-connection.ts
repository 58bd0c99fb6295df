import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ConnectionId } from '../contract';
import type { ConnectionProfile } from '../contract';
import { FieldsBody } from './fields-body';

/** What is asked, and what stands there at first. */
export interface IAskedText {
  readonly title: string;
  /** Of the button. */
  readonly ok: string;
  readonly label: string;
  readonly hint: string;
  readonly connection: string | null;
  readonly text: string | null;
}

/** Asks for a connection and for a text that belongs to it; null: neither was meant. */
export async function askOnConnection(
  profiles: readonly Pick<ConnectionProfile, 'id' | 'title'>[],
  { title, ok, label, hint, connection, text }: IAskedText,
  trans: TranslationBundle
): Promise<{ readonly connection: string; readonly text: string } | null> {
  const body = new FieldsBody([
    {
      key: 'connection',
      label: trans.__('Connection'),
      choices: profiles.map(profile => [profile.id, profile.title]),
      value: connection ?? profiles[0]?.id ?? ''
    },
    { key: 'text', label, type: 'text', hint, value: text ?? '' }
  ]);
  const answer = await showDialog({
    title,
    body,
    focusNodeSelector: 'input',
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: ok })]
  });
  const { connection: chosen, text: typed = '' } = answer.value ?? {};
  const read = ConnectionId.safeParse(chosen);
  return answer.button.accept && read.success && typed.trim() !== ''
    ? { connection: read.data, text: typed.trim() }
    : null;
}
