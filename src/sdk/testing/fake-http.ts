import { HttpFailure, type HttpRequest, type HttpResponse, type PluginHttp } from '../adapter.js';

/** What comes back for one request; members that are left out are those of an empty `200`. */
export type HttpAnswer = Partial<HttpResponse> | HttpFailure;

/** Answers from a list, in order; the last one stands for all that follow. Remembers what was asked. */
export class FakeHttp implements PluginHttp {
  readonly requests: { readonly url: string; readonly request: HttpRequest }[] = [];
  private readonly answers: readonly HttpAnswer[];

  constructor(...answers: readonly HttpAnswer[]) {
    this.answers = answers;
  }

  request(url: string, request: HttpRequest = {}): Promise<HttpResponse> {
    const answer = this.answers[Math.min(this.requests.length, this.answers.length - 1)] ?? {};
    this.requests.push({ url, request });
    return answer instanceof HttpFailure
      ? Promise.reject(answer)
      : Promise.resolve({ status: 200, headers: {}, body: '', truncated: false, ...answer });
  }
}
