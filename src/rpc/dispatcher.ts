import { Inject, Injectable, Optional } from '@nestjs/common';
import type { MessageHandler } from '@nestjs/microservices';
import { isObservable } from 'rxjs';
import { SETTINGS } from '../config/settings.js';
import type { Settings } from '../config/settings.js';
import { insteadOfMethod, olderCall } from './aliases.js';
import { Refusal } from './arguments.js';
import type { ArgumentProblem } from './arguments.js';
import { Authenticator } from './authenticator.js';
import type { Principal } from './call.js';
import { CallLog } from './call-log.js';
import { CallMetrics } from './call-metrics.js';
import type { MethodMetrics } from './call-metrics.js';
import { Deadlines } from './deadlines.js';
import { Dialects } from './dialects.js';
import { DISCOVER, Discovery, type DiscoverArgs } from './discovery.js';
import type { Json } from '../sdk/index.js';
import type { Invocation } from './envelope/envelope.js';
import { jsonRpc2 } from './envelope/json-rpc-2.js';
import { RpcFault } from './errors.js';
import { toFault } from './fault-of.js';
import { Idempotency } from './idempotency.js';
import { JsonText } from './json-text.js';
import { LiveCall } from './live-call.js';
import type { CallOrigin } from './live-call.js';
import { MethodRegistry } from './method-registry.js';
import type { RegisteredMethod } from './method-registry.js';
import { currentTrail, withTrail } from '../trail/trail.js';
import { TokenBuckets } from './rate-limit.js';
import { withHints } from './unknown-method.js';
import { printedArguments } from './vocabularies.js';

/** What came of a call. `text` is the complete answer as JSON text; null when nobody must be told. */
export type Answered = (text: string | null, fault: RpcFault | null) => void;

interface Served {
  readonly method: RegisteredMethod;
  readonly run: (args: object, call: LiveCall) => unknown;
  readonly metrics: MethodMetrics;
}

