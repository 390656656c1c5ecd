/** Stands in the bundles for `node:http2`, of which node-server only asks whether a request came by it: none does. */
export class Http2ServerRequest {}
export const constants = {}
