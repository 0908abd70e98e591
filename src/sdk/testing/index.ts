/** For tests of plugins: everything around one, without a gateway. Part of `forgegate/sdk/testing`. */
export {
  adapterConformance,
  conformance,
  type ConformanceCase,
  type ConformanceSubject,
} from './conformance.js';
export { deliverContext, type DeliverOptions } from './deliver-context.js';
export { FakeHttp, type HttpAnswer } from './fake-http.js';
export { recordedEvent, recordedEvents } from './recorded-events.js';
export {
  memoryStore,
  setUpPlugin,
  silentLog,
  type Asked,
  type SetUpOptions,
  type SetUpPlugin,
} from './set-up-plugin.js';
