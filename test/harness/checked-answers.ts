import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, map } from 'rxjs';
import { Dispatcher } from '../../src/rpc/dispatcher.js';
import { JsonText } from '../../src/rpc/json-text.js';
import type { RpcMethodDeclaration } from '../../src/rpc/method.js';
import { schemaOfResult } from '../../src/rpc/result-shapes.js';
import { closed, misfit } from './closed-schema.js';

/** What methods answered otherwise than they declare, since the last look. */
const misfits: string[] = [];

export function takeMisfits(): string[] {
  return misfits.splice(0);
}

type Result = RpcMethodDeclaration['result'];
const checks = new WeakMap<Result, ReturnType<typeof closed>>();

/** Compiled once for all gateways, of what is called. */
function checkOf(result: Result): ReturnType<typeof closed> {
  const check = checks.get(result) ?? closed(schemaOfResult(result));
  checks.set(result, check);
  return check;
}

type Run = (args: unknown, call: unknown) => unknown;

/** Compares every answer of a handler with the result that its method declares. */
function checking(name: string, handler: MessageHandler): MessageHandler {
  const { result } = (handler.extras as { declaration: RpcMethodDeclaration }).declaration;
  const look = (answer: unknown): unknown => {
    if (isObservable(answer)) return answer.pipe(map(look));
    const text =
      answer instanceof JsonText ? answer.text : JSON.stringify(answer === undefined ? null : answer);
    const found = misfit(checkOf(result), JSON.parse(text));
    if (found) misfits.push(`${name} answers ${text.slice(0, 500)}: ${found}`);
    return answer;
  };
  const run = handler as unknown as Run;
  const checked: Run = (args, call) => {
    const running = run(args, call);
    return running instanceof Promise ? running.then(look) : look(running);
  };
  return checked as unknown as MessageHandler;
}

const { serve } = Dispatcher.prototype;
let starting = 0;

Dispatcher.prototype.serve = function (this: Dispatcher, handlers) {
  const entries = [...handlers].map(
    ([name, handler]) => [name, starting > 0 ? checking(name, handler) : handler] as const,
  );
  serve.call(this, new Map(entries));
};

/** Starts a gateway whose answers are compared; the matrix, which answers in the place of handlers, does not want it. */
export async function withCheckedAnswers<T>(start: () => Promise<T>): Promise<T> {
  starting += 1;
  try {
    return await start();
  } finally {
    starting -= 1;
  }
}
