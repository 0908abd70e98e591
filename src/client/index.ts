export { ForgegateClient, type ClientOptions } from './client.js';
export type {
  BatchCall,
  BatchResults,
  CallOptions,
  Contract,
  MethodName,
  Params,
  Result,
} from './call-types.js';
export type * from './contract.js';
export { RpcError, TransportError } from './rpc-error.js';
