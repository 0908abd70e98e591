import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VOCABULARIES, type PrintedDialect } from '../../src/rpc/vocabularies.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

/** A script of the age of a document: it knows that document's methods and arguments, and holds a key of its dialect. */
export class OldScript {
  /** Of the super admin. */
  key = '';
  private opened: TestGateway | null = null;
  private readonly described = new Set<string>();
  private readonly sent = new Map<string, Set<string>>();

  private constructor(readonly dialect: PrintedDialect) {}

  /** Opens a gateway for the tests of a file; then every printed method and argument must have been proved. */
  static of(dialect: PrintedDialect, prepare: (script: OldScript) => Promise<void>): OldScript {
    const script = new OldScript(dialect);
    beforeAll(async () => {
      script.opened = await startTestGateway();
      script.key = await script.keyOf('admin');
      await prepare(script);
    });
    afterAll(() => script.gateway.close());
    return script;
  }

  get gateway(): TestGateway {
    if (!this.opened) throw new Error('the gateway is not open yet');
    return this.opened;
  }

  /** A key of this dialect for a user. */
  async keyOf(userid: string): Promise<string> {
    const made = await this.gateway.call<{ api_key: string }>('create_api_key', {
      userid,
      dialect: this.dialect,
    });
    return made.api_key;
  }

  /** A user with a key of this dialect. */
  async user(username: string, more: object = {}): Promise<{ user_id: number; key: string }> {
    const { user_id } = await this.gateway.createUser(username, more);
    return { user_id, key: await this.keyOf(username) };
  }

  call<Result = unknown>(method: string, args: object = {}, key = this.key): Promise<Result> {
    const names = this.sent.get(method) ?? new Set();
    this.sent.set(method, names);
    for (const name of Object.keys(args)) names.add(name);
    return this.gateway.call<Result>(method, args, key);
  }

  refusal(method: string, args: object = {}, key = this.key): Promise<string> {
    return this.gateway.refusal(method, args, key);
  }

  /** The tests of one printed method. */
  proves(method: string, tests: () => void): void {
    this.described.add(method);
    describe(method, tests);
  }

  /** Last in the file: nothing that is printed was left out. */
  provesAll(): void {
    describe('the document', () => {
      const vocabulary = VOCABULARIES[this.dialect];
      it('is proved method by method', () => {
        expect([...this.described].toSorted()).toEqual(Object.keys(vocabulary).toSorted());
      });

      it.each(Object.entries(vocabulary))('is proved with every argument of %s', (method, args) => {
        expect([...(this.sent.get(method) ?? [])].toSorted()).toEqual(args.toSorted());
      });
    });
  }
}
