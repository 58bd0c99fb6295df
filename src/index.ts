import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { labPlugins } from './lab';
import { widgetsPlugin } from './widgets';

/** All plugins of hepbatch. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [...labPlugins, widgetsPlugin];
export default plugins;
