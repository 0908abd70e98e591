import type { Endpoint } from '../envelope/shape.js';

const ENDPOINTS: readonly (readonly [string, Endpoint])[] = [
  ['/_admin/api', 'legacy'],
  ['/_admin/apiv2', 'legacy'],
  ['/_admin/rpc', '2.0'],
];

/** Which requests are calls: the three paths, with and without the public URL's prefix, slashes doubled or trailing. */
export class RpcPaths {
  private readonly exact: ReadonlyMap<string, Endpoint>;

  constructor(publicUrl: string) {
    const prefix = new URL(publicUrl).pathname.replace(/\/+$/, '');
    this.exact = new Map(
      ENDPOINTS.flatMap(([path, at]) => [[path, at] as const, [prefix + path, at] as const]),
    );
  }

  match(url: string): Endpoint | undefined {
    const found = this.exact.get(url);
    if (found !== undefined || !url.includes('_admin/')) return found;
    const path = url
      .replace(/^https?:\/\/[^/?#]*/i, '')
      .replace(/[?#].*$/s, '')
      .replace(/\/{2,}/g, '/');
    return this.exact.get(path.endsWith('/') ? path.slice(0, -1) : path);
  }
}
