/** For tests of plugins: everything around one, or a whole gateway. Imported as `forgegate/sdk/testing`. */
export * from '../sdk/testing/index.js';
export { createTestGateway } from './create-test-gateway.js';
export type { GatewayCalls } from './gateway-calls.js';
export type {
  CapturedAnswer,
  CapturedRequest,
  TestGateway,
  TestGatewayOptions,
  TestPlugin,
  TestRepository,
} from './test-gateway.js';
