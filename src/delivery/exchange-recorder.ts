import type { GuardedHttp } from '../egress/guarded-http.js';
import type { HttpTrace } from '../egress/guarded-connector.js';
import type { HttpRequest, HttpResponse, PluginHttp, WireRecord } from '../sdk/index.js';

const REDACTED = '[redacted]';
const SECRET_NAME = /authorization|cookie|token|secret|password|api[-_]?key/i;
const MAX_TEXT = 64 * 1024;

/** What the delivery log keeps of the last request of an attempt. */
export interface Exchange {
  /** Method and URL, or what an adapter that speaks something else calls it. */
  readonly target: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string | null;
  readonly response: HttpResponse | null;
  readonly timing: HttpTrace;
}

/** The way out for one attempt; remembers what went over the wire, without what is secret. */
export class ExchangeRecorder implements PluginHttp {
  private last: Exchange | null = null;

  constructor(
    private readonly http: GuardedHttp,
    private readonly secretTexts: readonly string[],
    private readonly signal: AbortSignal,
  ) {}

  async request(url: string, request: HttpRequest = {}): Promise<HttpResponse> {
    const exchange = {
      target: `${request.method ?? 'POST'} ${url}`,
      requestHeaders: request.headers ?? {},
      requestBody: request.body === undefined ? null : textOf(request.body),
      response: null as HttpResponse | null,
      timing: {},
    };
    this.last = exchange;
    const control = { signal: this.signal, trace: exchange.timing };
    exchange.response = await this.http.request(url, request, control);
    return exchange.response;
  }

  record({ target, request, response }: WireRecord): void {
    this.last = {
      target,
      requestHeaders: {},
      requestBody: request,
      response: response === undefined ? null : { status: 0, headers: {}, body: response, truncated: false },
      timing: {},
    };
  }

  /** Null when nothing was sent through here. */
  exchange(): Exchange | null {
    if (this.last === null) return null;
    const { target, requestHeaders, requestBody, response, timing } = this.last;
    return {
      target: this.redactedText(target),
      requestHeaders: this.redacted(requestHeaders),
      requestBody: requestBody === null ? null : this.redactedText(requestBody).slice(0, MAX_TEXT),
      response: response && {
        ...response,
        headers: this.redacted(response.headers),
        body: this.redactedText(response.body).slice(0, MAX_TEXT),
      },
      timing,
    };
  }

  private redacted(headers: Readonly<Record<string, string>>): Record<string, string> {
    const hide = (name: string, value: string) =>
      SECRET_NAME.test(name) || this.secretTexts.some((secret) => value.includes(secret)) ? REDACTED : value;
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hide(name, value)]));
  }

  private redactedText(text: string): string {
    return this.secretTexts.reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text);
  }
}

const textOf = (body: string | Uint8Array): string =>
  typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
