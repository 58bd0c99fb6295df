import { Notification } from '@jupyterlab/apputils';

/** Shows what went wrong and what to do next, until the user has read it. */
export async function showFailure(error: unknown): Promise<void> {
  const { toFailure } = await import('../contract');
  const { message, data } = toFailure(error);
  Notification.error(`${message}\n\n${data.next}`, { autoClose: false });
}