/** Takes a call from its envelope to its answer: key, method, arguments, then Nest's own handler with guard and filter. */
@Injectable()
export class Dispatcher {
  readonly deadlines: Deadlines;
  private readonly keyLimits: TokenBuckets<number>;
  private readonly served = new Map<string, Served>();
  private readonly unknownMetrics: MethodMetrics;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly registry: MethodRegistry,
    private readonly discovery: Discovery,
    private readonly authenticator: Authenticator,
    private readonly log: CallLog,
    private readonly metrics: CallMetrics,
    @Optional() private readonly idempotency?: Idempotency,
    @Optional() @Inject(Dialects) private readonly dialects: Dialects | null = null,
  ) {
    this.deadlines = new Deadlines(settings.callDeadlineMs);
    this.keyLimits = new TokenBuckets(settings.rateLimitPerKey, settings.rateLimitBurst);
    this.unknownMetrics = metrics.for('unknown');
  }

  /** @param handlers Nest's handlers by method name */
  serve(handlers: ReadonlyMap<string, MessageHandler>): void {
    for (const method of this.registry.list()) {
      const handler = handlers.get(method.name);
      if (!handler)
        throw new Error(`RPC method ${method.name} (${method.declaredBy}) is in no module that is started`);
      const run = handler as unknown as Served['run'];
      const served = { method, run, metrics: this.metrics.for(method.name) };
      for (const name of [method.name, ...method.aliases]) this.served.set(name, served);
    }
    const discover = this.discovery.method;
    this.served.set(DISCOVER, {
      method: discover,
      run: (args, call) => this.discovery.answer(args as DiscoverArgs, call),
      metrics: this.metrics.for(DISCOVER),
    });
  }

  /**
   * Serves a method that was declared at run time, beside the others.
   * @returns how to withdraw it
   * @throws Error when the name is taken
   */
  add(method: RegisteredMethod, run: Served['run']): () => void {
    const withdraw = this.registry.add(method);
    this.served.set(method.name, { method, run, metrics: this.metrics.for(method.name) });
    return () => {
      withdraw();
      this.served.delete(method.name);
    };
  }

  /**
   * Runs a method for somebody inside the gateway, who needs no key and has no wire; guard, deadline, metrics and log are
   * those of any call. Always in today's dialect.
   * @throws RpcFault
   */
  callInside(method: string, args: object, principal: Principal, requestId: string): Promise<Json> {
    return new Promise((resolve, reject) => {
      const now = performance.now();
      const invocation = { envelope: jsonRpc2, id: null, method, args, key: undefined, invalidKey: '' };
      const origin = { requestId, ip: '127.0.0.1', trail: currentTrail() };
      const call = new LiveCall(invocation, origin, 'kallithea', now, (settled, fault, value) => {
        this.finish(settled, fault, null, () => undefined);
        if (fault) reject(fault);
        else resolve(asJson(value));
      });
      call.principal = principal;
      this.deadlines.add(call, now);
      try {
        this.route(call, false);
      } catch (error) {
        call.fail(toFault(error));
      }
    });
  }

  /** Runs one call; `answered` is called exactly once, possibly before this returns. */
  start(invocation: Invocation, origin: CallOrigin, answered: Answered): LiveCall {
    const now = performance.now();
    const dialect = invocation.dialect ?? this.settings.dialect;
    const call = new LiveCall(invocation, origin, dialect, now, (settled, fault, value) =>
      this.finish(settled, fault, value, answered),
    );
    this.deadlines.add(call, now);
    try {
      this.authenticate(call, now);
    } catch (error) {
      call.fail(toFault(error));
    }
    return call;
  }

  private authenticate(call: LiveCall, now: number): void {
    const { key } = call.invocation;
    if (key === undefined) return this.route(call, true);
    const principal = typeof key === 'string' ? this.authenticator.authenticate(key, call.ip) : null;
    if (!(principal instanceof Promise)) return this.admit(call, principal, now);
    principal
      .then((found) => this.admit(call, found, now))
      .catch((error: unknown) => call.fail(toFault(error)));
  }

  private admit(call: LiveCall, principal: Principal | null, now: number): void {
    if (call.settled) return;
    if (!principal) return call.fail(new RpcFault('KEY_INVALID', call.invocation.invalidKey));
    call.principal = principal;
    if (principal.dialect) call.dialect = principal.dialect;
    if (principal.apiKeyId !== null) {
      const wait = this.keyLimits.take(principal.apiKeyId, 1, now);
      if (wait > 0) return call.fail(rateLimited(wait));
    }
    this.route(call, false);
  }

  private route(call: LiveCall, anonymous: boolean): void {
    const { envelope, method } = call.invocation;
    if (typeof method !== 'string') return call.fail(envelope.noSuchMethod(method));
    const older = olderCall(method, call.invocation.args);
    const served = this.served.get(older?.method ?? method);
    if (!served) return call.fail(this.noSuchMethod(call, method));
    call.method = served.method.name;
    if (anonymous && served.method.requires.kind !== 'public') {
      return call.fail(new RpcFault('KEY_INVALID', call.invocation.invalidKey));
    }
    call.manner = this.dialects?.mannerOf(call.dialect, method, call.method);
    const bound = this.bind(call, served.method, older?.args ?? call.invocation.args);
    if (bound instanceof Refusal)
      return call.refuse(envelope.badArguments(this.spelled(call, served, bound.problem)));
    const running = this.run(served, bound, call);
    if (!(running instanceof Promise)) return this.take(call, bound, running);
    running.then(
      (value: unknown) => this.take(call, bound, value),
      (error: unknown) => call.refuse(toFault(error)),
    );
  }

  private noSuchMethod({ invocation: { envelope }, dialect }: LiveCall, method: string): RpcFault {
    return withHints(envelope.noSuchMethod(method), method, dialect, () => this.served.keys());
  }

  private run({ run, method }: Served, args: object, call: LiveCall): unknown {
    const work = () => withTrail(call.trail, () => run(args, call));
    const isOnce = call.idempotencyKey !== undefined && method.requires.kind !== 'public';
    return isOnce && this.idempotency ? this.idempotency.run(call, call.idempotencyKey, args, work) : work();
  }

  private bind(call: LiveCall, { binder }: RegisteredMethod, args: object): object {
    if (Array.isArray(args)) return binder.byPosition(args);
    const given = args as Record<string, unknown>;
    const taken = call.manner?.takes ? call.manner.takes(given) : given;
    return binder.byName(taken, call.invocation.envelope.dropsUnknownArguments(call.dialect));
  }

  /** A missing argument is called what the caller's document calls it. */
  private spelled(call: LiveCall, { method }: Served, problem: ArgumentProblem): ArgumentProblem {
    if (problem.kind !== 'missing') return problem;
    const printed = printedArguments(call.dialect, call.invocation.method as string);
    const name = printed.find((each) => method.binder.todaysName(each) === problem.name);
    return name === undefined ? problem : { kind: 'missing', name };
  }

  /** A handler answers a value; an interceptor or an error filter makes it an observable. */
  private take(call: LiveCall, args: object, value: unknown): void {
    if (!isObservable(value)) return this.dress(call, args, value);
    let last: unknown;
    value.subscribe({
      next: (each) => (last = each),
      error: (error: unknown) => call.refuse(toFault(error)),
      complete: () => this.dress(call, args, last),
    });
  }

  /** The result as the caller's dialect has it. */
  private dress(call: LiveCall, args: object, value: unknown): void {
    const answers = call.manner?.answers;
    if (!answers) return call.succeed(value);
    const result = value instanceof JsonText ? value.view : value;
    void Promise.resolve()
      .then(() => answers(result, call, args))
      .then(
        (dressed) => call.succeed(dressed),
        (error: unknown) => call.fail(toFault(error)),
      );
  }

  private finish(call: LiveCall, failure: RpcFault | null, value: unknown, answered: Answered): void {
    this.deadlines.remove(call);
    const { fault, text } = this.encode(call, failure, value);
    answered(text, fault);
    const milliseconds = performance.now() - call.startedAt;
    const outcome = fault ? fault.reason.toLowerCase() : 'ok';
    const metrics = this.served.get(call.method)?.metrics ?? this.unknownMetrics;
    metrics.record(outcome, milliseconds / 1000);
    this.log.write(call, outcome, fault, milliseconds);
  }

  private encode(call: LiveCall, failure: RpcFault | null, value: unknown) {
    const { id, envelope } = call.invocation;
    try {
      if (failure) return { fault: failure, text: id === null ? null : envelope.failure(id, failure) };
      const result = value instanceof JsonText ? value.text : toJson(value);
      if (result === undefined) throw new TypeError('The result is no JSON value');
      return { fault: null, text: id === null ? null : envelope.success(id, result, this.warning(call)) };
    } catch (cause) {
      const fault = new RpcFault('INTERNAL', 'Error encoding response', {}, { cause });
      return { fault, text: id === null ? null : envelope.failure(id, fault) };
    }
  }

  /** Of names that are on their way out, where the dialect has a place for it (RhodeCode 4). */
  private warning(call: LiveCall): string | null {
    if (call.dialect !== 'rhodecode-4') return null;
    const { method: asked, args } = call.invocation;
    const served = this.served.get(call.method)?.method;
    const instead = served?.deprecated ?? insteadOfMethod(asked as string, call.method);
    if (instead !== undefined) return `DEPRECATED METHOD Please use method \`${instead}\` instead.`;
    const [older] = served?.binder.olderNames(args) ?? [];
    return older
      ? `DEPRECATED ARGUMENT Please use argument \`${older[1]}\` instead of \`${older[0]}\`.`
      : null;
  }
}

/** As a client would have it after its own parsing. */
function asJson(value: unknown): Json {
  const text = value instanceof JsonText ? value.text : toJson(value);
  return text === undefined ? null : (JSON.parse(text) as Json);
}

/** Undefined when it is no JSON value. */
const toJson = (value: unknown) => JSON.stringify(value === undefined ? null : value) as string | undefined;

/** @param wait whole seconds */
export const rateLimited = (wait: number) =>
  new RpcFault('RATE_LIMITED', `Rate limit exceeded, try again in ${String(wait)} s`, { retry_after: wait });
