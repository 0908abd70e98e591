/** For tests of plugins: everything around an adapter, without a gateway. Imported as `forgegate/sdk/testing`. */
export { conformance, type ConformanceCase, type ConformanceSubject } from './conformance.js';
export { deliverContext, type DeliverOptions } from './deliver-context.js';
export { FakeHttp, type HttpAnswer } from './fake-http.js';
export {
  memoryStore,
  setUpPlugin,
  silentLog,
  type Asked,
  type SetUpOptions,
  type SetUpPlugin,
} from './set-up-plugin.js';
