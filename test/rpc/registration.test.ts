import { Controller } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { describe, expect, it } from 'vitest';
import { Int } from '../../src/rpc/argument-types.js';
import { Args, declarationOf, RpcFamily, RpcMethod } from '../../src/rpc/method.js';
import type { RpcMethodOptions } from '../../src/rpc/method.js';
import { MethodRegistry } from '../../src/rpc/method-registry.js';
import { anything, object, text } from '../../src/rpc/result-shapes.js';
import { isRequirement } from '../../src/rpc/requirement.js';
import { FixtureRpc } from './fixture.family.js';
import { startRpcGateway } from './rpc-gateway.js';

const open: RpcMethodOptions = { requires: { kind: 'public' }, result: anything, summary: 'Test' };

/** Starts a gateway that must not start, and gives the reason. */
async function refusalOf(...families: Type[]): Promise<string> {
  try {
    const started = await startRpcGateway({}, families);
    await started.close();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It started');
}

describe('a method', () => {
  it('without a permission does not compile and stops the start', async () => {
    // @ts-expect-error `requires` is missing
    const incomplete: RpcMethodOptions = { result: anything, summary: 'Test' };
    @RpcFamily('wrong')
    class Wrong {
      @RpcMethod('unprotected', incomplete)
      run() {}
    }
    expect(await refusalOf(Wrong)).toContain('unprotected (Wrong.run) declares no permission');
  });

  it('without a result does not compile and stops the start', async () => {
    // @ts-expect-error `result` is missing
    const incomplete: RpcMethodOptions = { requires: { kind: 'public' }, summary: 'Test' };
    @RpcFamily('wrong')
    class Wrong {
      @RpcMethod('unspoken', incomplete)
      run() {}
    }
    expect(await refusalOf(Wrong)).toContain('unspoken (Wrong.run) does not say what it answers');
  });

  it('that answers something else than it declares does not compile', () => {
    class Wrong {
      // @ts-expect-error a number where a text is declared
      @RpcMethod('mistaken', { ...open, result: object({ name: text }) })
      run() {
        return { name: 1 };
      }
    }
    expect(declarationOf(Wrong.prototype.run)?.name).toBe('mistaken');
  });

  it('made around our decorator stops the start', async () => {
    @Controller()
    class Bare {
      @MessagePattern('bare')
      run() {}
    }
    expect(await refusalOf(Bare)).toContain('RPC method bare is not declared with @RpcMethod');
  });

  it('declared twice stops the start, naming both places', async () => {
    @RpcFamily('one')
    class One {
      @RpcMethod('twice', open)
      run() {}
    }
    @RpcFamily('two')
    class Two {
      @RpcMethod('twice', open)
      go() {}
    }
    expect(await refusalOf(One, Two)).toMatch(
      /twice is declared twice: (One\.run and Two\.go|Two\.go and One\.run)/,
    );
  });

  it('with arguments of no class stops the start', async () => {
    @RpcFamily('wrong')
    class Wrong {
      @RpcMethod('shapeless', open)
      run(@Args() args: { a: number }) {
        return args;
      }
    }
    expect(await refusalOf(Wrong)).toContain('Wrong.run: @Args() needs a class');
  });

  it('inherited from a base class keeps its arguments', async () => {
    class AddArgs {
      @Int() a!: number;
    }
    class Base {
      @RpcMethod('add_one', open)
      run(@Args() { a }: AddArgs) {
        return a + 1;
      }
    }
    @RpcFamily('derived')
    class Derived extends Base {}
    const gateway = await startRpcGateway({}, [Derived]);
    const answer = await gateway.call('add_one', { a: 1 });
    await gateway.close();
    expect(answer).toEqual({ id: 1, result: 2, error: null });
  });

  it('outside a family, or with a name that no field client could send, stops the start', async () => {
    @Controller()
    class Homeless {
      @RpcMethod('homeless', open)
      run() {}
    }
    expect(await refusalOf(Homeless)).toContain('stands in a class without @RpcFamily');
    @RpcFamily('wrong')
    class Misnamed {
      @RpcMethod('rpc.mine', open)
      run() {}
    }
    expect(await refusalOf(Misnamed)).toContain('rpc.mine');
  });
});

describe('the registry', () => {
  it('lists every method with all that it declares', async () => {
    const gateway = await startRpcGateway({}, [FixtureRpc]);
    const methods = gateway.app.get(MethodRegistry).list();
    await gateway.close();
    expect(methods.every((method) => isRequirement(method.requires) && method.family === 'fixture')).toBe(
      true,
    );
    expect(methods.map(({ name }) => name)).toEqual(methods.map(({ name }) => name).sort());
    const found = methods.find(({ name }) => name === 'repo_like');
    expect(found?.args.map(({ name, required }) => `${name}${required ? '' : '?'}`)).toEqual([
      'repoid',
      'perm',
      'private?',
      'lifetime?',
      'repo_type?',
      'reviewers?',
      'files?',
      'description?',
      'password?',
    ]);
    expect(found?.args[0]).toMatchObject({ description: 'id or full name', aliases: ['repo', 'repo_name'] });
    expect(found?.args[3]).toMatchObject({ default: -1, schema: { minimum: -1, maximum: 1000 } });
    expect(methods.find(({ name }) => name === 'get_ip')?.aliases).toEqual(['show_ip']);
  });
});
