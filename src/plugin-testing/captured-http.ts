import { isIP } from 'node:net';
import type { GuardedHttp } from '../egress/guarded-http.js';
import { HttpFailure, type HttpRequest, type HttpResponse } from '../sdk/index.js';
import type { CapturedAnswer, CapturedRequest } from './test-gateway.js';

/** Takes the place of the way out: keeps requests instead of sending them. */
export class CapturedHttp {
  readonly requests: CapturedRequest[] = [];
  private answers: (request: CapturedRequest) => CapturedAnswer = () => ({});
  private readonly waiting = new Set<() => void>();

  /** From now on; names are not resolved, so that tests need no network. */
  capture(http: GuardedHttp): void {
    const refusal = http.refusal.bind(http);
    http.request = (url, request) => this.take(url, request);
    http.refusal = async (url, schemes) => {
      const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : null;
      return host === null || isIP(host) !== 0 ? refusal(url, schemes) : null;
    };
  }

  answer(answers: (request: CapturedRequest) => CapturedAnswer): void {
    this.answers = answers;
  }

  async captured(count: number): Promise<readonly CapturedRequest[]> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.waiting.add(resolve));
    return this.requests;
  }

  private async take(
    url: string,
    { method = 'POST', headers = {}, body }: HttpRequest = {},
  ): Promise<HttpResponse> {
    const text = body === undefined ? '' : typeof body === 'string' ? body : Buffer.from(body).toString();
    const request = { url, method, headers, body: text };
    this.requests.push(request);
    for (const wake of this.waiting) wake();
    this.waiting.clear();
    const answer = this.answers(request);
    if (answer instanceof HttpFailure) throw answer;
    return { status: 200, headers: {}, body: '', truncated: false, ...answer };
  }
}
