import { expect, test } from 'vitest'
import { readProtocol } from './protocol.ts'
import { traceSettings } from './settings.ts'

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }
const tracesEndpoint = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }

test.each([
  [{}, false],
  [endpoint, true],
  [tracesEndpoint, true],
  [{ ...endpoint, OTEL_SDK_DISABLED: 'true' }, false],
  [{ ...endpoint, OTEL_SDK_DISABLED: 'True' }, false],
  [{ ...endpoint, OTEL_SDK_DISABLED: 'false' }, true],
  [{ ...tracesEndpoint, OTEL_TRACES_EXPORTER: 'none' }, false],
  [{ ...tracesEndpoint, OTEL_TRACES_EXPORTER: 'otlp, none' }, false],
  [{ ...endpoint, OTEL_TRACES_EXPORTER: 'otlp' }, true],
  // The collector is then where the specification has it: http://localhost:4318.
  [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
])('%j: traces are sent: %s', (variables, isOn) => {
  expect(traceSettings(variables)).toEqual({ isOn, warnings: [] })
})

test.each([
  ['OTEL_SDK_DISABLED', '1'],
  ['OTEL_SDK_DISABLED', 'yes'],
  ['OTEL_TRACES_EXPORTER', 'zipkin'],
  ['OTEL_TRACES_EXPORTER', 'console'],
])('%s=%s counts as absent, with a warning', (name, value) => {
  expect(traceSettings({ ...endpoint, [name]: value })).toEqual({
    isOn: true,
    warnings: [expect.stringContaining(name)],
  })
  expect(traceSettings({ [name]: value }).isOn).toBe(false)
})

const protocolOf = (general: string | undefined, ofTraces?: string) => {
  const warnings: string[] = []
  const environment = { OTEL_EXPORTER_OTLP_PROTOCOL: general, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: ofTraces }
  return [readProtocol(environment, text => warnings.push(text)), warnings]
}

test.each([
  [undefined, undefined, 'http/protobuf'],
  ['', '', 'http/protobuf'],
  ['http/json', undefined, 'http/json'],
  ['HTTP/JSON', undefined, 'http/json'],
  ['http/json', 'http/protobuf', 'http/protobuf'],
])('with the protocols %s and %s traces are sent as %s', (general, ofTraces, protocol) => {
  expect(protocolOf(general, ofTraces)).toEqual([protocol, []])
})

test.each([
  ['grpc', undefined, 'http/protobuf', 'OTEL_EXPORTER_OTLP_PROTOCOL is not supported'],
  ['http/json', 'grpc', 'http/json', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is not supported'],
])('the protocols %s and %s give %s and a warning', (general, ofTraces, protocol, begins) => {
  expect(protocolOf(general, ofTraces)).toEqual([protocol, [expect.stringContaining(begins)]])
})
