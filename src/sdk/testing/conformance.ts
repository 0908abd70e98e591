import { deepStrictEqual, notStrictEqual, ok } from 'node:assert/strict';
import { deprecate } from 'node:util';
import { Ajv } from 'ajv';
import { HttpFailure, type Adapter, type Endpoint, type PluginHttp } from '../adapter.js';
import * as events from '../events/index.js';
import type { EventContract } from '../events/contract.js';
import type { JsonObject, JsonSchema } from '../json.js';
import type { Outcome } from '../outcome.js';
import type { GatewayFacts, PluginDefinition } from '../plugin.js';
import { deliverContext, type DeliverOptions } from './deliver-context.js';
import { FakeHttp, type HttpAnswer } from './fake-http.js';
import { recordedEvents } from './recorded-events.js';
import { setUpPlugin } from './set-up-plugin.js';

export interface ConformanceSubject {
  readonly plugin: PluginDefinition<never> | PluginDefinition;
  readonly adapter: string;
  /** Settings that work; with `http: 'none'` they lead to a real service. */
  readonly endpoint: Partial<Endpoint>;
  readonly gateway?: Partial<GatewayFacts>;
  /** The operator's settings of the plugin, with defaults filled in. */
  readonly config?: JsonObject;
  /** What the service answers when it takes an event; `none`: the adapter does not speak HTTP. Default an empty 200. */
  readonly http?: HttpAnswer | 'none';
  /** Texts of users that the service would take for commands, e.g. `<!channel>`; they must not arrive as they are. */
  readonly neutralises?: readonly string[];
}

export interface ConformanceCase {
  readonly name: string;
  run(): Promise<void>;
}

const SECRET_NAME = /token|secret|password|credential|private|api_?key/i;
const CONTRACTS = (Object.values(events) as unknown[]).filter(isContract);
const FAILURES: readonly (readonly [HttpFailure, Outcome['outcome']])[] = [
  [new HttpFailure('blocked', 'ADDRESS_BLOCKED', 'a private address'), 'blocked'],
  [new HttpFailure('local', 'PROXY_FAILED', 'the proxy is down'), 'local_fault'],
  [new HttpFailure('remote', 'TIMEOUT', 'no answer in time'), 'retry'],
];

/**
 * What every adapter must keep to. Run each case as a test of its own:
 * `it.each(adapterConformance(subject))('$name', ({ run }) => run())`.
 */
export function adapterConformance(subject: ConformanceSubject): ConformanceCase[] {
  const speaksHttp = subject.http !== 'none';
  return [
    { name: 'describes itself and its settings', run: () => describesItself(subject) },
    { name: 'marks what is secret among its settings', run: () => marksSecrets(subject) },
    ...CONTRACTS.map((contract) => ({
      name: `delivers ${contract.type}`,
      run: async () => {
        const { outcome } = await deliver(subject, { contract });
        deepStrictEqual(outcome.outcome, 'delivered', JSON.stringify(outcome));
      },
    })),
    ...recordedEvents().map((event) => ({
      name: `delivers a ${event.type} that was recorded`,
      run: async () => {
        const { outcome } = await deliver(subject, { event });
        deepStrictEqual(outcome.outcome, 'delivered', JSON.stringify(outcome));
      },
    })),
    ...(speaksHttp
      ? FAILURES.map(([failure, expected]) => ({
          name: `takes a ${failure.kind} failure for ${expected}`,
          run: async () => {
            const { outcome } = await deliver(subject, { http: new FakeHttp(failure) });
            deepStrictEqual(outcome.outcome, expected);
          },
        }))
      : []),
    { name: 'keeps secrets out of its outcomes', run: () => tellsNoSecret(subject) },
    ...(subject.neutralises ?? []).map((text) => ({
      name: `does not pass ${JSON.stringify(text)} on as it is`,
      run: () => neutralises(subject, text),
    })),
  ];
}

/** @deprecated since 1.2.0: it is called {@link adapterConformance} */
export const conformance = deprecate(
  adapterConformance,
  '`conformance` of forgegate/sdk/testing is called `adapterConformance` since SDK 1.2.0',
);

