import { RpcError, TransportError } from './rpc-error.js';

interface ErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: Record<string, unknown>;
}

interface Answer {
  readonly id: number | null;
  readonly result?: unknown;
  readonly error?: ErrorObject;
}

/** A request that was sent, to find its answer by. */
export interface Sent {
  readonly id: number;
  readonly method: string;
}

export type Settled = PromiseSettledResult<unknown>;

/**
 * One result a request, in their order.
 * @param body of the HTTP answer
 * @throws RpcError when the gateway refused everything at once; TransportError for what is no answer to these requests
 */
export function settle(sent: readonly Sent[], body: string, status: number): Settled[] {
  const parsed = parse(body, status);
  const answers = Array.isArray(parsed) ? parsed : [parsed];
  const [whole] = answers;
  if (whole && !Array.isArray(parsed) && whole.error && whole.id === null)
    throw toError(sent.map(({ method }) => method).join(', '), whole.error);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return sent.map(({ id, method }) => {
    const answer = byId.get(id);
    if (!answer)
      throw new TransportError(
        `The gateway answered ${String(status)} without a result for ${method}`,
        status,
      );
    if (answer.error) return { status: 'rejected', reason: toError(method, answer.error) };
    return { status: 'fulfilled', value: answer.result };
  });
}

function parse(body: string, status: number): Answer | Answer[] {
  try {
    const value = JSON.parse(body) as unknown;
    if (typeof value === 'object' && value !== null) return value as Answer | Answer[];
  } catch {
    // said below
  }
  throw new TransportError(
    `HTTP status ${String(status)}, and no JSON-RPC: is this the address of a gateway?`,
    status,
  );
}

const toError = (method: string, { code, message, data }: ErrorObject) =>
  new RpcError(method, code, message, data);
