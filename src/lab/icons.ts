import { LabIcon } from '@jupyterlab/ui-components';
import auditSvg from '../../style/icons/audit.svg';
import hepbatchSvg from '../../style/icons/hepbatch.svg';

/** A stack of batches, one of them ticked off: the sidebar. */
export const hepbatchIcon = new LabIcon({ name: 'hepbatch:hepbatch', svgstr: hepbatchSvg });

/** A sheet with rows ticked and open: an audit. */
export const auditIcon = new LabIcon({ name: 'hepbatch:audit', svgstr: auditSvg });
