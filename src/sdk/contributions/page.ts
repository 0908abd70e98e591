import type { MethodCaller } from './method.js';

/** A request below `/_admin/plugins/<id>/`. */
export interface PageRequest {
  readonly method: string;
  /** Below the plugin's own path, with a leading slash and without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Lower-case names; credentials are left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 1 MiB, as text. */
  readonly body: string;
  /** Null: nobody, because no credentials came and the page allows that. */
  readonly caller: MethodCaller | null;
  readonly signal: AbortSignal;
}

export interface PageAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface PageOptions {
  /** Who may see it: anybody, any user (the default), or super admins. */
  readonly access?: 'public' | 'authenticated' | 'admin';
}

export type PageHandler = (request: PageRequest) => Promise<PageAnswer> | PageAnswer;
