import { isDeepStrictEqual } from 'node:util';
import type { HostAddress } from '../../contract';
import { Link } from './link';
import type { ILinkOptions } from './link';

/** The links of an agent: one for each address, made when it is first asked for. */
export class Links<F> {
  constructor(
    private readonly _options: Omit<ILinkOptions<F>, 'address' | 'changed'>,
    private readonly _changed: (address: HostAddress) => void
  ) {}

  /** The link to an address, where it was asked for before. */
  find(address: HostAddress): Link<F> | null {
    return this._links.find(link => isDeepStrictEqual(link.address, address))?.link ?? null;
  }

  /** The link to an address. */
  to(address: HostAddress): Link<F> {
    const found = this.find(address);
    if (found !== null) {
      return found;
    }
    const changed = () => this._changed(address);
    const link = new Link<F>({ ...this._options, address, changed });
    this._links.push({ address, link });
    return link;
  }

  /** All of them. */
  all(): readonly Link<F>[] {
    return this._links.map(({ link }) => link);
  }

  /** Closes those that lead to none of these addresses, and forgets them. */
  async keep(addresses: readonly HostAddress[]): Promise<void> {
    const isKept = ({ address }: { address: HostAddress }) =>
      addresses.some(kept => isDeepStrictEqual(kept, address));
    const gone = this._links.filter(link => !isKept(link));
    this._links = this._links.filter(isKept);
    await Promise.all(gone.map(({ link }) => link.close()));
  }

  private _links: { readonly address: HostAddress; readonly link: Link<F> }[] = [];
}
