import {
  MethodRefusal,
  SDK_VERSION,
  type DeliverContext,
  type Json,
  type JsonObject,
  type MethodCall,
  type Outcome,
  type PageAnswer,
  type PluginContext,
  type PluginDefinition,
  type PolicyVerdict,
} from '../../sdk/index.js';
import type { Peer } from './peer.js';
import { RemoteError } from './peer.js';
import { asParams, type SetupAnswer } from './protocol.js';

/** Asks the plugin's process; waits for one that is being restarted to be there, or fails. */
export type Ask = (method: string, params: JsonObject, signal?: AbortSignal) => Promise<Json>;

type Network = Pick<DeliverContext, 'http' | 'net' | 'record'>;

/** Deliveries under way, whose ways out a remote adapter uses by number. */
export class Invocations {
  private last = 0;
  private readonly open = new Map<number, Network>();

  async with<T>(network: Network, use: (id: number) => Promise<T>): Promise<T> {
    const id = (this.last += 1);
    this.open.set(id, network);
    try {
      return await use(id);
    } finally {
      this.open.delete(id);
    }
  }

  networkOf(id: Json | undefined): Network | undefined {
    return typeof id === 'number' ? this.open.get(id) : undefined;
  }
}

/** A plugin elsewhere, as a definition like any other: what it registers calls the process that it runs in. */
export class RemoteDefinition implements PluginDefinition {
  private takesConfig = false;
  /** Whether its registrations are in force, so that another process of it must make the same ones. */
  private answer: string | null = null;

  constructor(
    private readonly ask: Ask,
    private readonly invocations: Invocations,
  ) {}

  async setup(ctx: PluginContext): Promise<void> {
    const answer = (await this.ask('setup', await setupParams(ctx))) as unknown as SetupAnswer;
    this.answer = JSON.stringify(answer);
    this.takesConfig = answer.takes_config === true;
    this.register(ctx, answer);
  }

  /** Sets another process of it up. @throws Error when it does not register what the first one did */
  async setupAgain(peer: Peer, params: JsonObject): Promise<void> {
    const answer = JSON.stringify(await peer.request('setup', params));
    if (answer !== this.answer) throw new Error('it registers something else than the first time');
    await peer.request('start', {});
  }

  async start(): Promise<void> {
    await this.ask('start', {});
  }

  get configChanged(): ((config: Readonly<JsonObject>) => Promise<void>) | undefined {
    if (!this.takesConfig) return undefined;
    return async (config) => {
      await this.ask('config_changed', { config });
    };
  }

  async stop(): Promise<void> {
    await this.ask('stop', {});
  }

  async dispose(): Promise<void> {
    await this.ask('dispose', {});
  }

  private register(ctx: PluginContext, answer: SetupAnswer): void {
    for (const contract of answer.events ?? []) ctx.event(contract);
    for (const { name, ...adapter } of answer.adapters ?? [])
      ctx.adapter(name, { ...adapter, deliver: (context) => this.deliver(name, context) });
    for (const { name, ...declaration } of answer.methods ?? [])
      ctx.method(name, declaration, (args, call) => this.method(name, args, call));
    for (const { types, ...options } of answer.handlers ?? []) {
      ctx.on(
        types,
        async (event, { signal, ...delivery }) => {
          const params = { name: options.name ?? 'events', event, delivery };
          await this.ask('handle', asParams(params), signal);
        },
        options,
      );
    }
    for (const declaration of answer.policies ?? []) {
      const name = declaration.name ?? ctx.id;
      ctx.policy(declaration, async (question, signal) => {
        const verdict = await this.ask('decide', asParams({ name, question }), signal);
        return verdict as unknown as PolicyVerdict;
      });
    }
    for (const { path, folder, options } of answer.pages ?? []) {
      if (folder !== undefined) ctx.files(path, folder, options);
      else
        ctx.page(
          path,
          async ({ signal, ...request }) =>
            (await this.ask('page', asParams({ path, request }), signal)) as unknown as PageAnswer,
          options,
        );
    }
    for (const { name, ...options } of answer.schedules ?? [])
      ctx.schedule(name, options, async (signal) => void (await this.ask('run', { name }, signal)));
  }

  private deliver(adapter: string, context: DeliverContext): Promise<Outcome> {
    const { event, endpoint, signal } = context;
    const delivery = { ...context.delivery, createdAt: context.delivery.createdAt.toISOString() };
    const attempt = { ...context.attempt, startedAt: context.attempt.startedAt.toISOString() };
    return this.invocations.with(context, async (invocation) => {
      const params = asParams({ adapter, invocation, event, delivery, endpoint, attempt });
      return (await this.ask('deliver', params, signal)) as unknown as Outcome;
    });
  }

  private async method(name: string, args: JsonObject, call: MethodCall): Promise<Json> {
    const { caller, requestId, signal } = call;
    try {
      return await this.ask('method', asParams({ name, args, caller, request_id: requestId }), signal);
    } catch (error) {
      if (error instanceof RemoteError && error.data['kind'] === 'refusal')
        throw new MethodRefusal(error.message, error.data['reason'] as MethodRefusal['reason']);
      throw error;
    }
  }
}

async function setupParams({ id, config, gateway }: PluginContext): Promise<JsonObject> {
  const { publicUrl: public_url } = gateway;
  return asParams({
    id,
    config,
    sdk_version: SDK_VERSION,
    public_url,
    data_folder: await gateway.dataFolder(),
  });
}
