import type { GuardedHttp } from '../egress/guarded-http.js';
import type { HttpTrace } from '../egress/guarded-connector.js';
import type { Endpoint, HttpRequest, HttpResponse, PluginHttp } from '../sdk/index.js';

const REDACTED = '[redacted]';
const SECRET_NAME = /authorization|cookie|token|secret|password|api[-_]?key/i;

/** What the delivery log keeps of the last request of an attempt. */
export interface Exchange {
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly response: HttpResponse | null;
  readonly timing: HttpTrace;
}

/** The way out for one attempt; remembers what went over the wire, without what is secret. */
export class ExchangeRecorder implements PluginHttp {
  private last: {
    headers: Readonly<Record<string, string>>;
    response: HttpResponse | null;
    trace: HttpTrace;
  } | null = null;

  constructor(
    private readonly http: GuardedHttp,
    private readonly endpoint: Endpoint,
    private readonly signal: AbortSignal,
  ) {}

  async request(url: string, request: HttpRequest = {}): Promise<HttpResponse> {
    const exchange = { headers: request.headers ?? {}, response: null as HttpResponse | null, trace: {} };
    this.last = exchange;
    const response = await this.http.request(url, request, { signal: this.signal, trace: exchange.trace });
    exchange.response = response;
    return response;
  }

  /** Null when nothing was sent through here. */
  exchange(): Exchange | null {
    if (this.last === null) return null;
    const { headers, response, trace } = this.last;
    return {
      requestHeaders: this.redacted(headers),
      response: response && { ...response, headers: this.redacted(response.headers) },
      timing: trace,
    };
  }

  private redacted(headers: Readonly<Record<string, string>>): Record<string, string> {
    const secrets = [...this.endpoint.secrets, ...Object.values(this.endpoint.config)].filter(
      (value): value is string => typeof value === 'string' && value.length >= 8,
    );
    const hide = (name: string, value: string) =>
      SECRET_NAME.test(name) || secrets.some((secret) => value.includes(secret)) ? REDACTED : value;
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hide(name, value)]));
  }
}
