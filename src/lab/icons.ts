import { LabIcon } from '@jupyterlab/ui-components';
import auditSvg from '../../style/icons/audit.svg';
import clusterSvg from '../../style/icons/cluster.svg';
import connectionSvg from '../../style/icons/connection.svg';
import hepbatchSvg from '../../style/icons/hepbatch.svg';
import submissionSvg from '../../style/icons/submission.svg';

/** A stack of batches, one of them ticked off: the sidebar. */
export const hepbatchIcon = new LabIcon({ name: 'hepbatch:hepbatch', svgstr: hepbatchSvg });

/** A sheet with rows ticked and open: an audit. */
export const auditIcon = new LabIcon({ name: 'hepbatch:audit', svgstr: auditSvg });

/** A screen wired to a stack of machines: a connection. */
export const connectionIcon = new LabIcon({ name: 'hepbatch:connection', svgstr: connectionSvg });

/** A scheduler and its workers: a Dask cluster. */
export const clusterIcon = new LabIcon({ name: 'hepbatch:cluster', svgstr: clusterSvg });

/** A stack of jobs, sent upwards: a submission. */
export const submissionIcon = new LabIcon({ name: 'hepbatch:submission', svgstr: submissionSvg });
