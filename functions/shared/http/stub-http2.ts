/** Replaces `node:http2` in the bundles: node-server only checks whether a request came over HTTP/2, and none does. */
export class Http2ServerRequest {}
export const constants = {}
