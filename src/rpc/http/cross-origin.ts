import type { IncomingMessage, ServerResponse } from 'node:http';

/** Lets pages of the listed origins call the API from a browser. Keys travel in the body or a header, never in cookies. */
export class CrossOrigin {
  private readonly origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.origins = new Set(origins);
  }

  get enabled(): boolean {
    return this.origins.size > 0;
  }

  /** @returns true when the request was a preflight and is answered */
  apply(request: IncomingMessage, response: ServerResponse): boolean {
    const { origin } = request.headers;
    response.setHeader('vary', 'origin');
    const allowed = origin !== undefined && (this.origins.has(origin) || this.origins.has('*'));
    if (allowed) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
    }
    if (request.method !== 'OPTIONS') return false;
    if (allowed) {
      response.setHeader('access-control-allow-methods', 'POST, GET');
      response.setHeader(
        'access-control-allow-headers',
        'authorization, content-type, idempotency-key, x-api-key, x-request-id',
      );
      response.setHeader('access-control-max-age', '600');
    }
    response.writeHead(204).end();
    return true;
  }
}
