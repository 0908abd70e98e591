import { CHALLENGE } from '../../access/http-authenticator.js';
import type { FaultReason } from '../../rpc/errors.js';
import { toFault } from '../../rpc/fault-of.js';
import { VcsError } from '../../vcs/vcs.js';
import { html } from './html.js';
import { page } from './page.js';
import { plainText } from './text-answers.js';
import type { WholeAnswer } from './view.js';

/** What is said instead of a view. The message is shown as it is: no secret, no path of this machine. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'Refusal';
  }
}

const SIGN_IN =
  'Sign in: send `Authorization: Bearer <api_key>`, or your user name with your password or an API key.';

/** For whoever did not sign in: the same for what he may not see and for what does not exist. */
export const unknown = (hint = '') =>
  new Refusal(401, hint === '' ? SIGN_IN : `${SIGN_IN} ${hint}`, { 'www-authenticate': CHALLENGE });

/** For whoever did: the same for what he may not see and for what does not exist. */
export const missing = () => new Refusal(404, 'There is nothing here, or nothing that you may see.');

export const tooMany = (seconds: number) =>
  new Refusal(429, 'Too many requests; try again later.', { 'retry-after': String(seconds) });

const RETRY = { 'retry-after': '10' };

const STATUS: Partial<Record<FaultReason, number>> = {
  DENIED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  REFUSED: 409,
  RATE_LIMITED: 429,
  DEADLINE: 503,
  CANCELLED: 503,
  UNAVAILABLE: 503,
  INVALID_PARAMS: 400,
};

export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof VcsError) return vcsRefusal(error);
  const fault = toFault(error);
  const status = STATUS[fault.reason];
  if (status !== undefined)
    return new Refusal(status, fault.message, status === 503 ? RETRY : {}, { cause: fault.cause });
  return new Refusal(500, 'Something went wrong on the server.', {}, { cause: error });
}

const NOT_THERE: readonly VcsError['code'][] = [
  'REVISION_NOT_FOUND',
  'REF_NOT_FOUND',
  'PATH_NOT_FOUND',
  'EMPTY_REPOSITORY',
];

function vcsRefusal(error: VcsError): Refusal {
  if (NOT_THERE.includes(error.code)) return new Refusal(404, error.message);
  if (error.code === 'NOT_INSTALLED') return new Refusal(501, error.message);
  if (error.code === 'ABORTED') return new Refusal(503, 'This took too long.', RETRY);
  return new Refusal(500, 'The repository cannot be read.', {}, { cause: error });
}

/** A page for browsers, a line for programs. @param accept header of the request */
export function refusalAnswer({ status, message, headers }: Refusal, accept = ''): WholeAnswer {
  const answer = accept.includes('text/html')
    ? page({
        title: `${status}`,
        main: html`<h1>${status}</h1>
          <p>${message}</p>`,
      })
    : { headers: plainText(), body: `${message}\n` };
  return { ...answer, status, headers: { ...answer.headers, ...headers, 'cache-control': 'no-store' } };
}
