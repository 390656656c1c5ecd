/**
 * Replaces `node:http2` in the bundles: node-server only checks whether a request came over HTTP/2, and none does; the S3
 * client reads the constants when it is loaded.
 */
export class Http2ServerRequest {}
export const constants = {}
// biome-ignore lint/style/noDefaultExport: the S3 client imports it so.
export default { constants }
