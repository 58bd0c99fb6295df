import type { DOMWidgetView } from '@jupyter-widgets/base';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CellSubmission } from './cell-submission';
import { CommModel } from './comm-model';
import { PanelView } from './panel-view';
import { SubmissionCell } from './submission-view';

/** A submission of a kernel. Nothing of it is a trait: traits may be saved with the notebook. */
export class SubmissionWidgetModel extends CommModel {
  override defaults() {
    return {
      ...super.defaults(),
      _model_name: 'SubmissionWidgetModel',
      _view_name: 'SubmissionWidgetView'
    };
  }
}

/** The class of the view, in the language of the Lab. */
export function submissionView(trans: TranslationBundle): typeof DOMWidgetView {
  return class SubmissionWidgetView extends PanelView {
    override makePanel(): SubmissionCell | null {
      if (!(this.model instanceof SubmissionWidgetModel)) {
        return null;
      }
      const { road, heard } = this.model;
      const model = new CellSubmission(road.call, heard);
      const cell = new SubmissionCell({ model, trans });
      cell.disposed.connect(() => model.dispose());
      void model.refresh();
      return cell;
    }
  };
}
