import type { DOMWidgetView } from '@jupyter-widgets/base';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';
import { ConnectionsList } from '../lab/connections/list';
import { ConnectionsModel } from '../lab/connections/model';
import { InlinePrompts } from '../lab/connections/prompts/inline';
import { PromptsModel } from '../lab/connections/prompts/model';
import type { IConnectionSettings } from '../lab/connections/settings';
import { ShownDetails } from '../lab/connections/shown';
import { showFailure } from '../lab/show-failure';
import { CommModel } from './comm-model';
import { PanelView } from './panel-view';

/** The connections of a kernel. Nothing of them is a trait: traits may be saved with the notebook. */
export class ConnectionsWidgetModel extends CommModel {
  override defaults() {
    return {
      ...super.defaults(),
      _model_name: 'ConnectionsWidgetModel',
      _view_name: 'ConnectionsWidgetView'
    };
  }
}

/** The class of the view, in the language of the Lab and with its settings. */
export function connectionsView(
  settings: IConnectionSettings,
  trans: TranslationBundle
): typeof DOMWidgetView {
  return class ConnectionsWidgetView extends PanelView {
    override makePanel(): Panel | null {
      return this.model instanceof ConnectionsWidgetModel
        ? connectionsPanel(this.model, settings, trans)
        : null;
    }
  };
}

function connectionsPanel(
  { road, heard }: ConnectionsWidgetModel,
  settings: IConnectionSettings,
  trans: TranslationBundle
): Panel {
  const model = new ConnectionsModel(road.call, heard);
  const prompts = new PromptsModel(road.call, heard);
  const run = (act: () => Promise<unknown>) => {
    act().catch((error: unknown) => showFailure(error));
  };
  const { principal, voms, proxyHours } = settings;
  const list = new ConnectionsList({
    model,
    shown: new ShownDetails(),
    showUnusable: settings.showUnusable,
    warnMinutes: settings.warnMinutes,
    trans,
    actions: {
      open: id => run(() => model.open(id)),
      close: id => run(() => model.close(id)),
      probe: id => run(() => model.probe(id)),
      ticket: id => run(() => model.ticket(id, principal)),
      proxy: id => run(() => model.proxy(id, voms, proxyHours))
    }
  });
  const panel = new Panel();
  panel.addClass('jp-hepbatch');
  panel.addClass('jp-hepbatch-ConnectionsCell');
  panel.addWidget(new InlinePrompts(prompts, trans));
  panel.addWidget(list);
  panel.disposed.connect(() => {
    model.dispose();
    prompts.dispose();
  });
  void model.refresh();
  void prompts.refresh();
  return panel;
}
