import { runGateway, type RunningGateway } from '../../src/plugin-testing/running-gateway.js';
import { takeMisfits, withCheckedAnswers } from './checked-answers.js';

/** Legacy answer. */
export interface Answer<Result = unknown> {
  id: unknown;
  result: Result;
  error: string | null;
}

export type TestGateway = RunningGateway;

/**
 * A whole gateway on a free port, with a database and a home of its own, whose answers are compared with what its
 * methods declare.
 * @param beside another one, whose database and home it shares: a second process of one cluster
 */
export async function startTestGateway(
  env: Record<string, string> = {},
  beside?: TestGateway,
): Promise<TestGateway> {
  const gateway = await withCheckedAnswers(() => runGateway({ env, beside }));
  return {
    ...gateway,
    async close() {
      await gateway.close();
      const misfits = takeMisfits();
      if (misfits.length > 0) throw new Error(`answers that are not as declared:\n${misfits.join('\n')}`);
    },
  };
}
