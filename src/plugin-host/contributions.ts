import type {
  EventContract,
  Json,
  JsonObject,
  MethodCall,
  MethodDeclaration,
  PageAnswer,
  PageOptions,
  PageRequest,
  PolicyDeclaration,
  PolicyQuestion,
  PolicyVerdict,
  ScheduleOptions,
} from '../sdk/index.js';
import type { HostedAdapter } from './hosted-adapter.js';

/** Something a plugin added, behind its boundary: what it calls rejects with a `PluginFault` and nothing else of the plugin's. */
interface Contribution {
  readonly pluginId: string;
  readonly name: string;
}

export interface HostedMethod extends Contribution {
  readonly declaration: MethodDeclaration;
  /** @throws PluginFault, MethodRefusal */
  invoke(args: JsonObject, call: MethodCall): Promise<Json>;
}
export interface HostedHandler extends Contribution {
  readonly types: readonly string[];
  /** What is handled is delivered, so that it has a queue, a schedule and a log like anything else that is. */
  readonly adapter: HostedAdapter;
}
export interface HostedPolicy extends Contribution {
  readonly declaration: PolicyDeclaration;
  decide(question: PolicyQuestion, signal: AbortSignal): Promise<PolicyVerdict>;
}
export interface HostedEventType extends Contribution {
  readonly contract: EventContract;
}
export interface HostedPage extends Contribution {
  /** `name` is the path. A folder whose files are served, or null. */
  readonly folder: string | null;
  readonly options: PageOptions;
  answer(request: PageRequest): Promise<PageAnswer>;
}
export interface HostedSchedule extends Contribution {
  readonly options: ScheduleOptions;
  run(signal: AbortSignal): Promise<void>;
}

/** What plugins can add, by kind. */
export interface Contributions {
  readonly adapter: HostedAdapter;
  readonly methods: HostedMethod;
  readonly handler: HostedHandler;
  readonly policy: HostedPolicy;
  readonly events: HostedEventType;
  readonly pages: HostedPage;
  readonly schedule: HostedSchedule;
}

/** Connects one kind with the part of the gateway that serves it. */
export interface Binding<Kind extends keyof Contributions> {
  /** @throws PluginRefusal when it cannot be served; the plugin then does not start */
  add(contribution: Contributions[Kind]): void | Promise<void>;
  remove(contribution: Contributions[Kind]): void | Promise<void>;
}

type OfOnePlugin = { readonly [Kind in keyof Contributions]: Contributions[Kind][] };

export const nothingContributed = (): OfOnePlugin => ({
  events: [],
  adapter: [],
  methods: [],
  handler: [],
  policy: [],
  pages: [],
  schedule: [],
});
export type { OfOnePlugin };
