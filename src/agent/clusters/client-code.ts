import type { ClientInfo } from '../../contract';

/** The code that connects a notebook to a cluster by its name; hepbatch finds the rest. */
export function hepbatchCode(name: string): string {
  return ['import hepbatch', '', `client = hepbatch.client(${quote(name)})`, 'client', ''].join(
    '\n'
  );
}

/** The same for a kernel without hepbatch: plain Dask, with the certificate of the cluster. */
export function daskCode({ address, tls }: Pick<ClientInfo, 'address' | 'tls'>): string {
  if (tls === null) {
    return [
      'from dask.distributed import Client',
      '',
      `client = Client(${quote(address)})`,
      'client',
      ''
    ].join('\n');
  }
  return [
    'from dask.distributed import Client',
    'from distributed.security import Security',
    '',
    'security = Security(',
    '    require_encryption=True,',
    `    tls_ca_file=${quote(tls.ca)},`,
    `    tls_client_cert=${quote(tls.cert)},`,
    `    tls_client_key=${quote(tls.key)},`,
    ')',
    `client = Client(${quote(address)}, security=security)`,
    'client',
    ''
  ].join('\n');
}

/** A text as a literal of Python. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, character => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
