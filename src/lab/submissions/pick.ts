import type { TranslationBundle } from '@jupyterlab/translation';
import { submissions } from '../../contract';
import type { Submission } from '../../contract';
import { pickOne } from '../pick-one';
import type { SubmissionsModel } from './model';
import { nameOf, stateWord } from './words';

/** The submission of a token, or the one that the user chooses; see `pickOne`. */
export async function pickSubmission(options: {
  readonly model: SubmissionsModel;
  readonly token: string | null;
  readonly title: string;
  readonly fits: (submission: Submission) => boolean;
  readonly trans: TranslationBundle;
}): Promise<Submission | null> {
  const { fits, token, ...asked } = options;
  const { model, trans } = asked;
  return pickOne({
    ...asked,
    id: token,
    fitting: () => model.submissions.filter(fits),
    named: one => trans.__('%1 (%2, %3)', nameOf(one), stateWord(one.state, trans), one.token),
    unknown: id => `${submissions.read.path}: no submission ${id}`,
    none: trans.__('There is no submission for this now.')
  });
}
