import type { TestGateway, TestGatewayOptions } from './test-gateway.js';

/**
 * Starts a gateway with these plugins; well below two seconds once the first one of the process has started PostgreSQL.
 * @throws Error naming a plugin that does not run, with its code and reason
 */
export async function createTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  // Only who asks for a gateway pays for loading one
  const { openTestGateway } = await import('./open-test-gateway.js');
  return openTestGateway(options);
}