async function describesItself(subject: ConformanceSubject): Promise<void> {
  const { adapter } = await setUp(subject);
  ok(adapter.summary, 'summary: say in one line what the adapter does');
  const validate = new Ajv({ strict: false, useDefaults: true }).compile(
    adapter.config ?? { type: 'object' },
  );
  const config = structuredClone(subject.endpoint.config ?? {});
  ok(validate(config), `the settings under test are refused: ${JSON.stringify(validate.errors)}`);
  deepStrictEqual(adapter.check?.({ url: subject.endpoint.url ?? '', config }) ?? null, null);
  if (adapter.config) ok(!validate({ ...config, no_such_setting: 1 }), 'unknown settings must be refused');
}

async function marksSecrets(subject: ConformanceSubject): Promise<void> {
  const { adapter } = await setUp(subject);
  for (const [name, member] of Object.entries(
    (adapter.config?.properties ?? {}) as Record<string, JsonSchema>,
  )) {
    if (SECRET_NAME.test(name))
      ok(member['x-secret'], `config.${name} looks secret and is not marked x-secret`);
  }
}

async function tellsNoSecret(subject: ConformanceSubject): Promise<void> {
  const { adapter } = await setUp(subject);
  const secrets = [...secretTexts(adapter, subject), ...(subject.endpoint.secrets ?? [])];
  const answers =
    subject.http === 'none'
      ? [undefined]
      : [subject.http ?? {}, { status: 400 }, { status: 404 }, { status: 500 }];
  for (const answer of answers) {
    const { outcome } = await deliver(subject, answer === undefined ? {} : { http: new FakeHttp(answer) });
    for (const secret of secrets) ok(!JSON.stringify(outcome).includes(secret), 'an outcome shows a secret');
  }
}

async function neutralises(subject: ConformanceSubject, text: string): Promise<void> {
  for (const contract of CONTRACTS) {
    const sent: string[] = [];
    const http = new FakeHttp(...(subject.http && subject.http !== 'none' ? [subject.http] : []));
    await deliver(subject, {
      contract: { ...contract, example: withText(contract.example, text) },
      http,
      record: ({ request }) => sent.push(request),
    });
    sent.push(...http.requests.map(({ request }) => String(request.body ?? '')));
    for (const body of sent) ok(!body.includes(text), `${contract.type}: ${text} arrives as it is: ${body}`);
  }
}

async function deliver(
  subject: ConformanceSubject,
  options: DeliverOptions,
): Promise<{ outcome: Outcome; http: PluginHttp }> {
  const { adapter, plugin } = await setUp(subject);
  const http =
    options.http ?? new FakeHttp(...(subject.http && subject.http !== 'none' ? [subject.http] : []));
  try {
    const outcome = await adapter.deliver(deliverContext({ ...options, endpoint: subject.endpoint, http }));
    notStrictEqual(outcome.code, '');
    return { outcome, http };
  } finally {
    await plugin.stop();
  }
}

async function setUp({ plugin: definition, adapter, gateway = {}, config = {} }: ConformanceSubject) {
  const plugin = await setUpPlugin(definition, { gateway, config });
  return { plugin, adapter: plugin.adapter(adapter) };
}

function secretTexts(adapter: Adapter, { endpoint }: ConformanceSubject): string[] {
  const properties = (adapter.config?.properties ?? {}) as Record<string, JsonSchema>;
  return Object.entries(endpoint.config ?? {}).flatMap(([name, value]) =>
    properties[name]?.['x-secret'] && typeof value === 'string' ? [value] : [],
  );
}

/** Free text of people (titles, descriptions, comments, names of branches) with this in it. */
function withText(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withText(item, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      typeof member === 'string' && FREE_TEXT.has(name) ? `${member} ${text}` : withText(member, text),
    ]),
  );
}

const FREE_TEXT = new Set([
  'title',
  'description',
  'text',
  'message',
  'author',
  'reason',
  'repo_name',
  'username',
]);

function isContract(value: unknown): value is EventContract {
  return (
    typeof value === 'object' && value !== null && 'type' in value && 'schema' in value && 'example' in value
  );
}
